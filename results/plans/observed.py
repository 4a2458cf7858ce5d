"""What was observed in rehearsed accidents for each line of the evaluator's table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from math import inf
from typing import Any

import polars as pl

from dispatch.knowing import told
from dispatch.plans import Work
from dispatch.reporting import Rule, Source, Tier
from results.chain.course import Course
from results.chain.words import report_called, rule_cited, task_called, tier_called
from results.evaluation import Case, Tested
from results.wording import called, in_language, minutes, say
from sim.county import Standard


@dataclass(frozen=True, slots=True)
class Seen:
    """What was observed for a line: whether each case kept the limit, with the log line that shows it."""

    kept: tuple[tuple[int, bool, int], ...]
    name: str
    standard: str = ""
    limit: str = ""
    times: tuple[float, ...] = ()
    weight: float | None = None


def tasks_seen(found: Tested, work: Work, lang: str) -> Iterator[Seen]:
    """Give a line for each of the plan's tasks of a kind of work."""
    for position, task in enumerate(found.plan.tasks):
        if task.work != work:
            continue
        rows = found.tasks.filter(pl.col("task") == position)
        source = task.source or found.plan.source
        yield Seen(
            tuple(rows.select("number", "within", "line").iter_rows()),
            task_called(found.county, 0, position, lang),
            "" if source is None else _cited(source, lang),
            minutes(task.within_s),
            tuple(rows["took_s"].fill_null(inf).to_list()),
            task.weight,
        )


def _cited(source: Source, lang: str) -> str:
    title, article = in_language(source.title, lang), in_language(source.article, lang)
    gap = "" if lang == "zh" or not article else ", "
    return f"{title}{gap}{article} ({source.certainty})"


def _rules(found: Tested) -> Mapping[str, Rule]:
    chain = found.county.chain
    return {} if chain is None else {rule.code: rule for rule in chain.rules.rules}


def _reports(found: Tested, lang: str, first: bool) -> Iterator[Seen]:
    """Give a line for each rule by which reports were due, first ones or follow-ups."""
    for code, rule in _rules(found).items():
        rows = found.duties.filter(pl.col("rule") == code, pl.col("first") == first)
        if not len(rows):
            continue
        limits = [it for it in (rows["limit_s"].min(), rows["limit_s"].max()) if it is not None]
        yield Seen(
            tuple(rows.select("number", "within", "line").iter_rows()),
            f"{tier_called(rule.sender, lang)} → {tier_called(rule.receiver, lang)}"
            f"{say(lang, ', ')}{report_called(rule.report, lang)}",
            f"{rule_cited(rule, lang)} ({'A' if rule.at_once else rule.source.certainty})",
            "–".join(dict.fromkeys(minutes(float(str(it))) for it in limits)),
            tuple(rows["took_s"].fill_null(inf).to_list()),
        )


def _duties(found: Tested, entry: Mapping[str, Any], lang: str) -> Iterator[Seen]:  # noqa: ARG001
    yield from _reports(found, lang, first=True)


def _continuous(found: Tested, entry: Mapping[str, Any], lang: str) -> Iterator[Seen]:  # noqa: ARG001
    yield from _reports(found, lang, first=False)


Judge = Callable[[Case], tuple[bool, int] | None]


def _each(found: Tested, judge: Judge) -> tuple[tuple[int, bool, int], ...]:
    """Judge every case; those of which nothing can be said are left out."""
    judged = ((case.number, judge(case)) for case in found.cases)
    return tuple((number, *verdict) for number, verdict in judged if verdict is not None)


def _opened(found: Tested, entry: Mapping[str, Any], lang: str) -> Iterator[Seen]:
    limit_s = 60.0 * entry["limit_min"]
    times: list[float] = []

    def judge(case: Case) -> tuple[bool, int] | None:
        known = _told_s(case)
        opened = min((since for since, _, level in case.course.levels if level), default=None)
        times.append(inf if opened is None or known is None else max(0.0, opened - known))
        in_time = opened is not None and known is not None and opened - known <= limit_s
        return in_time, case.course.lines.get("opened", -1)

    kept = _each(found, judge)
    yield Seen(kept, entry["name"][lang], limit=minutes(limit_s), times=tuple(times))


def _told_s(case: Case) -> float | None:
    """Tell when the county first knew: the bureau or the government."""
    history = case.reports.history(case.record.incident)
    moments = (told(history, tier) for tier in (Tier.BUREAU, Tier.COUNTY_GOVERNMENT))
    return min((it for it in moments if it is not None), default=None)


def _turnout(found: Tested, entry: Mapping[str, Any], lang: str) -> Iterator[Seen]:
    """Hold the first unit's arrival against the county's standard of the place where it happened."""
    for standard in found.county.standards:
        if standard.measure != "first_arrival":
            continue
        kept, times = _arrivals(found, standard)
        if kept:
            name = f"{entry['name'][lang]}{say(lang, ', ')}{called(standard.names, lang)}"
            source = in_language(standard.source, lang)
            yield Seen(kept, name, source, minutes(standard.within_s), times)


def _arrivals(
    found: Tested, standard: Standard
) -> tuple[tuple[tuple[int, bool, int], ...], tuple[float, ...]]:
    kinds = {place.code: place.kind for place in found.county.places}
    times: list[float] = []

    def judge(case: Case) -> tuple[bool, int] | None:
        here = kinds.get(str(case.record.row["place"]), "")
        if standard.place_kinds is not None and here not in standard.place_kinds:
            return None
        took_s = case.course.since_alarm("arrived")
        times.append(inf if took_s is None else took_s)
        return took_s is not None and took_s <= standard.within_s, case.course.lines.get("arrived", -1)

    return _each(found, judge), tuple(times)


def _graded(found: Tested, entry: Mapping[str, Any], lang: str) -> Iterator[Seen]:
    """Hold what the accident was graded as last against the class that it had in the end."""

    def judge(case: Case) -> tuple[bool, int] | None:
        rows = case.record.events.filter(pl.col("kind") == "GRADED")
        if case.course.reached < 0 and not len(rows):
            return None
        if not len(rows):
            return False, -1
        return rows["subject"][-1] == case.course.reached, rows["number"][-1]

    yield Seen(_each(found, judge), entry["name"][lang])


def _flag(judge: Callable[[Course], tuple[bool, str] | None]) -> Callable[..., Iterator[Seen]]:
    """Make a line of a yes or no about each accident's course."""

    def lines(found: Tested, entry: Mapping[str, Any], lang: str) -> Iterator[Seen]:
        def of_case(case: Case) -> tuple[bool, int] | None:
            said = judge(case.course)
            return None if said is None else (said[0], case.course.lines.get(said[1], -1))

        yield Seen(_each(found, of_case), entry["name"][lang])

    return lines


def _contained(course: Course) -> tuple[bool, str]:
    return "escalated" not in course.moments, "escalated" if "escalated" in course.moments else "assembled"


def _assembled(course: Course) -> tuple[bool, str]:
    whole = "assembled" in course.moments
    return whole, "assembled" if whole else "short_handed"


def _controlled(course: Course) -> tuple[bool, str] | None:
    ended = bool(course.levels) and course.levels[-1][2] == 0
    return ("controlled" in course.moments and ended, "ended" if ended else "controlled")


def _items(found: Tested, entry: Mapping[str, Any], lang: str) -> Iterator[Seen]:
    """Tell in how many accidents no task had to wait for equipment; where tasks need any."""
    if all(task.resource < 0 for task in found.plan.tasks):
        return

    def judge(case: Case) -> tuple[bool, int] | None:
        if not case.course.tasks:
            return None
        missing = [h.line for run in case.course.tasks for h in run.holds if h.why == "resource"]
        return not missing, missing[0] if missing else -1

    yield Seen(_each(found, judge), entry["name"][lang])


def _through(found: Tested, entry: Mapping[str, Any], lang: str) -> Iterator[Seen]:
    """Tell in how many accidents every report got through at the first attempt."""

    def judge(case: Case) -> tuple[bool, int] | None:
        stuck = case.reports.gathered[case.record.incident].stuck
        return not stuck, stuck[0].line if stuck else -1

    yield Seen(_each(found, judge), entry["name"][lang])


def _medical(found: Tested, entry: Mapping[str, Any], lang: str) -> Iterator[Seen]:
    """Hold the first ambulance's arrival against a limit, where somebody was hurt."""
    limit_s = 60.0 * entry["limit_min"]
    times: list[float] = []

    def judge(case: Case) -> tuple[bool, int] | None:
        carries = found.county.kinds[case.course.kind].transport_capability
        if carries is None or not sum(case.course.harm[:2]):
            return None
        units = found.county.units
        came = [since for since, unit in case.course.arrivals if carries in units[unit].capabilities]
        took_s = min(came, default=inf) - case.course.alarm_s
        times.append(took_s)
        return took_s <= limit_s, -1

    kept = _each(found, judge)
    yield Seen(kept, entry["name"][lang], limit=minutes(limit_s), times=tuple(times))


MEASURES: Mapping[str, Callable[..., Iterator[Seen]]] = {
    "duties": _duties,
    "continuous": _continuous,
    "opened": _opened,
    "turnout": _turnout,
    "graded": _graded,
    "contained": _flag(_contained),
    "assembled": _flag(_assembled),
    "controlled": _flag(_controlled),
    "items": _items,
    "through": _through,
    "medical": _medical,
}
"""What is measured besides the plan's own tasks, by the words of the catalogue."""
