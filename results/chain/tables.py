"""Reports and command in tables: how due reports ended, how long each hop took, what held reports up."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import polars as pl

from dispatch.reporting import Verdict
from results.chain.words import (
    cause_of_delay,
    class_called,
    known_told,
    level_called,
    tier_called,
    verdict_called,
)
from results.compliance import (
    BAD,
    Compliance,
    accidents_a_year,
    counts_a_year,
    effect_of,
    hops,
    of_hop,
    share_of_due,
)
from results.findings import Figures, figures
from results.intervals import over_replications
from results.tables import Cell, Table
from results.wording import (
    NOTHING,
    called,
    clock,
    minutes,
    minutes_within,
    number_within,
    percent,
    percent_within,
    say,
    start_of,
)

FEW = 10
"""Below so many no quantile and no interval is given."""
ENDS = (Verdict.ON_TIME, *BAD)
DAY_PARTS: Mapping[str, tuple[int, int]] = {
    "by day, 8 to 18": (8, 18),
    "in the evening, 18 to 22": (18, 22),
    "at night, 22 to 8": (22, 8),
}


def verdicts_table(found: Compliance, lang: str) -> Table:
    """Tell how the reports that were due ended, a year and as shares."""
    rows = [
        (
            Cell(verdict_called(verdict, lang)),
            Cell(number_within(counts_a_year(found, verdict))),
            Cell(percent_within(share_of_due(found, verdict))),
        )
        for verdict in ENDS
    ]
    headings = ("How due reports ended", "A year", "Share of due reports")
    return Table(tuple(say(lang, heading) for heading in headings), tuple(rows))


def hops_table(found: Compliance, lang: str) -> Table:
    """Tell hop by hop how long first reports took and which share came within the limit."""
    rows = []
    for sender, receiver in hops(found):
        due = of_hop(found, sender, receiver)
        took = figures(due, "took_s", found.replications)
        rows.append(
            (
                Cell(f"{tier_called(sender, lang)} → {tier_called(receiver, lang)}"),
                Cell(str(len(due))),
                Cell(_limits(due)),
                *_half_and_most(took),
                Cell(_in_time(found, due, len(due))),
                Cell(str(int(due["verdict"].is_in([int(it) for it in BAD[1:]]).sum()))),
            )
        )
    headings = (
        "Hop",
        "Due",
        "Limit",
        "P50",
        "P90",
        "Within the limit",
        "Omitted, false or concealed",
    )
    return Table(tuple(say(lang, heading) for heading in headings), tuple(rows))


def groups_table(found: Compliance, lang: str) -> Table:
    """Tell by class, kind, time of day and township when county and city were told, and what came in time."""
    rows = [_group(found, name, rows, of_due) for name, rows, of_due in _groups(found, lang) if len(rows)]
    headings = (
        "Accidents",
        "A year",
        "Bureau told, P50",
        "P90",
        "City told, P50",
        "P90",
        "Due reports on time",
    )
    return Table(tuple(say(lang, heading) for heading in headings), tuple(rows))


def obstacles_table(found: Compliance, lang: str) -> Table:
    """Tell what kept first reports from getting through at once, how often, and what it cost."""
    codes = found.duties.filter(pl.col("held_by") != "")["held_by"].unique().sort().to_list()
    rows = []
    for code in codes:
        share, within, longer = effect_of(found, code)
        cells = (percent_within(share), percent_within(within), minutes_within(longer))
        rows.append((Cell(cause_of_delay(code, lang)), *map(Cell, cells)))
    headings = ("What was in the way", "Share of due reports", "Of these on time", "Longer by")
    return Table(tuple(say(lang, heading) for heading in headings), tuple(rows))


def command_table(found: Compliance, lang: str) -> Table:
    """Tell how often which response level was opened, how soon, and when the city's help was granted."""
    rows = []
    for level in (1, 2, 3, 4):
        which = pl.col("gravest_level") == level
        name = say(lang, "Response level {level} opened", level=level_called(level, lang))
        rows.append(_done(found, name, which, "response_opened"))
    asked = pl.col("aid_asked").is_not_null()
    rows.append(_done(found, say(lang, "City asked for help"), asked, "aid_asked"))
    granted = pl.col("aid_granted").is_not_null()
    rows.append(_done(found, say(lang, "City's help granted"), granted, "aid_granted"))
    rows.append(_done(found, say(lang, "Grew because not contained in time"), pl.col("escalated"), None))
    rows.append(_done(found, say(lang, "Kept silent by somebody"), pl.col("kept_silent"), None))
    headings = ("What was done", "Accidents a year", "After the alarm, P50", "P90")
    return Table(tuple(say(lang, heading) for heading in headings), tuple(rows))


def beliefs_table(found: Compliance, lang: str) -> Table:
    """Tell what each level knew of the accident shown, and since when."""
    shown, rows = found.shown, []
    for it in shown.reports.beliefs(shown.incident) if shown else ():
        cells = (
            clock(start_of(found.county), it.time_s),
            tier_called(it.tier, lang),
            tier_called(it.teller, lang),
            known_told(found.county, it.knowledge, lang),
            str(it.line),
        )
        rows.append(tuple(map(Cell, cells)))
    headings = ("Time", "Who", "Told by", "What it knew from then on", "Line")
    return Table(tuple(say(lang, heading) for heading in headings), tuple(rows), words=(0, 1, 2, 3))


def _limits(due: pl.DataFrame) -> str:
    """Write the limits that applied, the shortest and the longest."""
    low, high = due["limit_s"].min(), due["limit_s"].max()
    if low is None or high is None:
        return NOTHING
    shortest, longest = minutes(float(str(low))), minutes(float(str(high)))
    return shortest if shortest == longest else f"{shortest}–{longest}"


def _half_and_most(took: Figures) -> tuple[Cell, Cell]:
    if took.n < FEW:
        return Cell(NOTHING), Cell(NOTHING)
    return Cell(minutes_within(took.p50)), Cell(minutes_within(took.p90))


def _in_time(found: Compliance, due: pl.DataFrame, seen: int) -> str:
    """Write the share of due reports that came in time; without an interval where little was seen."""
    share = share_of_due(found, Verdict.ON_TIME, due)
    return percent_within(share) if seen >= FEW else percent(share.mean, 0)


Group = tuple[str, pl.DataFrame, pl.DataFrame]


def _groups(found: Compliance, lang: str) -> list[Group]:
    """List the groups (all, by class, kind, time of day, township), each with its accidents and duties."""
    county = found.county
    classes = range(-1, len(county.accident_classes))
    named = [
        (say(lang, "All"), pl.lit(value=True)),
        *((class_called(county, it, lang), pl.col("reached") == it) for it in classes),
        *((called(kind.names, lang), pl.col("kind") == kind.code) for kind in county.kinds),
        *((say(lang, name), _between(*hours)) for name, hours in DAY_PARTS.items()),
        *((called(place.names, lang), pl.col("place") == place.code) for place in county.places),
    ]
    return [_among(found, name, which) for name, which in named]


def _between(begin: int, end: int) -> pl.Expr:
    """Hold for the hours of a part of the day, which may run past midnight."""
    hour = pl.col("hour")
    return hour.is_between(begin, end - 1) if begin < end else (hour >= begin) | (hour < end)


def _among(found: Compliance, name: str, which: pl.Expr) -> Group:
    accidents = found.accidents.filter(which)
    keys = accidents.select("replication", "incident")
    return name, accidents, found.duties.join(keys, on=["replication", "incident"], how="semi")


def _group(found: Compliance, name: str, accidents: pl.DataFrame, due: pl.DataFrame) -> tuple[Cell, ...]:
    times = [
        cell
        for column in ("bureau_told", "city_told")
        for cell in _half_and_most(figures(accidents, column, found.replications))
    ]
    counts = dict(accidents.group_by("replication").len().iter_rows())
    years = found.window.years
    rate = over_replications([counts.get(it, 0) / years for it in found.replications])
    in_time = _in_time(found, due, len(accidents))
    return (Cell(name), Cell(number_within(rate)), *times, Cell(in_time))


def _done(found: Compliance, name: str, which: pl.Expr, moment: str | None) -> tuple[Cell, ...]:
    name_and_rate = Cell(name), Cell(number_within(accidents_a_year(found, which), 2))
    if moment is None:
        return (*name_and_rate, Cell(""), Cell(""))
    rows = found.accidents.filter(which)
    return (*name_and_rate, *_half_and_most(figures(rows, moment, found.replications)))


TABLES: Mapping[str, Callable[[Compliance, str], Table]] = {
    "verdicts": verdicts_table,
    "hops": hops_table,
    "groups": groups_table,
    "obstacles": obstacles_table,
    "command": command_table,
    "beliefs": beliefs_table,
}
"""The tables of the chapter on reports, by the names under which the page asks for them."""
