"""A drill made ready: the county at its night, the accident in its fate, the injects and who keeps what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from api import drill_model as data
from api.drill_model import DrillSpec, InjectRow
from api.trouble import Trouble
from dispatch.reporting import Tier
from sim import decisions
from sim.county import County
from sim.decisions import Decision, Keeping
from sim.drill import Card, Live
from sim.fate import Fate, draw_fate
from sim.rehearsal import moved
from sim.scenarios.msel_changes import changes_of
from sim.scenarios.msel_words import condition_of, expected_of, moment_s
from sim.scenarios.scenario import Scenario
from sim.staged import Staged, alone, stage

HOUR_S, MINUTE_S = 3600.0, 60.0


@dataclass(frozen=True, slots=True)
class Stage:
    """All that a drill's runs share: the county, the fate, when the drill begins and ends, the accident."""

    spec: DrillSpec
    scenario: Scenario
    county: County
    fate: Fate
    began_s: float
    ends_s: float
    accident: int

    def live(self, *, players: bool = True) -> Live:
        """Begin a run, at the moment when the drill begins; without players the rules decide all."""
        keepings = self.keepings() if players else ()
        live = Live(self.county, self.fate, keepings, [self.card(row) for row in self.spec.injects])
        live.run_until(self.began_s)
        return live

    def keepings(self) -> tuple[Keeping, ...]:
        """Say what each player keeps."""
        kinds = [kind.code for kind in self.county.kinds]
        return tuple(
            Keeping(
                what=hold.what,
                player=player.name,
                kinds=tuple(_number(kinds, code, "kind of incident") for code in hold.kinds),
                tier=-1 if hold.tier is None else int(Tier[hold.tier.upper()]),
                limit_s=None if hold.limit_min is None else hold.limit_min * MINUTE_S,
                lapses=hold.then == "rules",
            )
            for player in self.spec.players
            for hold in player.holds
        )

    def card(self, row: InjectRow) -> Card:
        """Put an inject on the clock's terms.

        Raises
        ------
        Trouble
            Its time, condition, measure or change cannot be understood.
        """
        try:
            at_s = moment_s(row.time, self.county.start, self.began_s) if row.time else None
            condition = condition_of(row.condition, self.accident, at_s or 0.0)
            expected_of(row.expect)
        except (ValueError, KeyError) as trouble:
            raise Trouble(
                "Inject {number}: {text} is not understood.", number=row.number, text=trouble
            ) from None
        changes = changes_of(self.scenario, self.county, row.change, self.spec.start) if row.change else ()
        return Card(row.number, at_s if condition is None else None, condition, changes, row.enabled)

    def decision(self, it: data.DecisionData) -> Decision:
        """Put a decision in numbers."""
        read: Decision = _READ[it.do](self, it)
        return read

    def unit(self, code: str) -> int:
        """Find a unit by its code."""
        return _number([unit.code for unit in self.county.units], code, "unit")

    def incident(self, number: int | None) -> int:
        """Give the incident meant: the drill's own where none is named."""
        found = self.accident if number is None else number
        if found < 0:
            raise Trouble("Name the incident: the drill has none of its own.")
        return found


def set_up(spec: DrillSpec, folder: Path) -> Stage:
    """Make a drill ready, with its own copy of the scenario.

    Raises
    ------
    Trouble
        Something in the spec is not in the county.
    ScenarioError
        The scenario cannot be used.
    """
    scenario, county = county_of(folder)
    start = spec.start if spec.start.tzinfo else spec.start.replace(tzinfo=ZoneInfo(county.time_zone))
    since_s = (start - _aware(county)).total_seconds()
    began_s = since_s if spec.run else spec.lead_h * HOUR_S
    if spec.run is None:
        county = moved(county, since_s - began_s)
    ends_s = began_s + spec.hours * HOUR_S
    fate, accident = _fate(spec, county, began_s, ends_s)
    if spec.accident is not None:
        fate, accident = stage(county, fate, _staged(county, spec.accident, began_s))
    made = Stage(spec, scenario, county, fate, began_s, ends_s, accident)
    made.keepings()
    for row in spec.injects:
        made.card(row)
    return made


def _fate(spec: DrillSpec, county: County, began_s: float, ends_s: float) -> tuple[Fate, int]:
    """Draw the night, or a past run's again; and give the number of the incident it is about (-1: none)."""
    run = spec.run
    if run is None:
        fate = draw_fate(county, spec.seed, 0, ends_s)
        return (fate if spec.background else alone(fate)), -1
    horizon_s = run.days * 24.0 * HOUR_S
    if not 0.0 <= began_s < horizon_s:
        raise Trouble("The drill begins outside the run: the run lasts {days} days.", days=f"{run.days:g}")
    fate = draw_fate(county, spec.seed, run.replication, horizon_s)
    if run.incident is not None and run.incident >= len(fate):
        raise Trouble("There is no incident {incident}.", incident=run.incident)
    return fate, -1 if run.incident is None else run.incident


@lru_cache(maxsize=4)
def county_of(folder: Path) -> tuple[Scenario, County]:
    """Read the scenario of a folder and build its county, once a process."""
    from sim.scenarios.build import build_county
    from sim.scenarios.load import load_scenario

    scenario = load_scenario(folder)
    return scenario, build_county(scenario)


def _aware(county: County) -> datetime:
    return county.start if county.start.tzinfo else county.start.replace(tzinfo=ZoneInfo(county.time_zone))


def _staged(county: County, it: data.Accident, began_s: float) -> Staged:
    kind = _number([one.code for one in county.kinds], it.kind, "kind of incident")
    site = -1 if it.site is None else _number([one.code for one in county.sites], it.site, "site")
    place = -1 if it.place is None else _number([one.code for one in county.places], it.place, "place")
    if it.grade is not None and it.grade > len(county.kinds[kind].run_cards):
        raise Trouble("{kind} has no grade {grade}.", kind=it.kind, grade=it.grade)
    return Staged(kind, began_s + it.after_min * MINUTE_S, site, place, it.grade)


def _number(codes: Sequence[str], code: str, what: str) -> int:
    from sim.scenarios.problems import known_or_near

    if code in codes:
        return codes.index(code)
    _, near = known_or_near(code, codes)
    known = next(iter(near.values()), "–")
    raise Trouble(
        "There is no {what} {code}; there is for example: {known}.", what=what, code=code, known=known
    )


def _send(stage: Stage, it: Any) -> Decision:  # noqa: ANN401 - told apart by `do`
    line = -1 if it.capability is None else _number(stage.county.capabilities, it.capability, "capability")
    return decisions.Send(stage.unit(it.unit), stage.incident(it.incident), line)


def _tell(stage: Stage, it: Any) -> Decision:  # noqa: ANN401 - told apart by `do`
    sender, receiver = (int(Tier[name.upper()]) for name in (it.sender, it.receiver))
    return decisions.Tell(stage.incident(it.incident), sender, receiver, it.written)


def _hold(stage: Stage, it: Any) -> Decision:  # noqa: ANN401 - told apart by `do`
    for_s = None if it.minutes is None else it.minutes * MINUTE_S
    return decisions.Wait(it.what, stage.incident(it.incident), for_s)


_READ: dict[str, Any] = {
    "send": _send,
    "stand_down": lambda stage, it: decisions.StandDown(stage.unit(it.unit)),
    "report": _tell,
    "level": lambda stage, it: decisions.SetLevel(stage.incident(it.incident), it.level),
    "end_response": lambda stage, it: decisions.EndResponse(stage.incident(it.incident)),
    "aid": lambda stage, it: decisions.AskAid(stage.incident(it.incident)),
    "hold": _hold,
    "accept": lambda stage, it: decisions.Accept(it.what, stage.incident(it.incident)),
}
