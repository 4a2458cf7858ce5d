"""What a log says in numbers: how long each step of each call took, and how busy each unit was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import polars as pl

from sim.events import Kind
from sim.fate import YEAR_S as YEAR_S

DAY_S = 86_400.0

INCIDENT_MEASURES = (
    "call_handling",
    "waiting",
    "first_arrival",
    "full_assembly",
    "time_to_control",
    "on_scene",
)
UNIT_MEASURES = ("turnout", "travel", "transport", "handover")

_INCIDENT_MOMENTS = {
    Kind.REPORTED: "reported_s",
    Kind.CALL_ANSWERED: "answered_s",
    Kind.CALL_TAKEN: "taken_s",
    Kind.WAITING: "waiting_from_s",
    Kind.ASSIGNED: "assigned_s",
    Kind.ARRIVED: "arrived_s",
    Kind.ASSEMBLED: "assembled_s",
    Kind.CONTROLLED: "controlled_s",
    Kind.CLOSED: "closed_s",
    Kind.SHORT_HANDED: "short_handed_s",
    Kind.PASSED_ON: "passed_on_s",
}
_UNIT_MOMENTS = {
    Kind.EN_ROUTE: "en_route_s",
    Kind.ARRIVED: "arrived_s",
    Kind.HOSPITAL_BOUND: "hospital_bound_s",
    Kind.AT_HOSPITAL: "at_hospital_s",
    Kind.CLEAR: "clear_s",
    Kind.REDIRECTED: "redirected_s",
    Kind.STOOD_DOWN: "stood_down_s",
    Kind.RETURNED: "returned_s",
    Kind.REFIT: "refit_s",
    Kind.REFITTED: "refitted_s",
    Kind.WILL_NOT_ROLL: "will_not_roll_s",
    Kind.BROKE_DOWN: "broke_down_s",
    Kind.RECOVERED: "recovered_s",
}


@dataclass(frozen=True, slots=True)
class Window:
    """The time that counts: incidents reported in ``[warm_up_s, end_s)``; the log stops at `end_s`."""

    warm_up_s: float
    end_s: float

    @property
    def length_s(self) -> float:
        """Seconds that count."""
        return self.end_s - self.warm_up_s

    @property
    def years(self) -> float:
        """The same in years of 365 days."""
        return self.length_s / YEAR_S


def incident_table(
    events: pl.DataFrame, incidents: pl.DataFrame, window: Window, start: datetime | None = None
) -> pl.DataFrame:
    """Tell each call's life in one row.

    Parameters
    ----------
    events, incidents
        The log and the incidents of one replication, as in a run folder.
    window
        What counts.
    start
        Local time of second 0, with its time zone where hours are to follow summer time; gives the columns
        `hour` (0-23) and `month` (1-12).

    Returns
    -------
    polars.DataFrame
        One row for each incident reported in the window: the columns of `incidents`; the moments
        (`reported_s`, `taken_s`, `assigned_s`, `arrived_s`, `assembled_s`, ...: seconds of the first such
        event); the measures in seconds, null while not reached: `call_handling` (alarm to call taken),
        `waiting` (call taken to the first unit sent), `first_arrival` and `full_assembly` (from the alarm),
        `time_to_control` (from the alarm), `on_scene` (first arrival to closed); `none_free` (nothing could
        be sent when the call was taken), `short` (something asked for was not free), `short_handed` (control
        began without all that was asked for), `passed_on` (handed to a neighbouring county), `open` (not
        ended when the log does), `redirections` (units taken off it), `units` (that reached it),
        `deaths_known`, `injuries_known`, `loss_known_cny`, `accident_class` (highest reached) and
        `class_rises`.
    """
    table = (
        incidents.rename({"time_s": "fate_s"})
        .join(_first_moments(events, "incident", _INCIDENT_MOMENTS), on="incident", how="inner")
        .filter(pl.col("reported_s") >= window.warm_up_s, pl.col("reported_s") < window.end_s)
        .join(_counts(events), on="incident", how="left")
        .join(known_harm(events), on="incident", how="left")
        .join(_classes(events), on="incident", how="left")
        .with_columns(pl.col("redirections", "units", "class_rises").fill_null(0))
        .with_columns(_steps_of_a_call(window))
    )
    return table if start is None else table.with_columns(_calendar(start))


def assignment_table(events: pl.DataFrame) -> pl.DataFrame:
    """Tell each sending of a unit in one row, in order of unit and time.

    Returns
    -------
    polars.DataFrame
        `number` (of the event that sent it), `unit`, `incident`, `capability`, the moments (`assigned_s`,
        `en_route_s`, `arrived_s`, `hospital_bound_s`, `at_hospital_s`, `clear_s`, `redirected_s`,
        `stood_down_s`, `returned_s`, `refit_s`, `refitted_s`, `will_not_roll_s`, `broke_down_s`,
        `recovered_s`: fetched home) and the measures in seconds, null where there
        is none: `turnout` (sent to rolling; only for units that stood at their station, so neither
        redirected nor on their way home), `travel` (rolling to on scene), `work` (on scene to leaving it),
        `transport` (scene to hospital), `handover` (hospital to clear), `redirected` (taken off on the
        way).
    """
    trips = _trips(events)
    sent = trips.filter(pl.col("kind") == Kind.ASSIGNED.name).select(
        "trip", "number", "unit", "incident", pl.col("subject").alias("capability"), assigned_s="time_s"
    )
    table = sent.join(_first_moments(trips, "trip", _UNIT_MOMENTS), on="trip", how="left").sort("trip")
    home_again = pl.any_horizontal(pl.col("returned_s", "recovered_s").is_not_null()) | _never_left()
    at_station = home_again.shift(1, fill_value=True).over("unit")
    leaves = pl.coalesce("hospital_bound_s", "clear_s")
    return table.with_columns(
        turnout=pl.when(at_station).then(pl.col("en_route_s") - pl.col("assigned_s")),
        travel=pl.col("arrived_s") - pl.col("en_route_s"),
        work=leaves - pl.col("arrived_s"),
        transport=pl.col("at_hospital_s") - pl.col("hospital_bound_s"),
        handover=pl.when(pl.col("at_hospital_s").is_not_null()).then(
            pl.col("clear_s") - pl.col("at_hospital_s")
        ),
        redirected=pl.col("redirected_s").is_not_null(),
    ).drop("trip")


def unit_loads(assignments: pl.DataFrame, units: int, window: Window) -> pl.DataFrame:
    """Tell how each unit spent the window.

    Parameters
    ----------
    assignments
        From `assignment_table`, all of the log.
    units
        Number of units; those never sent get a row of zeros.
    window
        Times are cut to it; a unit still at work at the end is busy until then, one that broke down until it
        was fetched home.

    Returns
    -------
    polars.DataFrame
        `unit`, `sendings` (in the window), and shares of the window: `busy` (from being sent until clear or
        taken off), `returning` (on the way home, can be sent), `refitting` (back, not yet ready).
    """
    over = pl.lit(window.end_s)
    busy_end = pl.coalesce("clear_s", "redirected_s", "stood_down_s", "will_not_roll_s", "recovered_s", over)
    next_sent = pl.col("assigned_s").shift(-1).over("unit")
    at_home = _never_left() | pl.col("recovered_s").is_not_null()
    home_end = pl.when(at_home).then(busy_end).otherwise(pl.coalesce("returned_s", next_sent, over))
    started = pl.col("assigned_s").is_between(window.warm_up_s, window.end_s, closed="left")
    spans = assignments.sort("unit", "number").select(
        "unit",
        sendings=started.cast(pl.Int64),
        busy=_overlap(pl.col("assigned_s"), busy_end, window),
        returning=_overlap(busy_end, pl.max_horizontal(busy_end, home_end), window),
        refitting=_overlap(pl.col("refit_s"), pl.coalesce("refitted_s", over), window),
    )
    sums = spans.group_by("unit").agg(pl.all().sum())
    everyone = pl.DataFrame({"unit": range(units)}, schema={"unit": spans.schema["unit"]})
    share = pl.col("busy", "returning", "refitting") / window.length_s
    return everyone.join(sums, on="unit", how="left").fill_null(0).with_columns(share).sort("unit")


def within(table: pl.DataFrame, measure: str, limit_s: float, window: Window) -> pl.Series:
    """Tell for each call whether a measure kept a limit.

    A call that has not got there when the log ends missed the limit if the limit had passed by then;
    otherwise, and for a call handed to a neighbouring county, nothing can be told and the entry is null.

    Parameters
    ----------
    table
        From `incident_table` (measured from the alarm), or from `assignment_table` (where what never came
        about cannot be told).
    measure
        Column of seconds.
    limit_s
        The limit, itself still within.
    window
        Gives the end of the log.
    """
    kept = pl.col(measure) <= limit_s
    if "reported_s" in table.columns and measure in ("call_handling", "first_arrival", "full_assembly"):
        overdue = pl.col(measure).is_null() & (window.end_s - pl.col("reported_s") > limit_s)
        kept = pl.when(overdue).then(False).otherwise(kept)
        if "passed_on" in table.columns:
            kept = pl.when(~pl.col("passed_on")).then(kept)
    return table.select(kept.alias("within")).to_series()


def summary(table: pl.DataFrame, measure: str, by: str | Sequence[str] = ()) -> pl.DataFrame:
    """Sum a measure up by groups: how many, mean, P50 and P90.

    Quantiles interpolate linearly between the ordered values (type 7 of Hyndman & Fan 1996,
    doi:10.1080/00031305.1996.10473566). Nulls do not count.

    Examples
    --------
    >>> import polars as pl
    >>> summary(pl.DataFrame({"travel": [60.0, 120.0, None]}), "travel").row(0, named=True)["mean"]
    90.0
    """
    keys = [by] if isinstance(by, str) else list(by)
    value = pl.col(measure)
    parts = [
        value.count().alias("n"),
        value.mean().alias("mean"),
        value.quantile(0.5, "linear").alias("p50"),
        value.quantile(0.9, "linear").alias("p90"),
    ]
    return table.group_by(keys).agg(parts).sort(keys) if keys else table.select(parts)


def known_harm(events: pl.DataFrame) -> pl.DataFrame:
    """Give the last known totals of harm of each incident: deaths, injuries and loss (CNY)."""
    last = events.filter(pl.col("kind") == Kind.HARM_KNOWN.name).unique(
        "incident", keep="last", maintain_order=True
    )
    totals = last["text"].cast(pl.String).str.json_decode(pl.List(pl.Float64))
    return last.select(
        "incident",
        deaths_known=totals.list.get(0).cast(pl.Int64),
        injuries_known=totals.list.get(1).cast(pl.Int64),
        loss_known_cny=totals.list.get(2),
    )


def calls_by(table: pl.DataFrame, *keys: str) -> pl.DataFrame:
    """Count calls by columns of `incident_table`, for example ``calls_by(table, "kind", "hour")``."""
    return table.group_by(list(keys)).agg(pl.len().alias("calls")).sort(list(keys))


def recode(table: pl.DataFrame, column: str, names: Mapping[str, str]) -> pl.DataFrame:
    """Add a column's words, for example the category of each kind, as ``<column>_is``."""
    words = pl.col(column).cast(pl.String).replace_strict(dict(names), default=None, return_dtype=pl.String)
    return table.with_columns(words.alias(f"{column}_is"))


def _never_left() -> pl.Expr:
    """Tell which sendings ended at the station itself: stood down, or found unfit, before the unit rolled."""
    ended = pl.any_horizontal(pl.col("stood_down_s", "will_not_roll_s").is_not_null())
    return ended & pl.col("en_route_s").is_null()


def _first_moments(events: pl.DataFrame, key: str, moments: Mapping[Kind, str]) -> pl.DataFrame:
    """Spread the first time of each kind of event over columns, one row a key."""
    wide = events.select(key).filter(pl.col(key) >= 0).unique().sort(key)
    for kind, name in moments.items():
        firsts = events.filter(pl.col("kind") == kind.name).unique(key, keep="first", maintain_order=True)
        wide = wide.join(firsts.select(key, pl.col("time_s").alias(name)), on=key, how="left")
    return wide


def _trips(events: pl.DataFrame) -> pl.DataFrame:
    """Number each unit's sendings: the rows of a unit from one ASSIGNED until the next share a `trip`."""
    rows = (
        events.lazy()
        .filter(pl.col("unit") >= 0)
        .select("number", "time_s", "kind", "incident", "unit", "subject")
    )
    sent = pl.col("kind") == Kind.ASSIGNED.name
    return (
        rows.sort("unit", "number")
        .with_columns(trip=sent.cast(pl.Int32).cum_sum())
        .filter(sent.cast(pl.Int32).cum_sum().over("unit") > 0)
        .collect()
    )


def _counts(events: pl.DataFrame) -> pl.DataFrame:
    kinds = [Kind.REDIRECTED.name, Kind.ARRIVED.name]
    some = events.filter(pl.col("kind").is_in(kinds))
    return some.group_by("incident").agg(
        redirections=(pl.col("kind") == kinds[0]).sum().cast(pl.Int64),
        units=(pl.col("kind") == kinds[1]).sum().cast(pl.Int64),
    )


def _classes(events: pl.DataFrame) -> pl.DataFrame:
    rises = events.filter(pl.col("kind") == Kind.CLASS_ROSE.name)
    return rises.group_by("incident").agg(
        accident_class=pl.col("subject").max(), class_rises=pl.len().cast(pl.Int64)
    )


def _steps_of_a_call(window: Window) -> list[pl.Expr]:
    waited = pl.coalesce("assigned_s", pl.lit(window.end_s)) > pl.col("taken_s")
    return [
        (pl.col("answered_s") - pl.col("reported_s")).alias("answering"),
        (pl.col("taken_s") - pl.col("reported_s")).alias("call_handling"),
        (pl.col("assigned_s") - pl.col("taken_s")).alias("waiting"),
        (pl.col("arrived_s") - pl.col("reported_s")).alias("first_arrival"),
        (pl.col("assembled_s") - pl.col("reported_s")).alias("full_assembly"),
        (pl.col("controlled_s") - pl.col("reported_s")).alias("time_to_control"),
        (pl.col("closed_s") - pl.col("arrived_s")).alias("on_scene"),
        (waited & pl.col("taken_s").is_not_null()).alias("none_free"),
        pl.any_horizontal(pl.col("waiting_from_s", "passed_on_s").is_not_null()).alias("short"),
        pl.col("short_handed_s").is_not_null().alias("short_handed"),
        pl.col("passed_on_s").is_not_null().alias("passed_on"),
        pl.all_horizontal(pl.col("closed_s", "passed_on_s").is_null()).alias("open"),
    ]


def _calendar(start: datetime) -> list[pl.Expr]:
    """Tell the local hour and month of each alarm; with a named time zone, summer time is kept."""
    since = pl.duration(microseconds=(pl.col("reported_s") * 1e6).cast(pl.Int64))
    zone = getattr(start.tzinfo, "key", None)
    moment = pl.lit((start.astimezone(UTC) if zone else start).replace(tzinfo=None)) + since
    local = moment.dt.replace_time_zone("UTC").dt.convert_time_zone(zone) if zone else moment
    return [local.dt.hour().alias("hour"), local.dt.month().alias("month")]


def _overlap(begin: pl.Expr, end: pl.Expr, window: Window) -> pl.Expr:
    inside = end.clip(window.warm_up_s, window.end_s) - begin.clip(window.warm_up_s, window.end_s)
    return inside.clip(lower_bound=0.0).fill_null(0.0)
