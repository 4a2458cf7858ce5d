"""Where readiness names something (teams, posts, roles, capabilities): does it exist, and only once?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sim.scenarios.drafts import Draft, unknown
from sim.scenarios.force_rows import crew_need, role_count
from sim.scenarios.holidays import countries
from sim.scenarios.ranks import ANY_WORD

KEYS = (
    (("readiness", "item_types", "*", "needs"), "capabilities", "capability"),
    (("readiness", "item_types", "*", "consumable", "use"), "kinds", "kind of incident"),
)
"""Mapping whose keys name something (or say ``any``), where that is defined, and what it is called."""


def check_force_references(draft: Draft) -> None:
    """Report holders, roles, capabilities and countries that name nothing, and codes that mean two things."""
    _holders(draft)
    _crews(draft)
    for pattern, section, thing in KEYS:
        _keys(draft, pattern, section, thing)
    _country(draft)
    _injects_begin(draft)
    _turnout_once(draft)


def _holders(draft: Draft) -> None:
    """Report lines of the roster that belong to nobody, and a code that is both a team's and a post's."""
    if "teams" not in draft.known or "posts" not in draft.known:
        return
    teams, posts = draft.known["teams"], draft.known["posts"]
    for number, row in draft.rows("posts"):
        if row.code in teams:
            message = "is also the code of a team: the roster cannot tell which of the two it means"
            draft.problems.append(draft.cell("posts", number, "code", message))
    roster = draft.tables.get("roster")
    for number, holder in enumerate(roster.sheet.columns.get("holder", ()) if roster else ()):
        if roster and holder and holder not in teams and holder not in posts:
            message, values = unknown("team or duty post", holder, [*teams, *posts])
            draft.misnamed(roster.sheet.problem(number, "holder", message, **values))


def _crews(draft: Draft) -> None:
    """Report roles and capabilities that crews are asked for and that do not exist."""
    for number, row in draft.rows("units"):
        for column, text, word, section, thing in _asked(row.crew_roles, row.crew_for):
            if section in draft.known and word not in draft.known[section]:
                message, values = unknown(thing, word, draft.known[section])
                draft.misnamed(replace(draft.cell("units", number, column, message, **values), value=text))


def _asked(
    crew_roles: tuple[str, ...], crew_for: tuple[str, ...]
) -> Iterator[tuple[str, str, str, str, str]]:
    """Go through what crews are asked for: column, text, word, where that is defined, what it is called."""
    for text in crew_roles:
        yield "crew_roles", text, role_count(text)[0], "roles", "role"
    for text in crew_for:
        capability, role, _ = crew_need(text)
        yield "crew_for", text, capability, "capabilities", "capability"
        if role is not None:
            yield "crew_for", text, role, "roles", "role"


def _keys(draft: Draft, pattern: tuple[str, ...], section: str, thing: str) -> None:
    for path, found in draft.mappings(*pattern) if section in draft.known else ():
        for word in found:
            if word != ANY_WORD and word not in draft.known[section]:
                message, values = unknown(thing, word, draft.known[section])
                draft.problems.append(draft.setting((*path, word), None, message, **values))


def _country(draft: Draft) -> None:
    for path, country in draft.said("readiness", "holidays", "country"):
        if country not in (known := countries()):
            message, values = unknown("country of the holidays library", country, known)
            draft.misnamed(draft.setting(path, country, message, **values))


def _injects_begin(draft: Draft) -> None:
    """Report injects before the scenario's start."""
    start = draft.sections.get("start")
    for at, entry in draft.entries("injects"):
        if start is not None and entry.at < start:
            message = "is before the scenario's start"
            said = entry.at.strftime("%Y-%m-%d %H:%M")
            draft.problems.append(draft.setting(("injects", at, "at"), said, message))


def _turnout_once(draft: Draft) -> None:
    """Report a kind of team and level whose turnout is told twice."""
    ready = draft.sections.get("readiness")
    first: dict[tuple[str, str], int] = {}
    for at, entry in enumerate(ready.standby.turnout if ready else ()):
        case = (entry.team_kind, entry.level)
        if case in first:
            message = "tells the turnout of {kind} teams {level} twice: also as entry {first}"
            values = {"kind": entry.team_kind, "level": entry.level, "first": first[case] + 1}
            path = ("readiness", "standby", "turnout", at)
            draft.problems.append(draft.setting(path, None, message, **values))
        first.setdefault(case, at)
