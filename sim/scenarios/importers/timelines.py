"""Real accidents' times read from a table: when each level was told, as inquiries and the press have it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from pathlib import Path

from dispatch.accident_class import accident_class
from dispatch.reporting import History, Knowledge, Report, Sending, Tier
from sim.scenarios.cells import CellError, number
from sim.scenarios.model import AccidentClass
from sim.scenarios.problems import Problem, ScenarioError, Term
from sim.scenarios.sections import rule_classes
from sim.scenarios.tables import Sheet, read_sheet

FORM = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})[ T](\d{1,2})[:：](\d{2})(?:[:：](\d{2}))?")
LEADING = re.compile(r"(\d+)\b")
ACCIDENT, ALARM, ARRIVAL, CONTROLLED, ENDED = (
    "t_accident",
    "t_alarm_received",
    "t_first_team_arrival",
    "t_controlled",
    "t_ended",
)
UNIT, TOWNSHIP, COUNTY, CITY, PROVINCE, NATIONAL = (
    "t_unit_reports_to_gov",
    "t_township",
    "t_county",
    "t_city",
    "t_province",
    "t_national",
)
CHAIN = (UNIT, TOWNSHIP, COUNTY, CITY, PROVINCE, NATIONAL)
TIMES = (ACCIDENT, ALARM, ARRIVAL, *CHAIN, "t_public_warning", CONTROLLED, ENDED)
IN_TURN = (ALARM, ARRIVAL, CONTROLLED, ENDED)
"""Times that follow each other at every accident; all times follow the accident."""
MINUTES = {
    "min_accident_to_alarm": (ACCIDENT, ALARM),
    "min_alarm_to_arrival": (ALARM, ARRIVAL),
    "min_accident_to_unit_report": (ACCIDENT, UNIT),
    "min_accident_to_county": (ACCIDENT, COUNTY),
    "min_accident_to_city": (ACCIDENT, CITY),
    "min_accident_to_province": (ACCIDENT, PROVINCE),
    "min_accident_to_public_warning": (ACCIDENT, "t_public_warning"),
}
WORDS = ("date", "place", "hazard", "deaths", "resources", "chain_note", "confidence", "source")
COLUMNS = (*WORDS, *(name for name in TIMES if name != ACCIDENT), *MINUTES)
LEVELS = (
    (COUNTY, Tier.BUREAU),
    (CITY, Tier.CITY_BUREAU),
    (PROVINCE, Tier.PROVINCE),
    (NATIONAL, Tier.MINISTRY),
)
NAMED = {
    ACCIDENT: Term("the accident"),
    ALARM: Term("the alarm"),
    ARRIVAL: Term("the first team's arrival"),
    CONTROLLED: Term("the moment of control"),
}
NOT_A_TIME = "must be a date and time such as 2021-01-10 13:13"


@dataclass(frozen=True, slots=True)
class Timeline:
    """What a source says of one accident; `moments` maps columns (`t_county`) to local times that are given.

    `deaths` is the number that the source's words begin with, None where they begin with none.
    """

    code: str
    words: Mapping[str, str]
    moments: Mapping[str, datetime]
    deaths: int | None

    def seconds(self, column: str) -> float | None:
        """Tell how long after the accident something was; None where the source does not say."""
        start, moment = self.moments.get(ACCIDENT), self.moments.get(column)
        return (moment - start).total_seconds() if start and moment else None

    @property
    def can_be_judged(self) -> bool:
        """Tell whether the accident's time and that of any report are known."""
        return any(self.seconds(column) is not None for column in CHAIN)


def read_timelines(path: Path) -> tuple[Timeline, ...]:
    """Read a table of accidents' times (CSV, UTF-8 or GB18030, headers in English or Chinese).

    Raises
    ------
    ScenarioError
        With everything that is wrong: a time that cannot be read, one before the accident or before what it
        must follow, minutes that do not agree with the times, an accident named twice or not at all.
    """
    problems: list[Problem] = []
    sheet = read_sheet(path, ("id", ACCIDENT), COLUMNS, problems)
    rows = [] if sheet is None else [_timeline(sheet, row, problems) for row in range(len(sheet.lines))]
    if sheet is not None:
        problems += _codes(sheet)
    if problems:
        raise ScenarioError(sorted(problems, key=lambda problem: (problem.line or 0, problem.column or 0)))
    return tuple(rows)


def moment(text: str) -> datetime:
    """Read a date and time, also as Excel shows it.

    Raises
    ------
    CellError
        If the text says anything else.

    Examples
    --------
    >>> moment("2021/1/10 13:13").isoformat()
    '2021-01-10T13:13:00'
    """
    found = FORM.fullmatch(text)
    if found is None:
        raise CellError(NOT_A_TIME)
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
    try:
        return datetime(year, month, day, hour, minute, second)
    except ValueError:
        raise CellError(NOT_A_TIME) from None


def class_of(timeline: Timeline) -> tuple[int, bool]:
    """Tell the class to judge by, and whether it is assumed.

    Deaths decide where they reach a class (Decree 493 Art. 3); the injured and the loss, of which such tables
    say nothing, may make it a higher one. Without deaths the lowest class is assumed.
    """
    reached = accident_class(_thresholds(), timeline.deaths or 0, 0, 0)
    return (0, True) if reached is None else (reached, False)


def class_names() -> tuple[tuple[str, str], ...]:
    """Name the classes of accidents in Chinese and English, the lowest first."""
    return tuple((one.name.zh, one.name.en) for one in _thresholds())


def history_of(timeline: Timeline) -> History:
    """Make of a timeline what can be judged; second 0 is the accident.

    The table says when a level was told, not by whom: the level below is taken to have told it where it knew
    by then, else somebody at the scene. The unit's head is taken to have known at once. The class is the one
    that the final toll reaches; it may have been lower when a limit ran.

    Raises
    ------
    ValueError
        The time of the accident is not known.
    """
    if ACCIDENT not in timeline.moments:
        raise ValueError("the time of the accident is not known")
    number, _ = class_of(timeline)
    known = Knowledge(deaths=timeline.deaths or 0, accident_class=number)
    sent = [
        Sending(sender, receiver, Report.INITIAL, at_s, at_s, known, written=True)
        for sender, receiver, at_s in sorted(_told(timeline), key=lambda telling: telling[2])
    ]
    return History(0.0, ((0.0, number),), tuple(sent))


def _told(timeline: Timeline) -> Iterator[tuple[Tier, Tier, float]]:
    """Go through who is taken to have told whom, and when."""
    yield Tier.SCENE, Tier.UNIT_HEAD, 0.0
    township, county, unit = (timeline.seconds(name) for name in (TOWNSHIP, COUNTY, UNIT))
    if unit is not None:
        yield Tier.UNIT_HEAD, _told_by_unit(unit, township, county), unit
    if township is not None and township != unit:
        yield Tier.SCENE, Tier.TOWNSHIP, township
    below, known_s = Tier.TOWNSHIP, township
    for column, tier in LEVELS:
        at_s = timeline.seconds(column)
        if at_s is not None and not (tier is Tier.BUREAU and at_s == unit != township):
            yield (below if known_s is not None and known_s <= at_s else Tier.SCENE), tier, at_s
        below, known_s = tier, at_s


def _told_by_unit(unit_s: float, township_s: float | None, county_s: float | None) -> Tier:
    """Tell whom the unit told: the township at the same minute, else the county, unless it heard later."""
    if unit_s == township_s:
        return Tier.TOWNSHIP
    return Tier.BUREAU if county_s is None or unit_s >= county_s else Tier.CALL_CENTRE


def _timeline(sheet: Sheet, row: int, problems: list[Problem]) -> Timeline:
    moments = {}
    for column in TIMES:
        text = sheet.columns.get(column, {row: ""})[row]
        try:
            if text:
                moments[column] = moment(text)
        except CellError as error:
            problems.append(sheet.problem(row, column, str(error)))
    problems += [*_out_of_turn(sheet, row, moments), *_minutes(sheet, row, moments)]
    words = {column: sheet.columns[column][row] for column in WORDS if column in sheet.columns}
    deaths = LEADING.match(words.get("deaths", ""))
    return Timeline(
        sheet.columns.get("id", [""] * (row + 1))[row], words, moments, int(deaths[1]) if deaths else None
    )


def _out_of_turn(sheet: Sheet, row: int, moments: Mapping[str, datetime]) -> Iterator[Problem]:
    """Say which times come before something that they must follow."""
    pairs = [*((ACCIDENT, name) for name in TIMES[1:]), *combinations(IN_TURN, 2)]
    told = set()
    for first, then in pairs:
        if first in moments and then in moments and moments[then] < moments[first] and then not in told:
            told.add(then)
            message = "is before {what} ({when})"
            when = f"{moments[first]:%Y-%m-%d %H:%M}"
            yield sheet.problem(row, then, message, what=NAMED[first], when=when)


def _minutes(sheet: Sheet, row: int, moments: Mapping[str, datetime]) -> Iterator[Problem]:
    """Say which minutes do not agree with the times they are between."""
    for column, (first, then) in MINUTES.items():
        text = sheet.columns[column][row] if column in sheet.columns else ""
        if not text:
            continue
        try:
            given = number(text)
        except CellError as error:
            yield sheet.problem(row, column, str(error))
            continue
        if first in moments and then in moments:
            found = (moments[then] - moments[first]).total_seconds() / 60
            if abs(found - given) >= 1:
                message = "does not agree with the times, which are {minutes} min apart"
                yield sheet.problem(row, column, message, minutes=found)


def _codes(sheet: Sheet) -> Iterator[Problem]:
    """Say which accidents have no name, or one that another has."""
    seen: dict[str, int] = {}
    for row, code in enumerate(sheet.columns.get("id", [])):
        if not code:
            yield sheet.problem(row, "id", "is empty; a value is due")
        elif code in seen:
            yield sheet.problem(row, "id", "stands twice; the first is in line {first}", first=seen[code])
        seen.setdefault(code, sheet.lines[row])


def _thresholds() -> tuple[AccidentClass, ...]:
    return tuple(AccidentClass.model_validate(row) for row in rule_classes())
