"""Where emergency plans name something (posts, kinds, sites, other tasks): does it exist, and only once?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from dispatch.plan_checks import circles
from sim.scenarios.chain_crossings import class_codes
from sim.scenarios.drafts import Draft, unknown
from sim.scenarios.planfiles import PlanDraft
from sim.scenarios.yamlfile import PathKey

POST = ("posts", "duty post")
WORDS = (
    (("covers", "kinds", "*"), "kinds", "kind of incident"),
    (("covers", "sites", "*"), "sites", "site"),
    (("tasks", "*", "owner"), *POST),
    (("tasks", "*", "tells", "*"), *POST),
    (("tasks", "*", "resource"), "item_types", "item type"),
    (("triggers", "*", "accident_class"), "classes", "class of accident"),
)
"""What names something in a plan (``*``: every entry), where that is defined, and what it is called."""

KEYS = (
    (("tasks", "*", "needs"), "capabilities", "capability"),
    (("contacts",), *POST),
)
"""Mapping in a plan whose keys name something."""


def check_plans(draft: Draft) -> None:
    """Report codes that name nothing or stand twice, and tasks in a circle; note plans for the same kind."""
    known = {**draft.known, "classes": class_codes(draft)}
    for plan in draft.plans:
        _words(draft, plan, known)
        _tasks(draft, plan)
    _once(draft)
    _same_kind(draft)


def _words(draft: Draft, plan: PlanDraft, known: Mapping[str, list[str]]) -> None:
    for pattern, section, thing in WORDS:
        for path, word in _standing(plan.raw, pattern) if section in known else ():
            if isinstance(word, str) and word and word not in known[section]:
                message, values = unknown(thing, word, known[section])
                _misnamed(draft, plan, path, word, message, **values)
    for keyed, section, thing in KEYS:
        for path, found in _standing(plan.raw, keyed) if section in known else ():
            for word in found if isinstance(found, Mapping) else ():
                if word not in known[section]:
                    message, values = unknown(thing, word, known[section])
                    _misnamed(draft, plan, (*path, word), None, message, **values)


def _misnamed(
    draft: Draft, plan: PlanDraft, path: PathKey, word: str | None, message: str, **values: object
) -> None:
    problem = plan.problem(path, word, message, **values)
    draft.misnamed(replace(problem, value=word))


def _tasks(draft: Draft, plan: PlanDraft) -> None:
    """Report tasks told twice, tasks that come after nothing that there is, and tasks in a circle."""
    codes = [str(task.get("code")) for _, task in plan.tasks()]
    after: dict[str, list[str]] = {}
    for at, task in plan.tasks():
        code, before = str(task.get("code")), _list(task.get("after"))
        if code in after:
            message = "stands twice in this list: also as entry {first}"
            found = plan.problem(("tasks", at, "code"), code, message, first=codes.index(code) + 1)
            draft.problems.append(found)
            continue
        after[code] = before
        for entry, word in enumerate(before):
            if word not in codes:
                message, values = unknown("task of this plan", word, codes)
                _misnamed(draft, plan, ("tasks", at, "after", entry), word, message, **values)
    for circle in (found for found in circles(after) if len(found) > 1):
        at = codes.index(circle[0])
        way = " → ".join([*circle, circle[0]])
        message = "waits for itself: {way}; tasks cannot go round in a circle"
        draft.problems.append(plan.problem(("tasks", at, "after"), None, message, way=way))


def _once(draft: Draft) -> None:
    """Report two plans of one code."""
    first: dict[str, str] = {}
    for plan in draft.plans:
        code = plan.raw.get("code")
        if not isinstance(code, str):
            continue
        if code in first:
            message = "is also the code of the plan in {file}"
            draft.problems.append(plan.problem(("code",), code, message, file=first[code]))
        first.setdefault(code, plan.file)


def _same_kind(draft: Draft) -> None:
    """Note kinds of incident that two special plans cover: the one first in order of codes holds."""
    first: dict[str, str] = {}
    plans = [plan for plan in draft.plans if plan.plan and plan.plan.kind == "special"]
    for draft_plan in plans:
        for at, kind in enumerate(draft_plan.plan.covers.kinds if draft_plan.plan else ()):
            if kind in first:
                message = "is covered by the special plan in {file} too; the first in order of codes holds"
                path = ("covers", "kinds", at)
                draft.notes.append(draft_plan.problem(path, kind, message, file=first[kind]))
            first.setdefault(kind, draft_plan.file)


def _standing(raw: object, pattern: tuple[str, ...]) -> Iterator[tuple[PathKey, Any]]:
    """Go through what stands in a plan at a path."""
    if not pattern:
        yield (), raw
        return
    part, rest = pattern[0], pattern[1:]
    if part == "*":
        entries: Iterator[tuple[str | int, Any]] = iter(
            enumerate(raw) if isinstance(raw, tuple | list) else ()
        )
    else:
        entries = iter([(part, raw[part])] if isinstance(raw, Mapping) and part in raw else [])
    for key, below in entries:
        for path, found in _standing(below, rest):
            yield (key, *path), found


def _list(value: object) -> list[str]:
    return [word for word in value if isinstance(word, str)] if isinstance(value, tuple | list) else []
