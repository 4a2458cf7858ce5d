"""Equipment that does not fit: amounts and dates that cannot be, vehicles that carry too little."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sim.scenarios.drafts import Draft
from sim.scenarios.gear_model import ItemType
from sim.scenarios.ranks import ANY_WORD


def check_equipment(draft: Draft) -> None:
    """Report items that cannot be as they are written; note what keeps units from ever being ready."""
    types = known_types(draft)
    _amounts(draft, types)
    _dates(draft)
    if types and all(draft.whole(table) for table in ("units", "items")):
        _carried(draft, types)
    _never_back(draft, types)


def known_types(draft: Draft) -> Mapping[str, ItemType]:
    """Give the types of equipment; none where they could not be understood."""
    ready = draft.sections.get("readiness")
    types: Mapping[str, ItemType] = ready.item_types if ready else {}
    return types if list(types) == draft.known.get("item_types") else {}


def _amounts(draft: Draft, types: Mapping[str, ItemType]) -> None:
    for number, row in draft.rows("items"):
        if row.type not in types:
            continue
        used_up = types[row.type].consumable is not None
        if used_up and row.amount is None:
            message = "is empty; {type} is used up, so say how much there is"
            draft.problems.append(draft.cell("items", number, "amount", message, type=row.type))
        elif not used_up and row.amount is not None:
            message = "{type} is not used up: leave this empty, and give each item a row of its own"
            draft.problems.append(draft.cell("items", number, "amount", message, type=row.type))


def _dates(draft: Draft) -> None:
    """Report items made or tested in the future, or tested before they were made."""
    start = draft.sections.get("start")
    for number, row in draft.rows("items"):
        for column, day in (("made", row.made), ("tested", row.tested)):
            if start is not None and day is not None and day > start.date():
                message = "is after the scenario's start ({start})"
                values = {"start": start.date().isoformat()}
                draft.problems.append(draft.cell("items", number, column, message, **values))
        if row.made is not None and row.tested is not None and row.tested < row.made:
            message = "is before it was made ({made})"
            draft.problems.append(draft.cell("items", number, "tested", message, made=row.made.isoformat()))


def _carried(draft: Draft, types: Mapping[str, ItemType]) -> None:
    """Note units that carry too little for what they are built for."""
    carried: dict[tuple[str, str], float] = {}
    for _, row in draft.rows("items"):
        if row.unit is not None and row.type in types:
            weight = (row.amount or 0.0) if types[row.type].consumable else 1.0
            carried[row.unit, row.type] = carried.get((row.unit, row.type), 0.0) + weight
    for number, row in draft.rows("units"):
        if row.aid:
            continue
        for capability in (ANY_WORD, *row.capabilities):
            for type_, need in _needs(types, capability):
                have = carried.get((row.code, type_), 0.0)
                if have < need:
                    _short(draft, number, capability, type=type_, have=have, need=need)


def _needs(types: Mapping[str, ItemType], capability: str) -> Iterator[tuple[str, float]]:
    for code, it in types.items():
        if capability in it.needs:
            yield code, it.needs[capability]


def _short(draft: Draft, number: int, capability: str, **values: object) -> None:
    if capability == ANY_WORD:
        message = "carries {have} of {type}, needs {need} to roll: it will never roll"
    else:
        message = "carries {have} of {type}, {capability} needs {need}: it will never be ready for that"
        values["capability"] = capability
    draft.notes.append(draft.cell("units", number, "code", message, **values))


def _never_back(draft: Draft, types: Mapping[str, ItemType]) -> None:
    """Note types that fail and never come back."""
    bays = any(row.bays > 0 for _, row in draft.rows("stores")) or not draft.whole("stores")
    for code, it in types.items():
        path = ("readiness", "item_types", code)
        may_fail = it.fails is not None or it.use_p > 0
        if may_fail and it.repair is None and it.replace is None:
            message = "fails, but is neither repaired nor replaced: what has failed never comes back"
            draft.notes.append(draft.setting(path, None, message))
        elif may_fail and it.repair is not None and not bays:
            message = "is repaired, but no store has a workshop (bays): what has failed never comes back"
            draft.notes.append(draft.setting((*path, "repair"), None, message))
