"""Can what incidents need be found at all: run cards, units, hospitals?"""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_bipartite_matching

from sim.scenarios.drafts import Draft
from sim.scenarios.model import Kind
from sim.scenarios.problems import Problem

Card = list[int]
"""Numbers of the rows of one kind's run card for one grade."""


def check_needs(draft: Draft) -> None:
    """Report kinds without run cards, cards that the units cannot fill, patients without a hospital."""
    for table in ("stations", "units"):
        found = draft.tables.get(table)
        if found is not None and not found.rows and draft.whole(table):
            draft.problems.append(found.sheet.fault("holds no row; at least one is due"))
    _something_happens(draft)
    cards = _cards(draft)
    _every_grade(draft, cards)
    _card_grades(draft, cards)
    if _units_known(draft) and draft.whole("run_cards"):
        for card in cards.values():
            _fillable(draft, card)
    for code, kind in draft.sections.get("kinds", {}).items():
        _carried(draft, code, kind, cards)


def _units_known(draft: Draft) -> bool:
    """Tell whether all units and what they can do are known, so that needs can be held against them."""
    known = set(draft.known.get("capabilities", ()))
    units = [set(row.capabilities) for _, row in draft.rows("units")]
    return bool(units) and draft.whole("units") and all(unit <= known for unit in units)


def _something_happens(draft: Draft) -> None:
    demand = draft.tables.get("demand")
    if demand is not None and draft.whole("demand") and not demand.rows and "incidents" not in draft.tables:
        draft.notes.append(Problem("demand.csv", message_id="holds no row: nothing will happen"))


def _cards(draft: Draft) -> dict[tuple[str, int], Card]:
    cards: dict[tuple[str, int], Card] = defaultdict(list)
    for number, row in draft.rows("run_cards"):
        cards[row.kind, row.grade].append(number)
    return dict(cards)


def _every_grade(draft: Draft, cards: dict[tuple[str, int], Card]) -> None:
    if not draft.whole("run_cards"):
        return
    for code, kind in draft.sections.get("kinds", {}).items():
        for grade, chance in enumerate(kind.grade_p, start=1):
            if chance > 0 and (code, grade) not in cards:
                message = "has no run card for grade {grade} in run_cards.csv"
                draft.problems.append(draft.setting(("kinds", code), None, message, grade=grade))


def _card_grades(draft: Draft, cards: dict[tuple[str, int], Card]) -> None:
    """Report cards for grades that a kind does not have."""
    kinds = draft.sections.get("kinds", {})
    for (code, grade), card in cards.items():
        if code in kinds and grade > len(kinds[code].grade_p):
            message = "kind {kind} has grades 1 to {last} (see its grade_p)"
            values = {"kind": code, "last": len(kinds[code].grade_p)}
            draft.problems.extend(
                draft.cell("run_cards", number, "grade", message, **values) for number in card
            )


def _fillable(draft: Draft, card: Card) -> None:
    """Report needs that all units together cannot fill."""
    needs = [draft.tables["run_cards"].rows[number] for number in card]
    units = [set(row.capabilities) for _, row in draft.rows("units")]
    known = draft.known.get("capabilities", [])
    short = False
    for number, need in zip(card, needs, strict=True):
        able = sum(need.capability in unit for unit in units)
        if able < need.count and need.capability in known:
            short = True
            message = "asks for more than there is: units capable of {capability}: {able}"
            values = {"able": able, "capability": need.capability}
            draft.problems.append(draft.cell("run_cards", number, "count", message, **values))
    wanted = [need.capability for need in needs for _ in range(need.count)]
    once = len({need.capability for need in needs}) == len(needs)
    if once and not short and set(wanted) <= set(known) and (filled := _filled(wanted, units)) < len(wanted):
        message = "the whole card asks for {wanted} units at once; {filled} can be found, each counted once"
        values = {"wanted": len(wanted), "filled": filled}
        draft.problems.append(draft.cell("run_cards", card[-1], "kind", message, **values))


def _filled(wanted: list[str], units: list[set[str]]) -> int:
    """Count how many needs can be filled at once when each unit fills one."""
    able = np.array([[capability in unit for unit in units] for capability in wanted], dtype=np.int8)
    if able.size == 0:
        return 0
    return int((maximum_bipartite_matching(csr_array(able), perm_type="column") >= 0).sum())


def _carried(draft: Draft, code: str, kind: Kind, cards: dict[tuple[str, int], Card]) -> None:
    """Report patients whom nobody carries or no hospital takes."""
    if kind.transport_p <= 0:
        return
    path = ("kinds", code, "transport_p")
    if draft.known.get("hospitals") == []:
        message = "patients are carried, but hospitals.csv holds no hospital"
        draft.problems.append(draft.setting(path, kind.transport_p, message))
    if kind.transport_capability is None:
        message = "patients are carried, but transport_capability does not say by what"
        draft.problems.append(draft.setting(path, kind.transport_p, message))
        return
    for grade in range(1, len(kind.grade_p) + 1):
        needs = [draft.tables["run_cards"].rows[number] for number in cards.get((code, grade), ())]
        if needs and kind.transport_capability not in [need.capability for need in needs]:
            message = "patients are carried by {capability}, but the run card for grade {grade} asks for none"
            values = {"capability": kind.transport_capability, "grade": grade}
            draft.notes.append(draft.setting(path, kind.transport_p, message, **values))
