"""Injects as written become injects as carried out: codes to numbers, moments to seconds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sim import injects
from sim.injects import Inject
from sim.scenarios import inject_model as written
from sim.scenarios.ranks import Ranks
from sim.scenarios.scenario import Scenario


def injects_of(scenario: Scenario, ranks: Ranks) -> tuple[Inject, ...]:
    """List a scenario's injects in order of time; those of one moment in the order of the file."""
    made = [MADE[type(entry)](entry, ranks) for entry in scenario.settings.injects]
    return tuple(sorted(made, key=lambda inject: inject.at_s))


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
}
