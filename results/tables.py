"""The tables of a report: each figure with its certainty, in words and units a planner reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from results.findings import (
    FEWEST_FOR_A_QUANTILE,
    Figures,
    Findings,
    Verdict,
    figures,
    figures_by,
    rate,
    share,
    slowest_sites,
    target_of,
    verdicts,
)
from results.intervals import Estimate
from results.measures import DAY_S, INCIDENT_MEASURES, YEAR_S, within
from results.wording import (
    NOTHING,
    called,
    in_language,
    minutes,
    minutes_within,
    number,
    number_within,
    percent,
    percent_within,
    say,
)
from sim.county import Place

SLOWEST_LISTED = 15
Groups = Mapping[object, Figures]


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table: its text, and a mark that colours it (``good``, ``poor``, ``unsure`` or none)."""

    text: str
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table: headings, and rows of cells; the columns `words` hold words, the others figures."""

    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    words: tuple[int, ...] = (0,)


def standards_table(findings: Findings, lang: str) -> Table:
    """Hold each standard against what was seen."""
    headings = ("Standard", "Measured", "Limit", "Asked", "Seen within the limit", "Judgement", "Source")
    rows = [_standard_row(found, lang) for found in verdicts(findings)]
    return Table(tuple(say(lang, heading) for heading in headings), tuple(rows), words=(0, 1, 6))


def times_table(findings: Findings, lang: str) -> Table:
    """Sum up each step of a call: mean, P50 and P90 with intervals."""
    rows = []
    for code, label in measure_names(lang).items():
        table = findings.calls if code in INCIDENT_MEASURES else findings.sendings
        found = figures(table, code, findings.replications)
        if found.n:
            rows.append((Cell(label), *_time_cells(found)))
    headings = (say(lang, "Step"), say(lang, "Seen"), say(lang, "Mean"), "P50", "P90")
    return Table(headings, tuple(rows))


def places_table(findings: Findings, lang: str) -> Table:
    """Sum up first arrival by township, street and park, slowest first."""
    found = figures_by(findings.calls, "first_arrival", "place", findings.replications)
    full = figures_by(findings.calls, "full_assembly", "place", findings.replications)
    seen = [place for place in findings.county.places if place.code in found]
    seen.sort(key=lambda place: -(found[place.code].p90.mean or 0.0) if _enough(found[place.code]) else 1.0)
    rows = [_place_row(findings, place, found, full, lang) for place in seen]
    headings = (
        say(lang, "Place"),
        say(lang, "Calls a year"),
        say(lang, "Mean"),
        "P50",
        "P90",
        say(lang, "Target"),
        say(lang, "Within target"),
        say(lang, "All on scene, P90"),
    )
    return Table(headings, tuple(rows))


def kinds_table(findings: Findings, lang: str) -> Table:
    """Sum up calls and times by kind of incident, the most frequent first."""
    first = figures_by(findings.calls, "first_arrival", "kind", findings.replications)
    full = figures_by(findings.calls, "full_assembly", "kind", findings.replications)
    control = figures_by(findings.calls, "time_to_control", "kind", findings.replications)
    rows = []
    for kind in findings.county.kinds:
        calls = rate(findings.calls.filter(pl.col("kind") == kind.code), YEAR_S, findings)
        if calls.mean:
            times = [_p(first, kind.code, "p50"), _p(first, kind.code, "p90")]
            times += [_p(full, kind.code, "p90"), _p(control, kind.code, "p50")]
            cells = (Cell(called(kind.names, lang)), Cell(number_within(calls)), *map(Cell, times))
            rows.append((calls.mean, cells))
    rows.sort(key=lambda row: -row[0])
    headings = (
        say(lang, "Kind of incident"),
        say(lang, "Calls a year"),
        say(lang, "First arrival, P50"),
        say(lang, "First arrival, P90"),
        say(lang, "All on scene, P90"),
        say(lang, "Under control, P50"),
    )
    return Table(headings, tuple(cells for _, cells in rows))


def priorities_table(findings: Findings, lang: str) -> Table:
    """Sum up first arrival by priority, with the share within its target time."""
    found = figures_by(findings.calls, "first_arrival", "priority", findings.replications)
    rows = []
    for priority in findings.county.priorities:
        if priority.code in found:
            own = found[priority.code]
            kept = _within_target(findings, "priority", priority.code, priority.target_s)
            times = [minutes_within(one) for one in (own.mean, own.p50, own.p90)]
            words = [called(priority.names, lang), _a_year(findings, own.calls)]
            rows.append(tuple(map(Cell, [*words, *times, minutes(priority.target_s), kept])))
    headings = ("Priority", "Calls a year", "Mean", "P50", "P90", "Target", "Within target")
    return Table(tuple(say(lang, heading) for heading in headings), tuple(rows))


def sites_table(findings: Findings, lang: str) -> Table:
    """List the sites where help was slowest, as far as anything can be told of them."""
    sites = {site.code: site for site in findings.county.sites}
    slow = slowest_sites(findings).filter(pl.col("told").is_not_null()).head(SLOWEST_LISTED)
    rows = []
    for row in slow.iter_rows(named=True):
        site = sites[row["site"]]
        place = called(findings.county.places[site.place].names, lang) if site.place >= 0 else NOTHING
        times = (minutes(row["mean"]), minutes(row["p50"]), minutes(row["p90"]))
        rows.append(tuple(map(Cell, (called(site.names, lang), place, str(row["n"]), *times))))
    headings = ("Site", "Place", "Calls seen near it", "Mean", "P50", "P90")
    return Table(tuple(say(lang, heading) for heading in headings), tuple(rows), words=(0, 1))


def counts_table(findings: Findings, lang: str) -> Table:
    """Count what went short: no unit free, something missing, redirections, still open."""
    calls, seen = findings.calls, findings.replications
    still = rate(calls.filter(pl.col("open")), findings.window.length_s, findings)
    rows = [
        (say(lang, "Calls a day"), number_within(rate(calls, DAY_S, findings), 2)),
        (
            say(lang, "Share of calls for which no suitable unit was free"),
            percent_within(share(calls, "none_free", seen)),
        ),
        (
            say(lang, "Share of calls for which something needed was missing at first"),
            percent_within(share(calls, "short", seen)),
        ),
        (
            say(lang, "Units redirected to a more urgent call, a year"),
            number_within(rate(calls, YEAR_S, findings, "redirections")),
        ),
        (
            say(lang, "Share of calls where control began before all needed had come"),
            percent_within(share(calls, "short_handed", seen)),
        ),
        (
            say(lang, "Calls handed to a neighbouring county, a year"),
            number_within(rate(calls.filter(pl.col("passed_on")), YEAR_S, findings)),
        ),
        (say(lang, "Calls still open at the end of a replication"), number_within(still)),
    ]
    return Table(
        (say(lang, "What"), say(lang, "Seen")), tuple((Cell(name), Cell(text)) for name, text in rows)
    )


def harm_table(findings: Findings, lang: str) -> Table:
    """Sum up harm that became known: deaths, injuries, loss, and accidents by legal class, a year."""
    calls = findings.calls
    rows = [
        (say(lang, "Deaths"), number_within(rate(calls, YEAR_S, findings, "deaths_known"), 2)),
        (say(lang, "Injured"), number_within(rate(calls, YEAR_S, findings, "injuries_known"), 2)),
        (
            say(lang, "Direct loss, CNY 10,000"),
            number_within(_scaled(rate(calls, YEAR_S, findings, "loss_known_cny"), 1e-4)),
        ),
    ]
    for code, one in enumerate(findings.county.accident_classes):
        reached = rate(calls.filter(pl.col("accident_class") == code), YEAR_S, findings)
        rows.append((called(one.names, lang), number_within(reached, 2)))
    if not any(findings.calls[name].sum() for name in ("deaths_known", "injuries_known", "loss_known_cny")):
        rows = []
    headings = (say(lang, "Harm"), say(lang, "A year"))
    return Table(headings, tuple((Cell(name), Cell(text)) for name, text in rows))


def measure_names(lang: str) -> dict[str, str]:
    """Name the steps of a call, in their order."""
    return {
        "call_handling": say(lang, "Call taking: alarm to call taken"),
        "waiting": say(lang, "Waiting: call taken to first unit sent"),
        "turnout": say(lang, "Turnout: unit sent to rolling"),
        "travel": say(lang, "Travel: rolling to on scene"),
        "first_arrival": say(lang, "First arrival: alarm to first unit on scene"),
        "full_assembly": say(lang, "Full assembly: alarm to all needed on scene"),
        "time_to_control": say(lang, "Control: alarm to under control"),
        "on_scene": say(lang, "On scene: first arrival to the last unit clear"),
        "transport": say(lang, "Transport: scene to hospital"),
        "handover": say(lang, "Handover at hospital"),
    }


def _standard_row(found: Verdict, lang: str) -> tuple[Cell, ...]:
    standard = found.standard
    met = {True: ("met", "good"), False: ("not met", "poor"), None: ("cannot be told", "unsure")}
    text, mark = met[found.met] if standard.share is not None else (NOTHING, "")
    return (
        Cell(called(standard.names, lang)),
        Cell(short_measure(standard.measure, lang)),
        Cell(minutes(standard.within_s)),
        Cell(percent(standard.share, 0)),
        Cell(percent_within(found.share)),
        Cell(say(lang, text) if mark else text, mark),
        Cell(in_language(standard.source, lang)),
    )


def short_measure(measure: str, lang: str) -> str:
    """Name a measure in a word or two."""
    names = {
        "call_handling": say(lang, "call taking"),
        "turnout": say(lang, "turnout"),
        "travel": say(lang, "travel"),
        "first_arrival": say(lang, "first arrival"),
        "full_assembly": say(lang, "full assembly"),
    }
    return names.get(measure, measure)


def _time_cells(found: Figures) -> tuple[Cell, ...]:
    times = (found.mean, found.p50, found.p90)
    return (Cell(number(float(found.n), 0)), *(Cell(minutes_within(one)) for one in times))


def _place_row(
    findings: Findings,
    place: Place,
    first: Groups,
    full: Groups,
    lang: str,
) -> tuple[Cell, ...]:
    own, target = first[place.code], target_of(findings.county, place)
    limit = target.within_s if target else None
    late = _enough(own) and own.p90.mean is not None and limit is not None and own.p90.mean > limit
    return (
        Cell(called(place.names, lang)),
        Cell(_a_year(findings, own.calls)),
        Cell(minutes_within(own.mean)),
        Cell(_p(first, place.code, "p50")),
        Cell(_p(first, place.code, "p90"), "poor" if late else ""),
        Cell(minutes(limit)),
        Cell(_within_target(findings, "place", place.code, limit)),
        Cell(_p(full, place.code, "p90")),
    )


def _within_target(findings: Findings, column: str, code: str, limit_s: float | None) -> str:
    if limit_s is None:
        return NOTHING
    calls = findings.calls.filter(pl.col(column) == code)
    kept = within(calls, "first_arrival", limit_s, findings.window)
    flags = calls.select("replication").with_columns(kept=kept)
    return percent_within(share(flags, "kept", findings.replications))


def _a_year(findings: Findings, calls: Estimate) -> str:
    return number_within(_scaled(calls, YEAR_S / findings.window.length_s))


def _scaled(estimate: Estimate, factor: float) -> Estimate:
    mean = None if estimate.mean is None else estimate.mean * factor
    half = None if estimate.half_width is None else estimate.half_width * factor
    return Estimate(mean, half, estimate.n, estimate.level)


def _p(groups: Groups, code: str, which: str) -> str:
    """Write a quantile of a group; of a few calls nothing can be said."""
    one = groups.get(code)
    return minutes_within(getattr(one, which)) if one and _enough(one) else NOTHING


def _enough(one: Figures) -> bool:
    """Tell whether enough calls were seen to speak of their quantiles."""
    return one.n >= FEWEST_FOR_A_QUANTILE
