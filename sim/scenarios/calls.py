"""Injects as written become injects as carried out: codes to numbers, moments to seconds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sim import injects
from sim.injects import Inject
from sim.road_table import RoadTable, arcs_named, largest_strong_part
from sim.scenarios import inject_model as written
from sim.scenarios.ranks import Ranks
from sim.scenarios.scenario import Scenario


def injects_of(scenario: Scenario, ranks: Ranks) -> tuple[Inject, ...]:
    """List a scenario's injects in order of time; those of one moment in the order of the file."""
    entries = scenario.settings.injects
    roads = (
        largest_strong_part(scenario.roads)[0] if any(isinstance(it, ON_ROADS) for it in entries) else None
    )
    made = [
        _of_scenario(entry, number, scenario, ranks, roads)
        if type(entry) not in MADE
        else MADE[type(entry)](entry, ranks)
        for number, entry in enumerate(entries)
    ]
    return tuple(sorted(made, key=lambda inject: inject.at_s))


def _of_scenario(
    entry: written.Timed, number: int, scenario: Scenario, ranks: Ranks, roads: RoadTable | None
) -> Inject:
    """Make an inject of which more must be known than numbers: roads, accidents, plans."""
    if isinstance(entry, ON_ROADS) and roads is not None:
        return _road(entry, ranks, roads)
    if isinstance(entry, written.SetLevel):
        plans = [plan.code for plan in scenario.plans]
        plan = -1 if entry.plan is None else plans.index(entry.plan)
        return injects.SetLevel(ranks.seconds(entry.at), entry.set_level, plan)
    if isinstance(entry, written.AddAccident):
        return _accident(entry, number, scenario, ranks)
    raise TypeError(f"nobody knows what becomes of {type(entry).__name__}")


def _road(
    entry: written.CloseRoad | written.OpenRoad | written.SlowRoad, ranks: Ranks, roads: RoadTable
) -> Inject:
    """Find the arcs of a road among those in use."""
    at_s = ranks.seconds(entry.at)
    if isinstance(entry, written.OpenRoad):
        return injects.OpenRoad(at_s, arcs_named(roads, entry.open_road), entry.open_road)
    until_s = _until(entry.until, ranks)
    if isinstance(entry, written.CloseRoad):
        return injects.CloseRoad(at_s, arcs_named(roads, entry.close_road), entry.close_road, until_s)
    return injects.SlowRoad(at_s, arcs_named(roads, entry.slow_road), entry.factor, entry.slow_road, until_s)


def _accident(entry: written.AddAccident, number: int, scenario: Scenario, ranks: Ranks) -> Inject:
    codes = [it.code for it in scenario.settings.priorities]
    return injects.AddAccident(
        ranks.seconds(entry.at),
        ranks.kinds[entry.add_accident],
        entry.lon,
        entry.lat,
        -1 if entry.site is None else ranks.sites[entry.site],
        entry.grade,
        None if entry.priority is None else codes.index(entry.priority),
        entry.deaths,
        entry.injuries,
        entry.loss_cny,
        f"{entry.add_accident}@{entry.at:%Y-%m-%d %H:%M}#{number}",
    )


def _raise(entry: written.RaiseStandby, ranks: Ranks) -> Inject:
    return injects.RaiseStandby(ranks.seconds(entry.at), _teams(entry.raise_standby, ranks))


def _lower(entry: written.LowerStandby, ranks: Ranks) -> Inject:
    return injects.RaiseStandby(ranks.seconds(entry.at), _teams(entry.lower_standby, ranks), raised=False)


def _warning(entry: written.IssueWarning, ranks: Ranks) -> Inject:
    return injects.IssueWarning(ranks.seconds(entry.at), entry.warning, _until(entry.until, ranks))


def _fail(entry: written.FailItem, ranks: Ranks) -> Inject:
    return injects.FailItem(ranks.seconds(entry.at), ranks.items[entry.fail_item], entry.hidden)


def _take_out(entry: written.TakeOut, ranks: Ranks) -> Inject:
    return injects.TakeOut(ranks.seconds(entry.at), ranks.units[entry.take_out], _until(entry.until, ranks))


def _cut(entry: written.CutChannel, ranks: Ranks) -> Inject:
    post = -1 if entry.post is None else ranks.posts[entry.post]
    channel = ranks.channels[entry.cut_channel]
    return injects.CutChannel(ranks.seconds(entry.at), channel, post, _until(entry.until, ranks))


def _leave(entry: written.LeavePost, ranks: Ranks) -> Inject:
    return injects.LeavePost(
        ranks.seconds(entry.at), ranks.posts[entry.leave_post], _until(entry.until, ranks)
    )


def _close_site(entry: written.CloseSite, ranks: Ranks) -> Inject:
    site, until_s = ranks.sites[entry.close_site], _until(entry.until, ranks)
    return injects.CloseSite(ranks.seconds(entry.at), site, until_s)


def _move(entry: written.MoveUnit, ranks: Ranks) -> Inject:
    return injects.MoveUnit(ranks.seconds(entry.at), ranks.units[entry.move_unit], ranks.stations[entry.to])


def _policy(entry: written.SetPolicy, ranks: Ranks) -> Inject:
    return injects.SetPolicy(ranks.seconds(entry.at), entry.set_policy)


def _teams(codes: tuple[str, ...], ranks: Ranks) -> tuple[int, ...]:
    return tuple(ranks.teams[code] for code in codes)


def _until(moment: datetime | None, ranks: Ranks) -> float | None:
    return None if moment is None else ranks.seconds(moment)


MADE: dict[type[written.Timed], Callable[..., Inject]] = {
    written.RaiseStandby: _raise,
    written.LowerStandby: _lower,
    written.IssueWarning: _warning,
    written.FailItem: _fail,
    written.TakeOut: _take_out,
    written.CutChannel: _cut,
    written.LeavePost: _leave,
    written.CloseSite: _close_site,
    written.MoveUnit: _move,
    written.SetPolicy: _policy,
}
ON_ROADS = (written.CloseRoad, written.OpenRoad, written.SlowRoad)
