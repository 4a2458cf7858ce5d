"""Do injects concern what there is: roads, sites and plans that exist, policies that are known, grades?"""

from __future__ import annotations

from dispatch.policies import POLICIES
from sim.road_table import arcs_named
from sim.scenarios.drafts import Draft, unknown

ROADS = ("close_road", "open_road", "slow_road")


def check_injects(draft: Draft) -> None:
    """Report injects on roads, policies, plans and grades that do not exist."""
    _roads(draft)
    for path, word in draft.said("injects", "*", "set_policy"):
        if word not in POLICIES:
            message, values = unknown("dispatch policy", word, list(POLICIES))
            draft.misnamed(draft.setting(path, word, message, **values))
    plans = [str(it.raw.get("code")) for it in draft.plans]
    for at, entry in draft.entries("injects"):
        plan = getattr(entry, "plan", None)
        if plan is not None and plan not in plans:
            message, values = unknown("plan", plan, plans)
            draft.misnamed(draft.setting(("injects", at, "plan"), plan, message, **values))
    _grades(draft)


def _roads(draft: Draft) -> None:
    table = draft.roads
    for key in ROADS if table is not None else ():
        for path, word in draft.said("injects", "*", key):
            if table is not None and not arcs_named(table, word):
                known = [name for names in table.road_names for name in names if name]
                message, values = unknown("road", word, known)
                draft.misnamed(draft.setting(path, word, message, **values))


def _grades(draft: Draft) -> None:
    kinds = draft.sections.get("kinds", {})
    for at, entry in draft.entries("injects"):
        kind, grade = kinds.get(getattr(entry, "add_accident", None)), getattr(entry, "grade", None)
        if kind is not None and grade is not None and grade > len(kind.grade_p):
            message = "is no grade of this kind, which has {n}"
            path = ("injects", at, "grade")
            draft.problems.append(draft.setting(path, grade, message, n=len(kind.grade_p)))
