"""Where one part of a scenario names another: does what is named exist, and only once?"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from dispatch.policies import POLICIES
from sim.scenarios.cells import codes
from sim.scenarios.drafts import Draft, unknown
from sim.scenarios.model import Settings
from sim.scenarios.rows import FORMS, Where, where_of

TWICE = "stands twice; the first is in line {first}"
FLAT = "flat"

CELLS = (
    ("stations", "place", "places", "place"),
    ("units", "station", "stations", "station"),
    ("units", "vehicle_class", "vehicle_classes", "vehicle class"),
    ("units", "capabilities", "capabilities", "capability"),
    ("sites", "place", "places", "place"),
    ("run_cards", "kind", "kinds", "kind of incident"),
    ("run_cards", "capability", "capabilities", "capability"),
    ("demand", "kind", "kinds", "kind of incident"),
    ("demand", "hourly", "hourly", "hourly profile"),
    ("demand", "monthly", "monthly", "monthly profile"),
    ("demand", "priority", "priorities", "priority"),
    ("incidents", "kind", "kinds", "kind of incident"),
    ("incidents", "priority", "priorities", "priority"),
    ("incidents", "hospital", "hospitals", "hospital"),
    ("units", "team", "teams", "team"),
    ("units", "forward", "stations", "station"),
    ("teams", "station", "stations", "station"),
    ("stores", "station", "stations", "station"),
    ("items", "type", "item_types", "item type"),
    ("items", "unit", "units", "unit"),
    ("items", "store", "stores", "store"),
    ("checks", "team", "teams", "team"),
    ("checks", "store", "stores", "store"),
    ("checks", "type", "item_types", "item type"),
    ("posts", "place", "places", "place"),
    ("posts", "site", "sites", "site"),
    ("posts", "channels", "channels", "channel"),
    ("roster", "shift", "shifts", "shift"),
    ("roster", "role", "roles", "role"),
)
"""Table and column that name something, where that is defined, and what it is called."""

SETTINGS = (
    (("vehicle_classes", "*", "emergency"), "profiles", "profile"),
    (("vehicle_classes", "*", "ordinary"), "profiles", "profile"),
    (("kinds", "*", "priority"), "priorities", "priority"),
    (("kinds", "*", "transport_capability"), "capabilities", "capability"),
    (("redirect", "*", "*"), "priorities", "priority"),
    (("readiness", "roles", "*", "counts_as", "*"), "roles", "role"),
    (("readiness", "standby", "raise", "*", "teams", "*"), "teams", "team"),
    (("readiness", "item_types", "*", "harsh", "kinds", "*"), "kinds", "kind of incident"),
    (("readiness", "item_types", "*", "dirties", "kinds", "*"), "kinds", "kind of incident"),
    (("injects", "*", "raise_standby", "*"), "teams", "team"),
    (("injects", "*", "lower_standby", "*"), "teams", "team"),
    (("injects", "*", "fail_item"), "items", "item"),
    (("injects", "*", "take_out"), "units", "unit"),
    (("injects", "*", "cut_channel"), "channels", "channel"),
    (("injects", "*", "post"), "posts", "duty post"),
    (("injects", "*", "leave_post"), "posts", "duty post"),
    (("injects", "*", "close_site"), "sites", "site"),
    (("injects", "*", "move_unit"), "units", "unit"),
    (("injects", "*", "to"), "stations", "station"),
    (("injects", "*", "add_accident"), "kinds", "kind of incident"),
    (("injects", "*", "site"), "sites", "site"),
    (("injects", "*", "priority"), "priorities", "priority"),
)
"""Setting that names something (``*``: every entry), where that is defined, and what it is called."""

LISTED = ("capabilities", "channels")
"""Columns of several codes."""

LISTS = (("periods",), ("weather", "states"), ("priorities",), ("standards",), ("accident_classes",))
"""Lists whose entries have codes."""


def check_unique(draft: Draft) -> None:
    """Report codes that stand twice in a table or list, streams and needs told twice."""
    for table in draft.tables:
        _unique_codes(draft, table)
    _unique_streams(draft)
    _unique_needs(draft)
    for pattern in LISTS:
        _unique_entries(draft, pattern)


def check_references(draft: Draft) -> None:
    """Report codes that name nothing."""
    for table, column, section, thing in CELLS:
        if section in draft.known:
            _named_in_cells(draft, table, column, section, thing)
    for pattern, section, thing in SETTINGS:
        for path, word in draft.said(*pattern) if section in draft.known else ():
            if word not in draft.known[section]:
                message, values = unknown(thing, word, draft.known[section])
                draft.misnamed(draft.setting(path, word, message, **values))
    _policy(draft)
    _sources(draft)


def check_where(draft: Draft) -> None:
    """Report streams of demand that happen nowhere."""
    demand = draft.tables.get("demand")
    for row, text in enumerate(demand.sheet.columns.get("where", ()) if demand else ()):
        where = where_of(text)
        if where is not None:
            _where_exists(draft, row, where)
        elif text and demand:
            message, forms = "must be one of {forms}", ", ".join(FORMS)
            draft.problems.append(demand.sheet.problem(row, "where", message, forms=forms))


def _unique_codes(draft: Draft, table: str) -> None:
    sheet = draft.tables[table].sheet
    if table == "demand":
        return
    first: dict[str, int] = {}
    for row, code in enumerate(sheet.columns.get("code", ())):
        if code and code in first:
            draft.problems.append(sheet.problem(row, "code", TWICE, first=sheet.lines[first[code]]))
        first.setdefault(code, row)


def _unique_streams(draft: Draft) -> None:
    first: dict[str, int] = {}
    for number, row in draft.rows("demand"):
        if row.stream in first:
            message = "is the same stream {code} as in line {first}; give each a code of its own"
            values = {"code": row.stream, "first": draft.line("demand", first[row.stream])}
            column = "code" if row.code else "where"
            draft.problems.append(draft.cell("demand", number, column, message, **values))
        first.setdefault(row.stream, number)


def _unique_needs(draft: Draft) -> None:
    first: dict[tuple[str, int, str], int] = {}
    for number, row in draft.rows("run_cards"):
        need = (row.kind, row.grade, row.capability)
        if need in first:
            message = "stands twice for this kind and grade; the first is in line {first}"
            line = draft.line("run_cards", first[need])
            draft.problems.append(draft.cell("run_cards", number, "capability", message, first=line))
        first.setdefault(need, number)


def _unique_entries(draft: Draft, pattern: tuple[str, ...]) -> None:
    first: dict[str, int] = {}
    for path, code in draft.said(*pattern, "*", "code"):
        at = int(path[-2])
        if code in first:
            message = "stands twice in this list: also as entry {first}"
            draft.problems.append(draft.setting(path, code, message, first=first[code] + 1))
        first.setdefault(code, at)


def _named_in_cells(draft: Draft, table: str, column: str, section: str, thing: str) -> None:
    if table not in draft.tables:
        return
    options = [*draft.known[section], *([FLAT] if section in ("hourly", "monthly") else ())]
    known, sheet = {"", *options}, draft.tables[table].sheet
    verdict = cache(lambda code: unknown(thing, code, options))
    for row, text in enumerate(sheet.columns.get(column, ())):
        for code in () if text in known else codes(text) if column in LISTED else (text,):
            if code not in known:
                message, values = verdict(code)
                draft.misnamed(replace(sheet.problem(row, column, message, **values), value=code))


def _policy(draft: Draft) -> None:
    policy = draft.sections.get("policy")
    if policy is not None and policy not in POLICIES:
        message, values = unknown("dispatch policy", policy, list(POLICIES))
        draft.problems.append(draft.setting(("policy",), policy, message, **values))


def _sources(draft: Draft) -> None:
    """Report sources given for settings or tables that do not exist."""
    options = [*Settings.model_fields, *draft.tables, "roads", "nodes", "plans", "rules"]
    for path in draft.sections.get("sources", {}):
        first = path.split(".")[0]
        if first not in options:
            message, values = unknown("setting or table", first, options)
            draft.problems.append(draft.setting(("sources", path), None, message, **values))


def _where_exists(draft: Draft, row: int, where: Where) -> None:
    """Report a stream whose place, site, kind of site or people do not exist."""
    sheet = draft.tables["demand"].sheet
    if where.form == "places" and not _people(draft):
        message = "is shared by population, but nobody lives in the places of places.csv"
        draft.problems.append(sheet.problem(row, "where", message))
    for form, thing, options in _whereabouts(draft):
        if where.form == form and options is not None and where.word not in options:
            message, values = unknown(thing, where.word, options)
            draft.problems.append(sheet.problem(row, "where", message, **values))


def _whereabouts(draft: Draft) -> tuple[tuple[str, str, list[str] | None], ...]:
    """Tell what streams can name: form, what it is called, and what there is (None: nobody knows)."""
    kinds = sorted({row.kind for _, row in draft.rows("sites")}) if draft.whole("sites") else None
    return (
        ("place", "place", draft.known.get("places")),
        ("site", "site", draft.known.get("sites")),
        ("sites", "kind of site", kinds),
    )


def _people(draft: Draft) -> bool:
    return not draft.whole("places") or any(row.population for _, row in draft.rows("places"))
