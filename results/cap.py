"""A message of a drill as a CAP 1.2 alert (OASIS, 2010): its status is always Exercise."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from xml.etree import ElementTree as Tree

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
ENUMS: Mapping[str, tuple[str, ...]] = {
    "msgType": ("Alert", "Update", "Cancel", "Ack", "Error"),
    "scope": ("Public", "Restricted", "Private"),
    "category": (
        "Geo",
        "Met",
        "Safety",
        "Security",
        "Rescue",
        "Fire",
        "Health",
        "Env",
        "Transport",
        "Infra",
        "CBRNE",
        "Other",
    ),
    "urgency": ("Immediate", "Expected", "Future", "Past", "Unknown"),
    "severity": ("Extreme", "Severe", "Moderate", "Minor", "Unknown"),
    "certainty": ("Observed", "Likely", "Possible", "Unlikely", "Unknown"),
}
"""The words that CAP 1.2 allows in each element."""
NO_SEPARATORS = re.compile(r"[\s,<&]+")
UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
STAMP = "演练 EXERCISE"


@dataclass(frozen=True, slots=True)
class Alert:
    """What an alert says; `point` is longitude and latitude in WGS84 degrees, `radius_km` the circle around.

    `addresses` are its receivers; given any, the scope is Private.
    """

    identifier: str
    sender: str
    sent: datetime
    event: str
    headline: str
    description: str
    lang: str
    addresses: tuple[str, ...] = ()
    area: str = ""
    point: tuple[float, float] | None = None
    radius_km: float = 0.0
    category: str = "CBRNE"
    urgency: str = "Immediate"
    severity: str = "Unknown"
    certainty: str = "Observed"
    message_type: str = "Alert"


def cap_xml(alert: Alert) -> bytes:
    """Write an alert as CAP 1.2 XML.

    Raises
    ------
    ValueError
        A required element is empty, a word is not one that CAP allows, or the time has no time zone.
    """
    scope = "Private" if alert.addresses else "Restricted"
    check(alert, scope)
    root = Tree.Element("alert", xmlns=NAMESPACE)
    fields = {
        "identifier": NO_SEPARATORS.sub("-", alert.identifier),
        "sender": NO_SEPARATORS.sub("-", alert.sender),
        "sent": alert.sent.isoformat(timespec="seconds"),
        "status": "Exercise",
        "msgType": alert.message_type,
        "scope": scope,
        "restriction": STAMP if scope == "Restricted" else "",
        "addresses": " ".join(f'"{name}"' for name in alert.addresses),
        "note": STAMP,
    }
    _fill(root, fields)
    info = Tree.SubElement(root, "info")
    head, text = f"【{STAMP}】{alert.headline}", f"【{STAMP}】{alert.description}"
    _fill(
        info,
        {
            "language": "zh-CN" if alert.lang == "zh" else "en-US",
            "category": alert.category,
            "event": alert.event,
            "urgency": alert.urgency,
            "severity": alert.severity,
            "certainty": alert.certainty,
            "senderName": alert.sender,
            "headline": head,
            "description": text,
        },
    )
    if alert.area:
        area = Tree.SubElement(info, "area")
        circle = (
            "" if alert.point is None else f"{alert.point[1]:.5f},{alert.point[0]:.5f} {alert.radius_km:g}"
        )
        _fill(area, {"areaDesc": alert.area, "circle": circle})
    Tree.indent(root)
    return bytes(Tree.tostring(root, encoding="utf-8", xml_declaration=True))


def check(alert: Alert, scope: str) -> None:
    """Refuse an alert that CAP 1.2 would not allow."""
    required = ("identifier", "sender", "event", "headline", "description")
    empty = [name for name in required if not getattr(alert, name).strip()]
    if empty:
        raise ValueError(f"a CAP alert needs {', '.join(empty)}")
    if alert.sent.tzinfo is None:
        raise ValueError("the time of a CAP alert needs its time zone")
    words = {
        "msgType": alert.message_type,
        "scope": scope,
        "category": alert.category,
        "urgency": alert.urgency,
        "severity": alert.severity,
        "certainty": alert.certainty,
    }
    wrong = [f"{name} {word}" for name, word in words.items() if word not in ENUMS[name]]
    if wrong:
        raise ValueError(f"CAP 1.2 does not allow {', '.join(wrong)}")


def _fill(parent: Tree.Element, fields: Mapping[str, str]) -> None:
    for name, text in fields.items():
        if text:
            Tree.SubElement(parent, name).text = UNWRITABLE.sub("", text)
