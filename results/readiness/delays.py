"""What readiness cost each call: who was passed over, waited for, did not roll or broke down, and why."""

from __future__ import annotations

import polars as pl

from readiness.force import Level
from results.readiness.words import force_of, reasons_in
from sim.county import County
from sim.events import Kind

HOWS = ("passed", "waited", "did_not_roll", "broke_down", "lost")
"""How readiness delays a call.

A quicker unit was not ready; the call waited while a unit stood at its station not ready; a unit did not
roll; it broke down on its way; it lost a capability on scene.
"""
FAILED_AT = {
    Kind.WILL_NOT_ROLL.name: "did_not_roll",
    Kind.BROKE_DOWN.name: "broke_down",
    Kind.CAPABILITY_LOST.name: "lost",
}
SCHEMA = pl.Schema(
    [
        ("incident", pl.Int32()),
        ("number", pl.UInt32()),
        ("how", pl.String()),
        ("unit", pl.Int32()),
        ("team", pl.Int32()),
        ("causes", pl.List(pl.String)),
        ("lost_s", pl.Float64()),
    ]
)


def delay_table(events: pl.DataFrame, county: County) -> pl.DataFrame:
    """Tell each time that readiness delayed a call.

    Parameters
    ----------
    events
        The log of one replication.
    county
        What it is a log of.

    Returns
    -------
    polars.DataFrame
        One row a time, in order of the log: `incident`, `number` (of the event), `how` (`HOWS`), `unit` (the
        one that was not ready) and its `team` (-1: none), `causes` (codes of `results.readiness.words`; of
        equipment that failed ``failed:type``), `lost_s`. This is how much earlier help was expected, had the
        unit been ready, than it was expected in fact; null where nobody was sent afterwards.
    """
    sent = _sent(events)
    unready = pl.concat([_passed(sent), _waited(events, sent)]).with_columns(
        unit=_numbers(pl.col("code"), county)
    )
    told = [_why(events, unready), _failed(events, sent, county)]
    teams = force_of(county).unit_team or (-1,) * len(county.units)
    by_unit = {number: teams[number] for number in range(len(county.units))}
    team = pl.col("unit").replace_strict(by_unit, default=-1, return_dtype=pl.Int32)
    return pl.concat(told).with_columns(team=team).select(list(SCHEMA)).cast(SCHEMA).sort("number")


def from_home(events: pl.DataFrame) -> pl.DataFrame:
    """List the sendings whose crew came from home: `incident`, `number`, `unit`."""
    return _sent(events).filter(pl.col("level") == int(Level.ON_CALL)).select("incident", "number", "unit")


def by_call(delays: pl.DataFrame) -> pl.DataFrame:
    """Sum delays up by call: `incident`, `lost_s` (the longest of its delays), and whether each `how` was."""
    flags = [(pl.col("how") == how).any().alias(how) for how in HOWS]
    return delays.group_by("incident", maintain_order=True).agg(pl.col("lost_s").max(), *flags)


def _sent(events: pl.DataFrame) -> pl.DataFrame:
    """Open the reasons of sendings: expected seconds, who was passed over, the crew's level."""
    text = pl.col("text")
    return (
        events.filter(pl.col("kind") == Kind.ASSIGNED.name)
        .select("number", "time_s", "incident", "unit", "text", capability="subject")
        .with_columns(
            eta_s=text.str.json_path_match("$[1]").cast(pl.Float64),
            passed=text.str.json_path_match("$[5]"),
            passed_eta_s=text.str.json_path_match("$[6]").cast(pl.Float64),
            level=text.str.json_path_match("$[7]").cast(pl.Int32),
        )
        .with_columns(due_s=pl.col("time_s") + pl.col("eta_s"))
        .drop("text")
    )


def _passed(sent: pl.DataFrame) -> pl.DataFrame:
    found = sent.filter(pl.col("passed").is_not_null())
    lost = pl.col("eta_s") - pl.col("passed_eta_s")
    return found.select("incident", "number", how=pl.lit("passed"), code="passed", lost_s=lost)


def _waited(events: pl.DataFrame, sent: pl.DataFrame) -> pl.DataFrame:
    text = pl.col("text")
    waiting = (
        events.filter(pl.col("kind") == Kind.WAITING.name, text.is_not_null())
        .select(
            "incident",
            "number",
            code=text.str.json_path_match("$[0]"),
            could_s=pl.col("time_s") + text.str.json_path_match("$[1]").cast(pl.Float64),
        )
        .sort("number")
    )
    found = _next_sent(waiting, sent)
    lost = (pl.col("due_s") - pl.col("could_s")).clip(lower_bound=0.0)
    return found.select("incident", "number", how=pl.lit("waited"), code="code", lost_s=lost)


def _failed(events: pl.DataFrame, sent: pl.DataFrame, county: County) -> pl.DataFrame:
    """Tell the times that equipment failed on demand; the next unit sent makes good for it."""
    failed = failures(events, county)
    orders = sent.select("number", "incident", "unit", order_s="due_s")
    found = _next_sent(failed, sent)
    found = found.sort("number").join_asof(
        orders.sort("number"),
        on="number",
        by=["incident", "unit"],
        strategy="backward",
        check_sortedness=False,
    )
    until = pl.max_horizontal("order_s", "time_s")
    cause = (
        pl.concat_str(pl.lit("failed:"), pl.col("type").fill_null("")).reshape((-1, 1)).cast(SCHEMA["causes"])
    )
    return found.select(
        "incident",
        "number",
        "how",
        "unit",
        causes=cause,
        lost_s=(pl.col("due_s") - until).clip(lower_bound=0.0),
    ).cast({"unit": pl.Int32})


def failures(events: pl.DataFrame, county: County) -> pl.DataFrame:
    """List failures on demand: `number`, `time_s`, `incident`, `unit`, `how`, `item`, `type` (its code)."""
    items = force_of(county).items
    types = {n: force_of(county).item_types[item.type].code for n, item in enumerate(items)}
    numbers = {item.code: n for n, item in enumerate(items)}
    on_scene = pl.col("kind") == Kind.CAPABILITY_LOST.name
    first = pl.col("text").str.json_path_match("$[0]")
    in_text = first.replace_strict(numbers, default=-1, return_dtype=pl.Int32)
    return (
        events.filter(pl.col("kind").cast(pl.String).is_in(list(FAILED_AT)))
        .select(
            "number",
            "time_s",
            "incident",
            "unit",
            how=pl.col("kind").cast(pl.String).replace_strict(FAILED_AT, return_dtype=pl.String),
            item=pl.when(on_scene).then(in_text).otherwise(pl.col("subject")),
        )
        .with_columns(type=pl.col("item").replace_strict(types, default=None, return_dtype=pl.String))
    )


def _next_sent(rows: pl.DataFrame, sent: pl.DataFrame) -> pl.DataFrame:
    """Add when the unit that was sent next to the same incident was expected there."""
    later = sent.select("number", "incident", "due_s").sort("number")
    return rows.sort("number").join_asof(
        later,
        on="number",
        by="incident",
        strategy="forward",
        allow_exact_matches=False,
        check_sortedness=False,
    )


def _why(events: pl.DataFrame, unready: pl.DataFrame) -> pl.DataFrame:
    """Add why units were not ready: what the last event before that changed their readiness says."""
    standing = events.filter(pl.col("kind") == Kind.STANDING.name).select(
        "number", "text", unit=pl.col("unit").cast(pl.Int32)
    )
    known = unready.sort("number").join_asof(
        standing.sort("number"), on="number", by="unit", strategy="backward", check_sortedness=False
    )
    causes = pl.Series("causes", [causes_in(text) for text in known["text"]], dtype=pl.List(pl.String))
    return known.select("incident", "number", "how", "unit", causes, "lost_s")


def causes_in(text: str | None) -> list[str]:
    """Give the causes in the text of an event, each once, in its order; ``unknown`` where it has none.

    Examples
    --------
    >>> causes_in('["crew_short:2", "short:mask:1:4", "short:mask:1:6"]')
    ['crew_short', 'short:mask']
    """
    return list(dict.fromkeys(_cause(code) for code in reasons_in(text))) or ["unknown"]


def _cause(code: str) -> str:
    word, *rest = code.split(":")
    return f"{word}:{rest[0]}" if word == "short" and rest else word


def _numbers(code: pl.Expr, county: County) -> pl.Expr:
    numbers = {unit.code: number for number, unit in enumerate(county.units)}
    return code.replace_strict(numbers, default=-1, return_dtype=pl.Int32)
