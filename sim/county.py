"""The county: what exists before anything happens, compiled once and never changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from dispatch.plans import Plan
from dispatch.reporting import RuleSet
from readiness.force import Force
from sim.injects import Inject
from sim.roads import RoadIndex

Capability = int
"""Position of a capability in `County.capabilities`."""


@dataclass(frozen=True, slots=True)
class Names:
    """What people call a thing, in Chinese and in English."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Location:
    """A point and how it hangs on the road network.

    `node` is a road node (index), `access_m` the off-road distance to it in metres; `lon` and `lat` are
    WGS84 degrees.
    """

    lon: float
    lat: float
    node: int
    access_m: float = 0.0


@dataclass(frozen=True, slots=True)
class Duration:
    """A distribution of durations in seconds.

    `form` is one of ``constant`` (a), ``exponential`` (mean a), ``lognormal`` (median a, sigma b of the
    logarithm), ``normal`` (mean a, standard deviation b, cut at 0).
    """

    form: str
    a: float
    b: float = 0.0


@dataclass(frozen=True, slots=True)
class Place:
    """A township, street or park: where people live and work."""

    code: str
    names: Names
    kind: str
    population: int
    area_km2: float
    centre: Location
    nodes: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Station:
    """A base where units stand by."""

    code: str
    names: Names
    kind: str
    place: int | None
    at: Location


@dataclass(frozen=True, slots=True)
class Hospital:
    """A hospital that takes patients."""

    code: str
    names: Names
    at: Location


@dataclass(frozen=True, slots=True)
class VehicleClass:
    """A class of vehicle: which travel profile it drives by in an emergency and otherwise.

    Profiles are positions in `County.profiles`.
    """

    code: str
    names: Names
    emergency: int
    ordinary: int


@dataclass(frozen=True, slots=True)
class Unit:
    """A vehicle with its crew: the fixed part.

    `aid` marks one of the city or a neighbour: it comes only to incidents for which help was granted.
    """

    code: str
    names: Names
    station: int
    vehicle: int
    capabilities: frozenset[Capability]
    turnout: Duration
    refit_s: float = 0.0
    aid: bool = False


@dataclass(frozen=True, slots=True)
class Site:
    """A hazard site: an ammonia store, a fuel station, a school."""

    code: str
    names: Names
    kind: str
    place: int
    at: Location
    rate_factor: float
    owner: str


@dataclass(frozen=True, slots=True)
class Priority:
    """How urgent a call is; rank 0 is served first.

    `target_s` is the response time aimed at; `emergency` says whether units drive with lights and siren.
    """

    code: str
    names: Names
    target_s: float | None
    emergency: bool


@dataclass(frozen=True, slots=True)
class Need:
    """One line of a run card: so many units of a capability."""

    capability: Capability
    count: int


@dataclass(frozen=True, slots=True)
class Harm:
    """How people and property come to harm in a kind of accident.

    With chance `casualty_p` somebody is hurt: then the number of casualties is log-normal
    (`casualties_median`, `casualties_sigma`), each dead with chance `death_share`. The loss in CNY is
    log-normal. `late_share` of it all becomes known only later, after `late_after` (a death in hospital).
    """

    casualty_p: float
    casualties_median: float
    casualties_sigma: float
    death_share: float
    loss_median_cny: float
    loss_sigma: float
    late_share: float
    late_after: Duration


@dataclass(frozen=True, slots=True)
class Escalation:
    """How a kind of accident grows where it is not contained in time.

    With chance `p` it grows `after` the alarm, and again every such time, at most `times` in all, until all
    that is asked for is there and control has begun: its grade rises by one (as far as there are run cards),
    deaths, injuries and loss become `harm_factor` times as many, and control takes `control_factor` times as
    long.
    """

    p: float
    after: Duration
    harm_factor: float = 1.0
    control_factor: float = 1.0
    times: int = 1


@dataclass(frozen=True, slots=True)
class Conduct:
    """How people report, as distributions and chances (assumptions, scenario data).

    `notice` runs from the accident until somebody at the scene tells the head of the unit, `decide` until the
    head has made up their mind; `verify` and `draft` are what each tier (`dispatch.reporting.Tier`) takes to
    check and to write what it passes on, `sign` what the leader's signature takes where no leader is at the
    desk. The head hides an accident with chance `conceal_p`, times `conceal_by_kind` and `conceal_by_class`
    (position of the class), divided by `enforcement`; an authority on the way does so with
    `authority_conceal_p`. `forget_p` is the chance that somebody omits a report by negligence, `short_p` that
    casualties are under-counted, as `short_share` of what is known. What is hidden or forgotten comes out
    after `tip_off`, or with the alarm to 119 when a stranger raises it (`public_p`). An attempt to reach
    somebody is given up after `ring_s` and repeated after `retry_s`. `city_decides` is how long the city
    takes to grant help, `grade` how long the duty leader takes to grade what has become known.
    """

    notice: Duration
    decide: Duration
    verify: Mapping[int, Duration]
    draft: Mapping[int, Duration]
    sign: Duration
    tip_off: Duration
    city_decides: Duration
    grade: Duration
    conceal_p: float = 0.0
    conceal_by_kind: Mapping[int, float] = field(default_factory=dict)
    conceal_by_class: Mapping[int, float] = field(default_factory=dict)
    authority_conceal_p: float = 0.0
    enforcement: float = 1.0
    forget_p: float = 0.0
    short_p: float = 0.0
    short_share: float = 1.0
    public_p: float = 0.0
    ring_s: float = 45.0
    retry_s: float = 120.0


@dataclass(frozen=True, slots=True, eq=False)
class Chain:
    """The chain of reports: rules in force, how people behave, and whose post answers for which tier.

    `desks` maps a tier to the numbers of the posts that answer for it (sites and townships: the post of the
    incident's own site or place is taken among them); a tier without one is reached as `conduct` says, always
    answered. `departments` maps a kind of incident to the post of the competent department.
    """

    rules: RuleSet
    conduct: Conduct
    desks: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    departments: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of incident and what it takes.

    `run_cards[g]` lists the needs of grade ``g + 1``, `grade_p[g]` its chance. `control` runs from the
    moment the needs are assembled until the incident is under control; `care` from a patient's meeting with
    the crew to their leaving for hospital. `transport_capability` carries patients; None: nobody is carried.
    """

    code: str
    names: Names
    category: str
    priority: int
    grade_p: tuple[float, ...]
    run_cards: tuple[tuple[Need, ...], ...]
    handling: Duration
    control: Duration
    transport_p: float
    transport_capability: Capability | None
    care: Duration
    handover: Duration
    harm: Harm | None
    escalation: Escalation | None = None


@dataclass(frozen=True, slots=True)
class Demand:
    """A stream of incidents: a Poisson process of one kind somewhere.

    Exactly one of `place`, `site`, `cells`, `on_roads` says where. `hourly` has 24 and `monthly` 12 relative
    weights whose mean is 1. `code` is stable and keys the random streams.
    """

    code: str
    kind: int
    per_year: float
    hourly: tuple[float, ...]
    monthly: tuple[float, ...]
    place: int | None = None
    site: int | None = None
    on_roads: bool = False
    cells: Cells | None = None
    priority: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """A density raster as the cells that hold weight: centres and size in degrees, and weights."""

    lon: Any
    lat: Any
    weight: Any
    size_lon: float
    size_lat: float


@dataclass(frozen=True, slots=True)
class Listed:
    """An incident given in a file instead of drawn; None marks what the file leaves to chance."""

    time_s: float
    kind: int
    lon: float
    lat: float
    priority: int | None = None
    handling_s: float | None = None
    control_s: float | None = None
    transport: bool | None = None
    hospital: int | None = None
    handover_s: float | None = None


@dataclass(frozen=True, slots=True)
class Period:
    """A period of day on some days of the week; the first that matches a moment holds.

    Hours are local, ``from_h <= hour < to_h``; `days` are 0 (Monday) to 6.
    """

    code: str
    from_h: float
    to_h: float
    days: frozenset[int]


@dataclass(frozen=True, slots=True)
class Weather:
    """A state of the weather and its chance, per month, to hold for one block of hours.

    `warning_level` is the level of the warning out while it holds, 1 (red) to 4 (blue); None: none.
    """

    code: str
    names: Names
    monthly_p: tuple[float, ...]
    warning_level: int | None = None


@dataclass(frozen=True, slots=True)
class Standard:
    """A response-time standard: so many seconds, for a measure, in so large a share of incidents.

    `measure` is a name in `results.measures` (for example ``first_arrival``); `places` None means everywhere.
    """

    code: str
    names: Names
    measure: str
    within_s: float
    share: float | None
    place_kinds: frozenset[str] | None
    source: str


@dataclass(frozen=True, slots=True, eq=False)
class County:
    """Everything that exists. Shared by all runs and never copied.

    Regimes are numbered ``period * len(weathers) + weather``; a speed class is (profile, regime).
    Facilities of `roads` are the stations in order, then the hospitals. `call_takers` 0 means that no call
    waits to be answered. `pass_on` hands an incident for which no unit is free to a neighbouring county
    instead of letting it wait. Crews on scene wait for the rest of the run card for `short_handed_after_s`,
    then begin alone (None: they wait for ever). `force` is who and what stands by (None: all crews are always
    at their units and nothing ever fails); `force_names` names its teams, roles, shifts, item_types, stores,
    posts and channels, in their order. `injects` change the world while a run goes on, in order of time.
    `chain` is who reports accidents to whom (None: nobody does), `plans` are the emergency plans in force;
    `force_names` names those and their tasks as well (plans, and tasks as ``plan/task`` in their order).
    """

    code: str
    names: Names
    time_zone: str
    start: datetime
    roads: RoadIndex
    places: tuple[Place, ...]
    stations: tuple[Station, ...]
    hospitals: tuple[Hospital, ...]
    vehicle_classes: tuple[VehicleClass, ...]
    units: tuple[Unit, ...]
    sites: tuple[Site, ...]
    capabilities: tuple[str, ...]
    capability_names: tuple[Names, ...]
    priorities: tuple[Priority, ...]
    kinds: tuple[Kind, ...]
    demand: tuple[Demand, ...]
    profiles: tuple[str, ...]
    off_road_kph: tuple[float, ...]
    start_loss_s: tuple[float, ...]
    periods: tuple[Period, ...]
    weathers: tuple[Weather, ...]
    weather_block_h: float
    call_takers: int
    redirect: tuple[tuple[bool, ...], ...]
    policy: str
    standards: tuple[Standard, ...]
    accident_classes: tuple[AccidentClass, ...]
    listed: tuple[Listed, ...] | None = None
    night_turnout: NightTurnout | None = None
    pass_on: bool = False
    short_handed_after_s: float | None = None
    force: Force | None = None
    force_names: Mapping[str, tuple[Names, ...]] = field(default_factory=dict)
    injects: tuple[Inject, ...] = ()
    chain: Chain | None = None
    plans: tuple[Plan, ...] = ()

    def __deepcopy__(self, memo: dict[int, Any]) -> County:
        return self


@dataclass(frozen=True, slots=True)
class NightTurnout:
    """Slower turnout at night: times `factor` from `from_h` to `to_h` (local hours, may wrap midnight)."""

    factor: float
    from_h: float
    to_h: float


@dataclass(frozen=True, slots=True)
class AccidentClass:
    """A legal class of accident: reached when any of the three counts is at least its threshold.

    Ordered from the lowest to the highest; `source` names law, article and date.
    """

    code: str
    names: Names
    deaths: int
    injuries: int
    loss_cny: float
    source: str
