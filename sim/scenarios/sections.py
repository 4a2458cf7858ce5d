"""Reading the settings: `scenario.yaml` section by section, so that one mistake does not hide the others."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from sim.scenarios.complaints import complaints
from sim.scenarios.drafts import SETTINGS_FILE, Draft
from sim.scenarios.model import FORMAT, Settings
from sim.scenarios.problems import Problem
from sim.scenarios.yamlfile import PathKey, read_yaml

RULES = Path(__file__).parent / "rules"

STAND_IN: dict[str, Any] = {
    "format": FORMAT,
    "code": "x",
    "name": {"en": "x"},
    "time_zone": "UTC",
    "start": "2026-01-01 00:00",
    "call_taking": {"call_takers": 0},
    "profiles": {"x": {"off_road_kph": 1}},
    "vehicle_classes": {"x": {"name": {"en": "x"}, "emergency": "x", "ordinary": "x"}},
    "capabilities": {"x": {"en": "x"}},
    "priorities": ({"code": "x", "name": {"en": "x"}},),
    "kinds": {
        "x": {
            "name": {"en": "x"},
            "category": "other",
            "priority": "x",
            "handling": {"constant_s": 0},
            "control": {"constant_s": 0},
        }
    },
}
"""What stands for a section that is wrong while the others are being understood."""


def read_settings(folder: Path, draft: Draft) -> bool:
    """Read ``scenario.yaml`` into a draft; False where a newer Beiqin made the folder."""
    document = read_yaml(folder / SETTINGS_FILE, draft.problems)
    if document is None:
        return True
    draft.marks = document.marks
    data = document.data
    if not isinstance(data, dict):
        message = "must hold the settings of a scenario, one name: value a line"
        draft.problems.append(Problem(SETTINGS_FILE, message_id=message))
        return True
    found = data.get("format")
    if type(found) is int and found > FORMAT:
        message = "was made by a newer Beiqin; this one reads formats up to {known}"
        draft.problems.append(draft.setting(("format",), found, message, known=FORMAT))
        return False
    understand(data, draft)
    return True


def understand(data: Mapping[str, Any], draft: Draft) -> None:
    """Check settings against the model; keep the sections and entries that are right."""
    draft.raw = data
    draft.known.update(known_codes(data))
    try:
        settings = Settings.model_validate(data)
    except ValidationError as error:
        for path, value, message, values in complaints(Settings, error):
            draft.problems.append(draft.setting(path, value, message, **values))
        _keep_what_is_right(data, draft)
    else:
        draft.sections.update(_sections(settings))


def rule_classes() -> tuple[Mapping[str, Any], ...]:
    """Read the accident classes of Decree 493 Art. 3, the lowest first, as settings write them.

    Raises
    ------
    ValueError
        The rule file is damaged.
    """
    problems: list[Problem] = []
    document = read_yaml(RULES / "decree493.yaml", problems)
    if document is None or problems or not isinstance(document.data, dict):
        raise ValueError("rules/decree493.yaml cannot be read")
    classes: tuple[Mapping[str, Any], ...] = document.data["classes"]
    return classes


def known_codes(data: Mapping[str, Any]) -> dict[str, list[str]]:
    """List the codes that settings define, section by section, also those of the parts of readiness."""
    parts = data.get("readiness", {})
    inner = parts if isinstance(parts, Mapping) else {}
    known: dict[str, list[str]] = {name: [] for name in CODED} if inner == (parts or {}) else {}
    for section, value in (*data.items(), *inner.items()):
        known.update(_codes(section, value))
    return known


CODED = ("roles", "shifts", "item_types", "channels")
"""Parts of readiness whose entries have codes; none where nothing is said."""


def _codes(section: str, value: object) -> dict[str, list[str]]:
    """List the codes a section defines, whatever else is wrong with it."""
    if isinstance(value, dict):
        return {section: list(value)}
    if isinstance(value, tuple):
        entries = [entry.get("code") for entry in value if isinstance(entry, dict)]
        return {section: [code for code in entries if isinstance(code, str)]}
    return {}


def _keep_what_is_right(data: Mapping[str, Any], draft: Draft) -> None:
    """Keep what the model accepts: drop each refused entry, or its whole section where it has no entries."""
    left = {key: _copied(value) for key, value in data.items()}
    kept = {key: list(range(len(value))) for key, value in left.items() if isinstance(value, list)}
    gone = set(STAND_IN.keys() - left.keys())
    while True:
        try:
            settings = Settings.model_validate({**STAND_IN, **left})
        except ValidationError as error:
            gone |= _drop(left, kept, sorted({detail["loc"][:2] for detail in error.errors()}, key=_place))
        else:
            break
    draft.sections.update({name: it for name, it in _sections(settings).items() if name not in gone})
    draft.kept.update(kept)


def _drop(left: dict[str, Any], kept: dict[str, list[int]], paths: list[PathKey]) -> set[str]:
    """Take refused entries out, the last of a list first; give the sections that went as a whole."""
    gone = set()
    for section, *rest in reversed(paths):
        name = str(section)
        entries = left.get(name)
        if rest and isinstance(entries, dict) and name in ENTRIES:
            entries.pop(rest[0], None)
        elif rest and isinstance(entries, list) and isinstance(rest[0], int):
            del entries[rest[0]], kept[name][rest[0]]
        else:
            left.pop(name, None)
            gone.add(name)
    return gone


def _place(path: PathKey) -> tuple[str, int, str]:
    """Order paths by section and by position in its list."""
    entry = path[1] if len(path) > 1 else ""
    return str(path[0]), entry if isinstance(entry, int) else -1, str(entry)


ENTRIES = (
    "profiles",
    "vehicle_classes",
    "capabilities",
    "kinds",
    "hourly",
    "monthly",
    "sources",
    "readiness",
)


def _copied(value: object) -> object:
    return list(value) if isinstance(value, tuple) else dict(value) if isinstance(value, dict) else value


def _sections(settings: Settings) -> dict[str, Any]:
    return {name: getattr(settings, name) for name in Settings.model_fields}
