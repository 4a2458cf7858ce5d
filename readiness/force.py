"""The force that stands by: its teams, crews, equipment, stores, checks and duty posts, as plain facts.

Everything is numbered by its place in a tuple of `Force`; names live in the county. Times are seconds since
the scenario's start (negative: before it), hours are local hours of the day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum

ANY = -1
"""Stands for "any": a capability, a kind of incident, a team or an item type that is not named."""


class Level(IntEnum):
    """Where a crew on duty stands by; a raised standby (备勤) brings those at home to the station."""

    ON_STATION = 0
    ON_CALL = 1
    RAISED = 2


class Condition(IntEnum):
    """What an item of equipment is really like, or is believed to be like."""

    SERVICEABLE = 0
    DEGRADED = 1
    UNSERVICEABLE = 2


class Shows(IntEnum):
    """When an item that does not work is missed."""

    TURNOUT = 0
    WAY = 1
    SCENE = 2


@dataclass(frozen=True, slots=True)
class Lasting:
    """A distribution of durations in seconds: `form`, `a`, `b` as in `sim.county.Duration`.

    ``constant`` (a), ``exponential`` (mean a), ``lognormal`` (median a, sigma b), ``weibull`` (scale a,
    shape b).
    """

    form: str
    a: float
    b: float = 0.0


@dataclass(frozen=True, slots=True)
class Shift:
    """A turn of duty: begins at a local hour on certain days and lasts so many hours.

    It begins on a day when the day's weekday is in `days` (0 Monday to 6 Sunday), the day is of the kind `on`
    (``any``, ``workdays`` or ``restdays``, holidays and make-up days taken into account), and the number of
    days since `first`, modulo `cycle_days`, is in `cycle_on` (24 hours on and 48 off: 3 and {0}).
    """

    code: str
    from_h: float
    hours: float
    days: frozenset[int] = frozenset(range(7))
    on: str = "any"
    cycle_days: int = 1
    cycle_on: frozenset[int] = frozenset({0})
    first: date = date(2026, 1, 1)


@dataclass(frozen=True, slots=True)
class Rostered:
    """A row of the roster: so many people of a role on a shift, for a team or a duty post.

    `holder` is the number of the team, or of the post in the posts' roster. `level` says where they stand by
    (a post's are always on station). `person` names one, "" leaves them unnamed. The row holds from `since`
    until `until`, both included; None: always.
    """

    holder: int
    shift: int
    role: int
    count: int = 1
    level: Level = Level.ON_STATION
    person: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Role:
    """A qualification (commander, driver, firefighter); it can stand for those in `counts_as`."""

    code: str
    counts_as: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Manning:
    """What a unit asks of its crew: `people` in all, among them at least `roles` (role, count).

    With `capability` `ANY` this is what it takes to roll at all; otherwise what it takes on top of that to
    be ready for one capability.
    """

    people: int
    roles: tuple[tuple[int, int], ...] = ()
    capability: int = ANY


@dataclass(frozen=True, slots=True)
class Crew:
    """Those who man one unit, or several units one at a time (cross-crewed), of a team.

    `units` in the order in which the crew is asked for; `manning` per unit, in the same order. Crews of a
    team are manned in the order of their numbers: the first take whom they need.
    """

    code: str
    team: int
    units: tuple[int, ...]
    manning: tuple[tuple[Manning, ...], ...]


@dataclass(frozen=True, slots=True)
class Team:
    """A rescue team: full-time, part-time, volunteer, enterprise, micro-station, ambulance, police.

    `absence` is the chance that somebody on the roster does not come to a shift. A crew out longer than
    `max_hours` on one call rests for `rest_h` when it is back, or until the next shift relieves it.
    """

    code: str
    kind: str
    station: int
    absence: float = 0.0
    max_hours: float | None = None
    rest_h: float = 0.0
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Turnout:
    """How long turnout takes for teams of a kind at a standby level; `ANY` kind is ``""``."""

    team_kind: str
    level: Level
    lasting: Lasting


@dataclass(frozen=True, slots=True)
class Raising:
    """When standby is raised by itself.

    While a warning of `warning_level` or a graver one holds (1 red to 4 blue), between these local hours, in
    these months (1 to 12); what is None does not matter. `teams` are those concerned, empty: all.
    """

    warning_level: int | None = None
    from_h: float | None = None
    to_h: float | None = None
    months: frozenset[int] | None = None
    teams: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class StandbyRules:
    """How standby is raised, and the time each change takes, in seconds.

    After the order those on call are at the station `recall_s` later; a second crew, the `second_crew_share`
    of the team's people who are off duty, is there after `second_crew_s`; units with a forward place roll to
    it (`forward`: unit to station) after `forward_s`. Lowering takes effect at once.
    """

    recall_s: float = 1800.0
    second_crew_s: float = 3600.0
    second_crew_share: float = 0.0
    forward_s: float = 600.0
    forward: Mapping[int, int] = field(default_factory=dict)
    raisings: tuple[Raising, ...] = ()
    handover_s: float = 0.0
    handover_extra_s: float = 0.0
    """For so long after a shift begins, turnout takes so much longer: the crews are handing over."""


@dataclass(frozen=True, slots=True)
class ItemType:
    """A type of equipment.

    `needs` says how many working ones a unit must carry to be ready for a capability; capability `ANY`: for
    anything at all (the vehicle itself). `fails` is the life by age (None: never); `use_p` the chance that a
    use ends it, times `harsh_factor` at kinds of incident in `harsh`. Of the failures the share `hidden` is
    not noticed when it happens, and the share `degrades` leaves the item working but degraded (it counts as
    working; control on scene takes `degraded_factor` times as long). `shows` says when a failed one is
    missed. Repair takes `repair` in the workshop of a store, after waiting for a free bay; where `repair` is
    None it is replaced, which takes `replace` from the order (spares at a store are at hand after
    `swap_s`). Tests fall due every `test_every_s`, and it expires `expires_s` after it was made (None: no).

    A consumable (foam, air, absorbent, fuel) never fails: `consumable` says it is measured in amounts, of
    which a call of a kind uses `use_amount` (kind to amount; `ANY` for all others); the unit is refilled in
    `restock_s` from a store. After calls of the kinds in `dirties` it takes `clean_s` to decontaminate.
    """

    code: str
    needs: tuple[tuple[int, float], ...] = ()
    fails: Lasting | None = None
    use_p: float = 0.0
    harsh: frozenset[int] = frozenset()
    harsh_factor: float = 1.0
    hidden: float = 0.0
    degrades: float = 0.0
    degraded_factor: float = 1.0
    shows: Shows = Shows.SCENE
    repair: Lasting | None = None
    replace: Lasting | None = None
    swap_s: float = 1800.0
    test_every_s: float | None = None
    expires_s: float | None = None
    consumable: bool = False
    use_amount: Mapping[int, float] = field(default_factory=dict)
    restock_s: float = 0.0
    dirties: frozenset[int] = frozenset()
    clean_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Item:
    """One item (or, of a consumable, one stock of it) on a unit or in a store; the other of the two is -1.

    `made_s` and `tested_s` are when it was made and last tested. `condition` is what it is really like at the
    start and `known` what it is believed to be. `amount` is how much of a consumable there is.
    """

    code: str
    type: int
    unit: int = -1
    store: int = -1
    made_s: float = 0.0
    tested_s: float = 0.0
    condition: Condition = Condition.SERVICEABLE
    known: Condition = Condition.SERVICEABLE
    amount: float = 1.0


@dataclass(frozen=True, slots=True)
class Store:
    """A store of spares and consumables, with a workshop of `bays` (0: none) where repairs wait a turn."""

    code: str
    station: int
    bays: int = 0
    delivery: Lasting | None = None
    """How long an order of consumables takes; None: nothing can be ordered."""


@dataclass(frozen=True, slots=True)
class Check:
    """A check of a team's (or store's) items of a type, every so many seconds from `first_s` on.

    It finds a hidden fault with the chance `finds`. With `after_use` a unit's items are checked after every
    call as well. `team` and `type` may be `ANY`.
    """

    code: str
    team: int = ANY
    store: int = ANY
    type: int = ANY
    every_s: float | None = None
    first_s: float = 0.0
    finds: float = 1.0
    after_use: bool = False


@dataclass(frozen=True, slots=True)
class Answering:
    """How a channel of a post is answered while somebody is on duty: chance and time, by local hour.

    `answer_p` holds 24 chances that a call is answered at all, `answer` the time it then takes.
    """

    channel: str
    answer_p: tuple[float, ...]
    answer: Lasting


@dataclass(frozen=True, slots=True)
class Channel:
    """A way to reach posts: landline, mobile, radio, network, satellite.

    Works in the local hours [from_h, to_h) and fails in weather of a warning level at least as grave as
    `fails_at` with the chance `fail_p` (drawn per post and spell of weather).
    """

    code: str
    from_h: float = 0.0
    to_h: float = 24.0
    fails_at: int | None = None
    fail_p: float = 0.0


@dataclass(frozen=True, slots=True)
class Post:
    """A duty post (值班): at a site, a township, a department, the bureau, the county government.

    `kind` names the level; `place`, `site` (numbers, -1 none) say whose post it is. `absence` is the chance
    that somebody on the roster is not at the post.
    """

    code: str
    kind: str
    place: int = -1
    site: int = -1
    owner: str = ""
    channels: tuple[Answering, ...] = ()
    absence: float = 0.0


@dataclass(frozen=True, slots=True)
class SpotChecks:
    """Irregular checks (抽查) of duty posts: so many a year and post; absence found raises attention.

    For `attention_s` after it the chance of absence there is `attention_factor` of what it was.
    """

    per_year: float = 0.0
    attention_s: float = 0.0
    attention_factor: float = 1.0


@dataclass(frozen=True, slots=True)
class IndexWeights:
    """Weights of the readiness index: crew, vehicle, equipment; they sum to 1."""

    crew: float = 0.4
    vehicle: float = 0.2
    equipment: float = 0.4


@dataclass(frozen=True, slots=True, eq=False)
class Force:
    """Everything that stands by. A county without one has crews always at their units and perfect equipment.

    `holidays` are days off and `makeup_days` working days at weekends, for `Shift.on`. `unit_team` is the
    team of each unit (-1: none, always ready), `unit_crew` its crew (-1: always manned).
    """

    teams: tuple[Team, ...] = ()
    crews: tuple[Crew, ...] = ()
    roles: tuple[Role, ...] = ()
    shifts: tuple[Shift, ...] = ()
    roster: tuple[Rostered, ...] = ()
    turnouts: tuple[Turnout, ...] = ()
    standby: StandbyRules = StandbyRules()
    item_types: tuple[ItemType, ...] = ()
    items: tuple[Item, ...] = ()
    stores: tuple[Store, ...] = ()
    checks: tuple[Check, ...] = ()
    posts: tuple[Post, ...] = ()
    post_roster: tuple[Rostered, ...] = ()
    channels: tuple[Channel, ...] = ()
    spot_checks: SpotChecks = SpotChecks()
    index: IndexWeights = IndexWeights()
    holidays: frozenset[date] = frozenset()
    makeup_days: frozenset[date] = frozenset()
    unit_team: tuple[int, ...] = ()
    unit_crew: tuple[int, ...] = ()
