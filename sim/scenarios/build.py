"""From a scenario's files to the county of the simulation: the only crossing, names to numbers."""

from __future__ import annotations

import re
from pathlib import Path

from sim import county
from sim.county import County, Need
from sim.road_table import TravelProfile, largest_strong_part
from sim.roads import RoadIndex, compile_roads
from sim.scenarios import model
from sim.scenarios.chaining import chain_of
from sim.scenarios.enlist import enlist
from sim.scenarios.load import load_scenario
from sim.scenarios.numbering import Numbers, called, maybe, named
from sim.scenarios.planning import plan_names, plans_of
from sim.scenarios.ranks import Ranks
from sim.scenarios.reporting_model import Escalation
from sim.scenarios.scenario import Scenario
from sim.scenarios.sections import rule_classes
from sim.scenarios.settle import Grounds, nearest_places, places_on
from sim.scenarios.spread import demand_streams, listed
from sim.scenarios.timing import DRY_BLOCK_H, drawn, hour_of, log_normal, periods, regimes, weathers


def county_of(folder: Path) -> County:
    """Read a scenario folder and build its county.

    Raises
    ------
    ScenarioError
        With everything that is wrong with the folder.
    """
    return build_county(load_scenario(folder))


def build_county(scenario: Scenario) -> County:
    """Build the county of a scenario: everything numbered, hung on the road network, and compiled.

    Parameters
    ----------
    scenario
        A scenario without problems (as `load_scenario` and `checked` give it).

    Returns
    -------
    County
        Tables are numbered in the order of their codes, settings in the order of the file: the order in
        which units are listed changes nothing. Of the roads the largest part is used in which one can drive
        from every node to every other.
    """
    scenario = by_code(scenario)
    settings, numbers = scenario.settings, Numbers.of(scenario)
    grounds = Grounds.of(largest_strong_part(scenario.roads)[0])
    stations, hospitals = _stations(scenario, grounds, numbers), _hospitals(scenario, grounds)
    enlisted, ranks = enlist(scenario), Ranks.of(scenario)
    facilities = [it.at.node for it in stations] + [it.at.node for it in hospitals]
    return County(
        code=settings.code,
        names=called(settings.name, settings.code),
        time_zone=settings.time_zone,
        start=settings.start,
        roads=_roads(settings, grounds, facilities),
        places=places_on(grounds, scenario.places),
        stations=stations,
        hospitals=hospitals,
        vehicle_classes=_vehicle_classes(settings, numbers),
        units=_units(scenario, numbers),
        sites=_sites(scenario, grounds, numbers),
        capabilities=tuple(settings.capabilities),
        capability_names=tuple(called(names, code) for code, names in settings.capabilities.items()),
        priorities=_priorities(settings),
        kinds=_kinds(scenario, numbers),
        demand=demand_streams(scenario, numbers),
        profiles=tuple(settings.profiles),
        off_road_kph=tuple(profile.off_road_kph for profile in settings.profiles.values()),
        start_loss_s=tuple(profile.start_loss_s for profile in settings.profiles.values()),
        periods=periods(settings),
        weathers=weathers(settings),
        weather_block_h=settings.weather.block_h if settings.weather else DRY_BLOCK_H,
        call_takers=settings.call_taking.call_takers,
        redirect=_redirect(settings, numbers),
        policy=settings.policy,
        standards=_standards(settings),
        accident_classes=_accident_classes(settings),
        listed=listed(scenario, numbers),
        night_turnout=_night(settings),
        pass_on=settings.waiting.when_none_free == "pass_on",
        short_handed_after_s=settings.waiting.short_handed_after_s,
        force=enlisted.force,
        force_names={**enlisted.names, **plan_names(scenario)},
        injects=enlisted.injects,
        chain=chain_of(scenario, ranks),
        plans=plans_of(scenario, ranks),
    )


def by_code(scenario: Scenario) -> Scenario:
    """Put the tables whose rows have codes in the order of the codes; E2 comes before E10."""
    return scenario.model_copy(
        update={
            name: tuple(sorted(getattr(scenario, name), key=lambda row: natural(row.code))) for name in CODED
        }
    )


CODED = (
    "places",
    "stations",
    "hospitals",
    "units",
    "sites",
    "teams",
    "stores",
    "items",
    "checks",
    "posts",
    "plans",
)
"""Tables whose rows have codes."""


def natural(code: str) -> list[tuple[int, int, str]]:
    """Give the key by which codes are put in order, numbers inside them by their size."""
    parts = re.split(r"(\d+)", code)
    return [(0, int(part), part) if part.isdigit() else (1, 0, part) for part in parts if part]


def _roads(settings: model.Settings, grounds: Grounds, facilities: list[int]) -> RoadIndex:
    """Compile the usable roads."""
    profiles = [
        TravelProfile(code, profile.speeds_kph, profile.start_loss_s)
        for code, profile in settings.profiles.items()
    ]
    return compile_roads(grounds.roads, facilities, profiles, regimes(settings, grounds.roads.classes))


def _stations(scenario: Scenario, grounds: Grounds, numbers: Numbers) -> tuple[county.Station, ...]:
    rows = scenario.stations
    return tuple(
        county.Station(row.code, named(row), row.kind, maybe(numbers.places, row.place), at)
        for row, at in zip(rows, grounds.locations(rows), strict=True)
    )


def _hospitals(scenario: Scenario, grounds: Grounds) -> tuple[county.Hospital, ...]:
    rows = scenario.hospitals
    return tuple(
        county.Hospital(row.code, named(row), at)
        for row, at in zip(rows, grounds.locations(rows), strict=True)
    )


def _sites(scenario: Scenario, grounds: Grounds, numbers: Numbers) -> tuple[county.Site, ...]:
    """Make the sites; one without a place lies in the place whose centre is nearest."""
    rows = scenario.sites
    nearest = nearest_places(scenario.places, rows)
    return tuple(
        county.Site(
            row.code,
            named(row),
            row.kind,
            near if row.place is None else numbers.places[row.place],
            at,
            row.rate_factor,
            row.owner,
        )
        for row, at, near in zip(rows, grounds.locations(rows), nearest, strict=True)
    )


def _vehicle_classes(settings: model.Settings, numbers: Numbers) -> tuple[county.VehicleClass, ...]:
    return tuple(
        county.VehicleClass(
            code, called(it.name, code), numbers.profiles[it.emergency], numbers.profiles[it.ordinary]
        )
        for code, it in settings.vehicle_classes.items()
    )


def _units(scenario: Scenario, numbers: Numbers) -> tuple[county.Unit, ...]:
    return tuple(
        county.Unit(
            row.code,
            named(row),
            numbers.stations[row.station],
            numbers.vehicle_classes[row.vehicle_class],
            frozenset(numbers.capabilities[code] for code in row.capabilities),
            log_normal(row.turnout_median_s, row.turnout_sigma),
            row.refit_s,
            row.aid,
        )
        for row in scenario.units
    )


def _priorities(settings: model.Settings) -> tuple[county.Priority, ...]:
    return tuple(
        county.Priority(p.code, called(p.name, p.code), p.target_s, p.emergency) for p in settings.priorities
    )


def _kinds(scenario: Scenario, numbers: Numbers) -> tuple[county.Kind, ...]:
    cards: dict[tuple[str, int], list[Need]] = {}
    for row in scenario.run_cards:
        need = Need(numbers.capabilities[row.capability], row.count)
        cards.setdefault((row.kind, row.grade), []).append(need)
    return tuple(_kind(code, kind, cards, numbers) for code, kind in scenario.settings.kinds.items())


def _kind(
    code: str, kind: model.Kind, cards: dict[tuple[str, int], list[Need]], numbers: Numbers
) -> county.Kind:
    grades = range(1, len(kind.grade_p) + 1)
    return county.Kind(
        code=code,
        names=called(kind.name, code),
        category=kind.category,
        priority=numbers.priorities[kind.priority],
        grade_p=kind.grade_p,
        run_cards=tuple(tuple(cards.get((code, grade), ())) for grade in grades),
        handling=drawn(kind.handling),
        control=drawn(kind.control),
        transport_p=kind.transport_p,
        transport_capability=maybe(numbers.capabilities, kind.transport_capability),
        care=drawn(kind.care),
        handover=drawn(kind.handover),
        harm=_harm(kind.harm),
        escalation=_escalation(kind.escalation),
    )


def _harm(harm: model.Harm | None) -> county.Harm | None:
    if harm is None:
        return None
    return county.Harm(
        harm.casualty_p,
        harm.casualties_median,
        harm.casualties_sigma,
        harm.death_share,
        harm.loss_median_cny,
        harm.loss_sigma,
        harm.late_share,
        drawn(harm.late_after),
    )


def _escalation(it: Escalation | None) -> county.Escalation | None:
    if it is None:
        return None
    return county.Escalation(it.p, drawn(it.after), it.harm_factor, it.control_factor, it.times)


def _redirect(settings: model.Settings, numbers: Numbers) -> tuple[tuple[bool, ...], ...]:
    """Lay the redirections out as a table: row from, column to."""
    pairs = {(numbers.priorities[start], numbers.priorities[to]) for start, to in settings.redirect}
    ranks = range(len(settings.priorities))
    return tuple(tuple((start, to) in pairs for to in ranks) for start in ranks)


def _standards(settings: model.Settings) -> tuple[county.Standard, ...]:
    return tuple(
        county.Standard(
            it.code,
            called(it.name, it.code),
            it.measure,
            it.within_s,
            it.share,
            None if it.place_kinds is None else frozenset(it.place_kinds),
            it.source,
        )
        for it in settings.standards
    )


def _accident_classes(settings: model.Settings) -> tuple[county.AccidentClass, ...]:
    """Take the scenario's own classes, or those of Decree 493 Art. 3."""
    classes = settings.accident_classes
    if classes is None:
        classes = tuple(model.AccidentClass.model_validate(row) for row in rule_classes())
    return tuple(
        county.AccidentClass(
            it.code, called(it.name, it.code), it.deaths, it.injuries, it.loss_cny, it.source
        )
        for it in classes
    )


def _night(settings: model.Settings) -> county.NightTurnout | None:
    night = settings.turnout.night
    return county.NightTurnout(night.factor, hour_of(night.from_), hour_of(night.to)) if night else None
