"""Where every item of equipment is now, and what each unit can do with those that work."""

from __future__ import annotations

from collections import deque
from heapq import heappop, heappush
from typing import TYPE_CHECKING

import numpy as np

from readiness.equipment import ends_s, last_uses, weibull_ends_s
from readiness.force import Condition
from readiness.ready import lacks
from sim.chance import STREAMS, hashed, mix_all, uniform_after, uniforms_of
from sim.gear import Gear
from sim.moves import Status
from sim.watch import restand

if TYPE_CHECKING:
    from sim.engine import Run
    from sim.fate import Fate

NEVER = float("inf")
SERVICEABLE, DEGRADED, UNSERVICEABLE = (int(condition) for condition in Condition)
_AT_STATION = (int(Status.AT_BASE), int(Status.TURNING_OUT), int(Status.REFITTING))
AGE, USE, HIDDEN, DEGRADES, LASTS = range(5)
"""Purposes of the draws of one life of an item."""
_PURPOSES = 8
_WHEN_ASKED = 1 << 40
"""Keeps draws that hang on a moment, a call or an order apart from those of the lives."""


class Upkeep:
    """The bookkeeping of equipment in a run: derived from the events, so that nothing has to be searched for.

    By item: the `unit` it is on and the `store` it lies in (-1: neither), its home (`home` a unit, else
    `home_store`), how much of it there is (`amount`), the number of its `life`, when that ends by age
    (`fails_s`) and at which use (`uses`: a reading of its unit's meter while it is on one, else what is
    left), when it `expires_s`, when it was `tested_s`, when a test next takes it away (`test_s`), since when
    it has had a hidden fault (`failed_s`), `why` it is away, in which `shop` (-1: none) and `how` it is
    mended; of a store's stock whether a delivery is `ordered`, and how many `orders` there were. `soon` lists
    when something first happens by itself to a sound item before the run ends, and to which, in order.

    By unit: working items by type as known and in truth (`known`, `true`) with the capabilities they allow as
    bits (`known_bits`, `true_bits`), items with `faults` that nobody knows of and those that are `worn`
    (degraded), what is `due` when the unit is at its station, the `meters` of use with the uses that end an
    item (`ends`), the `calls` not yet read into them and the `slack` until they must be, the seconds it
    `owes` for refitting, whether its stocks are `drawn_on`, and the `last` call it served.

    By store: `spares` by type, the repairs that wait (`queue`) and the bays that are `busy`. By type: items
    whose place is empty (`gaps`) and stocks that wait to be filled (`thirsty`). Steps about item k carry the
    number ``first + k``.
    """

    __slots__ = (
        "_base",
        "amount",
        "busy",
        "calls",
        "drawn_on",
        "due",
        "ends",
        "expires_s",
        "failed_s",
        "fails_s",
        "faults",
        "first",
        "gaps",
        "gear",
        "home",
        "home_store",
        "how",
        "known",
        "known_bits",
        "last",
        "life",
        "meters",
        "ordered",
        "orders",
        "owes",
        "queue",
        "shop",
        "slack",
        "soon",
        "spares",
        "store",
        "test_s",
        "tested_s",
        "thirsty",
        "true",
        "true_bits",
        "unit",
        "until_s",
        "uses",
        "why",
        "worn",
    )

    def __init__(self, gear: Gear, fate: Fate, first: int) -> None:
        n, n_units, n_types = len(gear.items), len(gear.built), len(gear.types)
        self.gear = gear
        self.first = first
        self.until_s = fate.horizon_s
        self.unit, self.store = gear.on_unit[:], gear.in_store[:]
        self.home, self.home_store = self.unit[:], self.store[:]
        self.amount = gear.amounts[:]
        self.life = [0] * n
        self.expires_s = gear.expires[:]
        self.test_s = gear.tests[:]
        self.tested_s = gear.tested_s[:]
        self.failed_s = [-1.0] * n
        self.shop = [-1] * n
        self.why, self.how = [""] * n, [""] * n
        self.known = [row[:] for row in gear.known]
        self.true = [row[:] for row in gear.true]
        self.known_bits = [gear.able(unit, have) for unit, have in enumerate(self.known)]
        self.true_bits = [gear.able(unit, have) for unit, have in enumerate(self.true)]
        self.faults: list[list[int]] = [[] for _ in range(n_units)]
        self.worn: list[list[int]] = [[] for _ in range(n_units)]
        self.due: list[list[int]] = [[] for _ in range(n_units)]
        n_meters = len(gear.weights[0]) if gear.weights else 0
        self.meters = [[0.0] * n_meters for _ in range(n_units)]
        self.ends: list[list[list[tuple[float, int]]]] = [[[] for _ in range(n_meters)] for _ in self.meters]
        self.calls: list[list[int]] = [[] for _ in range(n_units)]
        self.slack = [0.0] * n_units
        self.owes = [0.0] * n_units
        self.drawn_on = [False] * n_units
        self.last = [-1] * n_units
        self.spares: list[list[list[int]]] = [[[] for _ in range(n_types)] for _ in gear.stores_]
        self.queue: list[deque[tuple[int, int]]] = [deque() for _ in gear.stores_]
        self.busy = [0] * len(gear.stores_)
        self.gaps: list[list[int]] = [[] for _ in range(n_types)]
        self.thirsty: list[list[int]] = [[] for _ in range(n_types)]
        self.ordered = [False] * n
        self.orders = [0] * n
        self._draw_first_lives(fate)

    def _draw_first_lives(self, fate: Fate) -> None:
        """Draw how long every item lasts, all at once: each by its own code and nothing else."""
        gear = self.gear
        run_bits = hashed(fate.seed, fate.replication, STREAMS.index("items"))
        base = mix_all(np.full(len(gear.items), run_bits, dtype=np.uint64), gear.keys)
        ages = uniforms_of(mix_all(base, np.full(len(base), AGE, dtype=np.uint64)))
        uses = uniforms_of(mix_all(base, np.full(len(base), USE, dtype=np.uint64)))
        ends = np.full(len(base), NEVER)
        ends[gear.ageing] = weibull_ends_s(*gear.lives, gear.age_s[gear.ageing], ages[gear.ageing])
        for kind, which in gear.lasting:
            ends[which] = ends_s(kind.fails, gear.age_s[which], ages[which])
        self._base: list[int] = base.tolist()
        self.fails_s: list[float] = ends.tolist()
        soonest = np.minimum(ends, np.minimum(gear.expires, gear.tests))
        soonest[list(gear.faulty)] = NEVER
        order = np.argsort(soonest, kind="stable")[: np.count_nonzero(soonest <= self.until_s)]
        self.soon = list(zip(soonest[order].tolist(), order.tolist(), strict=True))
        last = np.full(len(base), NEVER)
        last[gear.wearing] = last_uses(gear.use_p, uses[gear.wearing])
        self.uses: list[float] = last.tolist()
        for unit, meters in enumerate(gear.metered):
            for meter, which in enumerate(meters):
                self.ends[unit][meter] = sorted(zip(last[which].tolist(), which.tolist(), strict=True))

    def draw(self, item: int, purpose: int) -> float:
        """Draw for the life an item is in, a uniform number in [0, 1)."""
        return uniform_after(self._base[item], self.life[item] * _PURPOSES + purpose)

    def draw_at(self, item: int, key: int) -> float:
        """Draw for an item and a moment, a call or an order, a uniform number in [0, 1)."""
        return uniform_after(self._base[item], _WHEN_ASKED + key)

    def count_known(self, unit: int, kind: int, by: float) -> bool:
        """Count items of a type on a unit as known to work; tell whether what it can do has changed."""
        have, gear = self.known[unit], self.gear
        before = have[kind]
        now = have[kind] = before + by
        for mark in gear.marks[unit][kind]:
            if (before < mark) is not (now < mark):
                bits = gear.able(unit, have)
                changed, self.known_bits[unit] = bits != self.known_bits[unit], bits
                return changed
        return False

    def count_true(self, unit: int, kind: int, by: float) -> None:
        """Count items of a type on a unit as working in truth."""
        have, gear = self.true[unit], self.gear
        before = have[kind]
        now = have[kind] = before + by
        for mark in gear.marks[unit][kind]:
            if (before < mark) is not (now < mark):
                self.true_bits[unit] = gear.able(unit, have)
                return

    def lacking(self, unit: int) -> list[str]:
        """Say which types a unit is known to lack for what it is built for: `short:type:have:need`."""
        gear = self.gear
        if self.known_bits[unit] == gear.built[unit]:
            return []
        return [
            f"short:{gear.types[kind].code}:{have:g}:{need:g}"
            for _, kind, have, need in lacks(gear.needs[unit], self.known[unit])
        ]

    def is_short(self, unit: int, kind: int) -> bool:
        """Tell whether a unit has fewer of a type than it needs, as far as is known."""
        return self.known[unit][kind] < self.gear.enough[unit][kind]

    def worn_out(self, unit: int) -> list[int]:
        """Read the calls of a unit into its meters; give the items for which one was the last.

        Calls are kept as they come (`calls`), and read only when an item may have come to its end (`slack`).
        """
        ends, ended = self.ends[unit], []
        slack = NEVER
        for reading, heap in zip(self._readings(unit), ends, strict=True):
            while heap and heap[0][0] <= reading:
                end, item = heappop(heap)
                if self.unit[item] == unit and self.uses[item] == end:
                    self.uses[item] = NEVER
                    ended.append(item)
            if heap and heap[0][0] - reading < slack:
                slack = heap[0][0] - reading
        self.slack[unit] = slack
        return ended

    def put_on_meter(self, item: int, unit: int, left: float) -> None:
        """Let an item on a unit end after so many more uses."""
        self.uses[item] = left
        meter = self.gear.meter[self.gear.type[item]]
        if meter >= 0 and left < NEVER:
            end = self.uses[item] = self._readings(unit)[meter] + left
            heappush(self.ends[unit][meter], (end, item))
            self.slack[unit] = min(self.slack[unit], left)

    def take_off_meter(self, item: int, unit: int) -> None:
        """Keep how many uses an item has left when it leaves a unit."""
        meter = self.gear.meter[self.gear.type[item]]
        if meter >= 0 and self.uses[item] < NEVER:
            self.uses[item] -= self._readings(unit)[meter]

    def _readings(self, unit: int) -> list[float]:
        """Read a unit's calls into its meters, and give what they show."""
        meters, weights = self.meters[unit], self.gear.weights
        for kind in self.calls[unit]:
            for meter, weight in enumerate(weights[kind]):
                meters[meter] += weight
        self.calls[unit].clear()
        return meters


def at_station(run: Run, unit: int) -> bool:
    """Tell whether what a unit carries can be reached at its station; a store (-1) always can."""
    return unit < 0 or run.state.status[unit] in _AT_STATION


def count_known(run: Run, unit: int, item: int, sign: float, cause: int) -> None:
    """Count an item on a unit as known to work, or no longer; what the unit is believed ready for follows."""
    up = run.upkeep
    if up.count_known(unit, up.gear.type[item], sign * up.amount[item]):
        restand(run, unit, cause)
