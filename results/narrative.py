"""The event log in words: who did what, when, and why."""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Iterator, Mapping

import polars as pl

from results.chain.histories import Reports
from results.chain.inquiry import INQUIRY, verdicts_told
from results.happenings import HAPPENINGS
from results.readiness.duty_log import DUTY_LOG, told_of_choice, told_of_waiting
from results.runs import RunFolder, wrong
from results.story import Row, Story
from results.wording import called, clock, spoken, start_of
from sim.county import County
from sim.events import Kind


def tell(
    run: RunFolder,
    replication: int | None = None,
    incident: int | None = None,
    unit: str | None = None,
    lang: str = "en",
    county: County | None = None,
) -> Iterator[str]:
    """Tell what happened in a replication, one line an event.

    Parameters
    ----------
    run
        An opened run.
    replication
        Which one; None takes the first that is finished.
    incident, unit
        Tell only of this incident, or of this unit (by its code), or of both together.
    lang
        ``"en"`` or ``"zh"``.
    county
        The run's county where it is at hand; otherwise it is built from the run's copy of the scenario.

    Yields
    ------
    str
        Event number, local time, and a sentence; for a unit that is sent, the reason. Of an incident in the
        end how each report that was due fared.

    Raises
    ------
    RunError
        If there is no such replication, incident or unit.
    """
    county = county or run.county()
    events, story = _opened(run, replication, lang, county)
    chosen = events
    if incident is not None:
        if incident not in story.incidents:
            last = len(story.incidents) - 1
            raise wrong(
                run.path,
                "there is no incident {incident}; they go from 0 to {last}.",
                incident=incident,
                last=last,
            )
        chosen = chosen.filter(pl.col("incident") == incident)
    if unit is not None:
        chosen = chosen.filter(pl.col("unit") == _unit_number(run, county, unit))
    yield from (line(story, row) for row in chosen.iter_rows(named=True))
    if incident is not None and unit is None:
        yield from verdicts_told(story, incident)


def why(
    run: RunFolder,
    number: int,
    replication: int | None = None,
    lang: str = "en",
    county: County | None = None,
) -> Iterator[str]:
    """Tell what led to an event: the event itself, its cause, the cause of that, back to the first.

    Parameters
    ----------
    run, replication, lang, county
        As for `tell`.
    number
        The event's number, as `tell` writes it.

    Raises
    ------
    RunError
        If there is no such event.
    """
    events, story = _opened(run, replication, lang, county or run.county())
    if not 0 <= number < len(events):
        raise wrong(
            run.path,
            "there is no event {number}; they go from 0 to {last}.",
            number=number,
            last=len(events) - 1,
        )
    while number >= 0:
        row = events.row(number, named=True)
        yield line(story, row)
        number = row["cause"]


def line(story: Story, row: Row) -> str:
    """Write one event as a line: number, local time, sentence."""
    sentence = SENTENCES[Kind[row["kind"]]](story, row)
    return f"{row['number']:>7}  {clock(start_of(story.county), row['time_s'])}  {sentence}"


def reason(story: Story, text: str | None, number: int = -1) -> str:
    """Say why a unit was chosen, from the reason the log keeps; nothing where it keeps none."""
    if not text:
        return ""
    policy, eta_s, could_go, other, other_eta_s, *of_readiness = json.loads(text)
    expected = spoken(story.lang, eta_s)
    if could_go <= 1 and policy == "closest":
        words = story.say("the only one that could go, expected in {eta}", eta=expected)
    else:
        words = story.say(
            RULES.get(policy, "chosen by {policy} out of {n}, expected in {eta}"),
            policy=policy,
            n=could_go,
            eta=expected,
        )
    if other is not None:
        words += story.say(
            "; next would have been {unit} in {eta}", unit=other, eta=spoken(story.lang, other_eta_s)
        )
    return words + told_of_choice(story, of_readiness, number)


RULES: Mapping[str, str] = {
    "closest": "the closest of {n} that could go, expected in {eta}",
    "player": "decided by a player, expected in {eta}",
    "area_first": "first of its own area, then the closest, out of {n} that could go, expected in {eta}",
}


def _opened(run: RunFolder, replication: int | None, lang: str, county: County) -> tuple[pl.DataFrame, Story]:
    number = run.replications[0] if replication is None else replication
    if number not in run.replications:
        known = ", ".join(map(str, run.replications))
        raise wrong(
            run.path,
            "there is no finished replication {number}; there are {known}.",
            number=number,
            known=known,
        )
    events, incidents = run.events(number), run.incidents(number)
    reported = events.filter(pl.col("kind") == Kind.REPORTED.name)
    times = dict(zip(reported["incident"].to_list(), reported["time_s"].to_list(), strict=True))
    rows = {row["incident"]: row for row in incidents.iter_rows(named=True)}
    reports = Reports(county, events, run.window.end_s) if county.chain else None
    return events, Story(county, lang, rows, times, _standings(events), reports)


def _standings(events: pl.DataFrame) -> dict[int, tuple[list[int], list[str | None]]]:
    """Gather by unit what changed its readiness: the events' numbers and reasons."""
    changes = events.filter(pl.col("kind") == Kind.STANDING.name).select("unit", "number", "text")
    return {
        int(unit): (rows["number"].to_list(), rows["text"].to_list())
        for (unit,), rows in changes.partition_by("unit", as_dict=True, maintain_order=True).items()
    }


def _unit_number(run: RunFolder, county: County, code: str) -> int:
    codes = [unit.code for unit in county.units]
    if code in codes:
        return codes.index(code)
    near = difflib.get_close_matches(code, codes, 3, 0.5) or codes[:8]
    raise wrong(
        run.path, "there is no unit {unit}; there are for example {near}.", unit=code, near=", ".join(near)
    )


def _conditions(story: Story, row: Row) -> str:
    period, weather = divmod(row["subject"], len(story.county.weathers))
    periods = story.county.periods
    code = periods[period].code if period < len(periods) else "other"
    code = story.say("the ordinary hours") if code == "other" else code
    sky = called(story.county.weathers[weather].names, story.lang)
    return story.say("Conditions change: {period}, {weather}.", period=code, weather=sky)


def _reported(story: Story, row: Row) -> str:
    incident = story.incidents[row["incident"]]
    kind = story.county.kinds[row["subject"]]
    urgent = next(p for p in story.county.priorities if p.code == incident["priority"])
    return story.say(
        "Incident {incident}: alarm: {kind}, {where}, priority {priority}.",
        incident=row["incident"],
        kind=called(kind.names, story.lang),
        where=_where(story, incident),
        priority=called(urgent.names, story.lang),
    )


def _where(story: Story, incident: Row) -> str:
    """Say where an incident is: its site, else its place, else the point on the map."""
    names = [thing.names for thing in story.county.sites if thing.code == incident["site"]]
    names = names or [thing.names for thing in story.county.places if thing.code == incident["place"]]
    return called(names[0], story.lang) if names else f"{incident['lat']:.4f}, {incident['lon']:.4f}"


def _taken(story: Story, row: Row) -> str:
    code = story.incidents[row["incident"]]["kind"]
    kind = next(kind for kind in story.county.kinds if kind.code == code)
    card = kind.run_cards[row["subject"] - 1]
    names = story.county.capability_names
    needs = [f"{need.count} × {called(names[need.capability], story.lang)}" for need in card]
    return story.say(
        "Incident {incident}: the call is taken, grade {grade}; needed: {needs}.",
        incident=row["incident"],
        grade=row["subject"],
        needs=story.say(", ").join(needs),
    )


def _assigned(story: Story, row: Row) -> str:
    text = reason(story, row["text"], row["number"])
    return story.say(
        "{unit} is sent to incident {incident} as {capability}{reason}.",
        unit=story.unit(row),
        incident=row["incident"],
        capability=called(story.county.capability_names[row["subject"]], story.lang),
        reason=story.say(": ") + text if text else "",
    )


def _waiting(story: Story, row: Row) -> str:
    return story.say(
        "Incident {incident}: {n} of the units needed are not free; it waits{passed}.",
        incident=row["incident"],
        n=row["subject"],
        passed=told_of_waiting(story, row),
    )


def _arrived(story: Story, row: Row) -> str:
    since = spoken(story.lang, row["time_s"] - story.reported_s[row["incident"]])
    return story.say(
        "{unit} is on scene at incident {incident}, {since} after the alarm.",
        unit=story.unit(row),
        incident=row["incident"],
        since=since,
    )


def _assembled(story: Story, row: Row) -> str:
    since = spoken(story.lang, row["time_s"] - story.reported_s[row["incident"]])
    return story.say(
        "Incident {incident}: all that is needed is on scene, {since} after the alarm; control begins.",
        incident=row["incident"],
        since=since,
    )


def _harm(story: Story, row: Row) -> str:
    deaths, injuries, loss = json.loads(row["text"] or "[0, 0, 0]")
    return story.say(
        "Incident {incident}: known so far: {deaths} dead, {injuries} injured, loss CNY {loss}.",
        incident=row["incident"],
        deaths=deaths,
        injuries=injuries,
        loss=f"{loss:,.0f}",
    )


def _class(story: Story, row: Row) -> str:
    name = called(story.county.accident_classes[row["subject"]].names, story.lang)
    return story.say("Incident {incident} now counts as: {name}.", incident=row["incident"], name=name)


def _redirected(story: Story, row: Row) -> str:
    return story.say(
        "{unit} is taken off incident {incident} for the more urgent incident {other}.",
        unit=story.unit(row),
        incident=row["incident"],
        other=row["subject"],
    )


def _incident(sentence: str) -> Callable[[Story, Row], str]:
    return lambda story, row: story.say(sentence, incident=row["incident"], n=row["subject"])


def _unit(sentence: str) -> Callable[[Story, Row], str]:
    return lambda story, row: story.say(sentence, unit=story.unit(row), incident=row["incident"])


def _at_station(sentence: str) -> Callable[[Story, Row], str]:
    return lambda story, row: story.say(sentence, unit=story.unit(row), station=story.station(row))


def _with_patient(sentence: str) -> Callable[[Story, Row], str]:
    return lambda story, row: story.say(sentence, unit=story.unit(row), hospital=story.hospital(row))


SENTENCES: Mapping[Kind, Callable[[Story, Row], str]] = {
    Kind.CONDITIONS: _conditions,
    Kind.REPORTED: _reported,
    Kind.CALL_ANSWERED: _incident("Incident {incident}: a call-taker answers."),
    Kind.CALL_TAKEN: _taken,
    Kind.WAITING: _waiting,
    Kind.ASSIGNED: _assigned,
    Kind.EN_ROUTE: _unit("{unit} rolls, to incident {incident}."),
    Kind.ARRIVED: _arrived,
    Kind.ASSEMBLED: _assembled,
    Kind.CONTROLLED: _incident("Incident {incident} is under control."),
    Kind.HOSPITAL_BOUND: _with_patient("{unit} leaves with a patient for {hospital}."),
    Kind.AT_HOSPITAL: _with_patient("{unit} is at {hospital}."),
    Kind.CLEAR: _at_station("{unit} is free again and sets out for {station}."),
    Kind.RETURNED: _at_station("{unit} is back at {station}."),
    Kind.REDIRECTED: _redirected,
    Kind.CLOSED: _incident("Incident {incident} is closed."),
    Kind.HARM_KNOWN: _harm,
    Kind.CLASS_ROSE: _class,
    Kind.PASSED_ON: _incident("Incident {incident}: no unit is free; it is handed to a neighbouring county."),
    Kind.SHORT_HANDED: _incident("Incident {incident}: control begins with {n} of the units needed missing."),
    Kind.STOOD_DOWN: _at_station("{unit} is no longer needed and turns back to {station}."),
    Kind.REFIT: _at_station("{unit} is cleaned and refilled at {station}."),
    Kind.REFITTED: _at_station("{unit} is ready again at {station}."),
    **DUTY_LOG,
    **INQUIRY,
    **HAPPENINGS,
}
"""How each kind of event is told."""
