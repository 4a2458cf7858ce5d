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
    for section, value in data.items():
        draft.known.update(_codes(section, value))
    try:
        settings = Settings.model_validate(data)
    except ValidationError as error:
        for path, value, message, values in complaints(Settings, error):
            draft.problems.append(draft.setting(path, value, message, **values))
        draft.sections.update(_what_is_right(data))
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


def _codes(section: str, value: object) -> dict[str, list[str]]:
    """List the codes a section defines, whatever else is wrong with it."""
    if isinstance(value, dict):
        return {section: list(value)}
    if isinstance(value, tuple):
        entries = [entry.get("code") for entry in value if isinstance(entry, dict)]
        return {section: [code for code in entries if isinstance(code, str)]}
    return {}


def _what_is_right(data: Mapping[str, Any]) -> dict[str, Any]:
    """Keep what the model accepts: drop each refused entry, or its whole section where it has no entries."""
    left = {key: _copied(value) for key, value in data.items()}
    dropped: set[str] = set()
    while True:
        try:
            settings = Settings.model_validate({**STAND_IN, **left})
        except ValidationError as error:
            for section in _drop(left, [detail["loc"] for detail in error.errors()]):
                dropped.add(section)
        else:
            stood_in = dropped | (STAND_IN.keys() - left.keys())
            return {name: value for name, value in _sections(settings).items() if name not in stood_in}


def _drop(left: dict[str, Any], paths: list[PathKey]) -> list[str]:
    """Take refused entries out; give the sections that went as a whole."""
    gone = []
    for section, *rest in paths:
        entries = left.get(str(section))
        if rest and isinstance(entries, dict) and section in ENTRIES:
            entries.pop(rest[0], None)
        elif rest and isinstance(entries, list) and isinstance(rest[0], int):
            entries[rest[0]] = None
        else:
            left.pop(str(section), None)
            gone.append(str(section))
    left.update({key: [entry for entry in it if entry is not None] for key, it in _lists(left)})
    return gone


def _lists(left: Mapping[str, Any]) -> list[tuple[str, list[Any]]]:
    return [(key, value) for key, value in left.items() if isinstance(value, list)]


ENTRIES = ("profiles", "vehicle_classes", "capabilities", "kinds", "hourly", "monthly", "sources")


def _copied(value: object) -> object:
    return list(value) if isinstance(value, tuple) else dict(value) if isinstance(value, dict) else value


def _sections(settings: Settings) -> dict[str, Any]:
    return {name: getattr(settings, name) for name in Settings.model_fields}
