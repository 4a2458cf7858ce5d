"""Where one part of a scenario names another: does what is named exist, and only once?"""

from __future__ import annotations

from collections.abc import Iterator

from dispatch.policies import POLICIES
from sim.scenarios.drafts import Draft, unknown
from sim.scenarios.model import Settings
from sim.scenarios.streams import FORMS, Where, where_of
from sim.scenarios.yamlfile import PathKey

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
)
"""Table and column that name something, where that is defined, and what it is called."""

LISTS = ("periods", "priorities", "standards", "accident_classes")


def check_unique(draft: Draft) -> None:
    """Report codes that stand twice in a table or list, streams and needs told twice."""
    for table in draft.tables:
        _unique_codes(draft, table)
    _unique_streams(draft)
    _unique_needs(draft)
    for section in LISTS:
        _unique_entries(draft, (section,), draft.sections.get(section) or ())
    weather = draft.sections.get("weather")
    _unique_entries(draft, ("weather", "states"), weather.states if weather else ())


def check_references(draft: Draft) -> None:
    """Report codes that name nothing."""
    for table, column, section, thing in CELLS:
        if section in draft.known:
            _named_in_cells(draft, table, column, section, thing)
    for path, value, section, thing in _named_in_settings(draft):
        if section in draft.known and value not in draft.known[section]:
            message, values = unknown(thing, value, draft.known[section])
            draft.problems.append(draft.setting(path, value, message, **values))
    _policy(draft)
    _sources(draft)


def check_where(draft: Draft) -> None:
    """Report streams of demand that happen nowhere."""
    for number, row in draft.rows("demand"):
        where = where_of(row.where)
        if where is None:
            forms = ", ".join(FORMS)
            draft.problems.append(
                draft.cell("demand", number, "where", "must be one of {forms}", forms=forms)
            )
        else:
            _where_exists(draft, number, where)


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


def _unique_entries(draft: Draft, path: PathKey, entries: tuple[object, ...]) -> None:
    codes = [getattr(entry, "code", None) for entry in entries]
    for at, code in enumerate(codes):
        if code in codes[:at]:
            message = "stands twice in this list: also as entry {first}"
            problem = draft.setting((*path, at, "code"), code, message, first=codes.index(code) + 1)
            draft.problems.append(problem)


def _named_in_cells(draft: Draft, table: str, column: str, section: str, thing: str) -> None:
    options = draft.known[section]
    known = {None, *options} | ({FLAT} if section in ("hourly", "monthly") else set())
    for number, row in draft.rows(table):
        value = getattr(row, column)
        for code in value if isinstance(value, tuple) else (value,):
            if code not in known:
                message, values = unknown(thing, code, options)
                draft.problems.append(draft.cell(table, number, column, message, **values))


def _named_in_settings(draft: Draft) -> Iterator[tuple[PathKey, str, str, str]]:
    """Go through all settings that name something: path, code, where it is defined, what it is called."""
    for code, vehicle in draft.sections.get("vehicle_classes", {}).items():
        yield ("vehicle_classes", code, "emergency"), vehicle.emergency, "profiles", "profile"
        yield ("vehicle_classes", code, "ordinary"), vehicle.ordinary, "profiles", "profile"
    for code, kind in draft.sections.get("kinds", {}).items():
        yield ("kinds", code, "priority"), kind.priority, "priorities", "priority"
        if kind.transport_capability is not None:
            path = ("kinds", code, "transport_capability")
            yield path, kind.transport_capability, "capabilities", "capability"
    for at, pair in enumerate(draft.sections.get("redirect", ())):
        for side, priority in enumerate(pair):
            yield ("redirect", at, side), priority, "priorities", "priority"


def _policy(draft: Draft) -> None:
    policy = draft.sections.get("policy")
    if policy is not None and policy not in POLICIES:
        message, values = unknown("dispatch policy", policy, list(POLICIES))
        draft.problems.append(draft.setting(("policy",), policy, message, **values))


def _sources(draft: Draft) -> None:
    """Report sources given for settings or tables that do not exist."""
    options = [*Settings.model_fields, *draft.tables, "roads", "nodes"]
    for path in draft.sections.get("sources", {}):
        first = path.split(".")[0]
        if first not in options:
            message, values = unknown("setting or table", first, options)
            draft.problems.append(draft.setting(("sources", path), None, message, **values))


def _where_exists(draft: Draft, number: int, where: Where) -> None:
    kinds = sorted({row.kind for _, row in draft.rows("sites")})
    section, thing, options = {
        "place": ("places", "place", draft.known.get("places")),
        "site": ("sites", "site", draft.known.get("sites")),
        "sites": ("sites", "kind of site", kinds if draft.whole("sites") else None),
    }.get(where.form, ("", "", None))
    if section in draft.known and options is not None and where.word not in options:
        message, values = unknown(thing, where.word, options)
        draft.problems.append(draft.cell("demand", number, "where", message, **values))
    if where.form == "places":
        _people(draft, number)


def _people(draft: Draft, number: int) -> None:
    places = [row for _, row in draft.rows("places")]
    if draft.whole("places") and sum(row.population for row in places) == 0:
        message = "is shared by population, but nobody lives in the places of places.csv"
        draft.problems.append(draft.cell("demand", number, "where", message))
