"""The streets of the county seat: a slightly bent grid inside a ring road, on both banks of the river."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from sim.scenarios.generate.land import BANK_M, Floats
from sim.scenarios.generate.settlements import Seat

ARTERIAL_EVERY = 3
"""Every third line of the grid is a main street."""

DROPPED = 0.14
"""Share of the minor street pieces that were never built (A)."""

BRIDGE_AT = -0.2
"""Where the inner bridge stands, in half heights of the seat from its middle."""


@dataclass(frozen=True, slots=True)
class Street:
    """A piece of street between two junctions of the grid.

    `line` numbers the grid line it lies on: columns first, then rows, the ring road last. `oneway` means from
    `u` to `v` only.
    """

    u: int
    v: int
    line: int
    bridge: bool = False
    oneway: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """The seat's junctions on the plan, its streets, its numbers of lines, and the junctions on the ring."""

    x: Floats
    y: Floats
    streets: tuple[Street, ...]
    columns: int
    rows: int
    ring: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Draft:
    x: list[float]
    y: list[float]
    streets: list[Street]

    def junction(self, x: float, y: float) -> int:
        self.x.append(x)
        self.y.append(y)
        return len(self.x) - 1

    def street(self, u: int, v: int, line: int) -> None:
        self.streets.append(Street(u, v, line, bridge=self.x[u] * self.x[v] < 0))


@dataclass(frozen=True, slots=True)
class _End:
    """Where a grid line meets the ring, and the junction it comes from."""

    junction: int
    line: int
    x: float
    y: float


def seat_grid(seat: Seat, spacing_m: float, chance: np.random.Generator) -> Grid:
    """Lay out the seat's streets with about `spacing_m` metres between them.

    One row crosses the river on a bridge; the ring road crosses it twice more.
    """
    columns = _columns(seat, spacing_m, chance)
    rows = _rows(seat, spacing_m, chance)
    draft = _Draft([], [], [])
    inner = _junctions(seat, columns, rows, spacing_m, chance, draft)
    ends = _lay_columns(seat, columns, inner, draft) + _lay_rows(seat, rows, len(columns), inner, draft)
    ring = _lay_ring(seat, ends, 0.3 * spacing_m, len(columns) + len(rows), draft)
    streets = _thin(draft, len(columns), len(rows), chance)
    streets = _one_way(seat, draft, streets, columns, rows)
    return Grid(np.array(draft.x), np.array(draft.y), tuple(streets), len(columns), len(rows), tuple(ring))


def is_arterial(line: int, columns: int) -> bool:
    """Tell whether a grid line is a main street."""
    return (line if line < columns else line - columns) % ARTERIAL_EVERY == 0


def _steps(length_m: float, spacing_m: float, chance: np.random.Generator) -> list[float]:
    gaps = chance.uniform(0.7, 1.3, int(length_m / (0.7 * spacing_m)) + 1) * spacing_m
    return [float(at) for at in np.cumsum(gaps) if at < length_m]


def _columns(seat: Seat, spacing_m: float, chance: np.random.Generator) -> list[float]:
    bank = BANK_M + 10.0
    west = [-bank] + [-bank - at for at in _steps(seat.a - seat.x - bank, spacing_m, chance)]
    east = [bank] + [bank + at for at in _steps(seat.a + seat.x - bank, spacing_m, chance)]
    return sorted(west + east)


def _rows(seat: Seat, spacing_m: float, chance: np.random.Generator) -> list[float]:
    bridge = seat.y + BRIDGE_AT * seat.b
    up = [bridge + at for at in _steps(seat.b * (1 - BRIDGE_AT), spacing_m, chance)]
    down = [bridge - at for at in _steps(seat.b * (1 + BRIDGE_AT), spacing_m, chance)]
    return sorted([bridge, *up, *down])


def _junctions(
    seat: Seat,
    columns: list[float],
    rows: list[float],
    spacing_m: float,
    chance: np.random.Generator,
    draft: _Draft,
) -> dict[tuple[int, int], int]:
    """Set a junction on every crossing well inside the ring; crossings are (column, row)."""
    x, y = np.meshgrid(columns, rows, indexing="ij")
    held = (np.abs(x - seat.x) < seat.ring_x(y) - 0.4 * spacing_m) & (
        np.abs(y - seat.y) < seat.ring_y(x) - 0.4 * spacing_m
    )
    sway = chance.normal(0, 0.045 * spacing_m, (2, *x.shape))
    riverside = np.abs(x) < BANK_M + 11.0
    x = np.where(riverside, x, x + sway[0])
    return {
        (int(i), int(j)): draft.junction(float(x[i, j]), float(y[i, j] + sway[1, i, j] * ~riverside[i, j]))
        for i, j in np.argwhere(held)
    }


def _lay_columns(
    seat: Seat, columns: list[float], inner: dict[tuple[int, int], int], draft: _Draft
) -> list[_End]:
    ends: list[_End] = []
    for i, x in enumerate(columns):
        along = [node for (column, _), node in inner.items() if column == i]
        for u, v in pairwise(along):
            draft.street(u, v, i)
        if along:
            reach = float(seat.ring_y(np.array([x]))[0])
            ends += [_End(along[0], i, x, seat.y - reach), _End(along[-1], i, x, seat.y + reach)]
    return ends


def _lay_rows(
    seat: Seat, rows: list[float], columns: int, inner: dict[tuple[int, int], int], draft: _Draft
) -> list[_End]:
    bridge = min(range(len(rows)), key=lambda j: abs(rows[j] - seat.y - BRIDGE_AT * seat.b))
    ends: list[_End] = []
    for j, y in enumerate(rows):
        along = [node for (_, row), node in inner.items() if row == j]
        for u, v in pairwise(along):
            if j == bridge or draft.x[u] * draft.x[v] > 0:
                draft.street(u, v, columns + j)
        if along:
            reach = float(seat.ring_x(np.array([y]))[0])
            line = columns + j
            ends += [_End(along[0], line, seat.x - reach, y), _End(along[-1], line, seat.x + reach, y)]
    return ends


def _lay_ring(seat: Seat, ends: list[_End], merge_m: float, line: int, draft: _Draft) -> list[int]:
    """Join the lines' ends to the ring, near ones at one junction; give the ring's junctions."""
    ring: list[int] = []
    for end in sorted(ends, key=lambda end: float(np.arctan2(end.y - seat.y, end.x - seat.x))):
        last = ring[-1] if ring else None
        if last is None or np.hypot(draft.x[last] - end.x, draft.y[last] - end.y) > merge_m:
            ring.append(draft.junction(end.x, end.y))
        draft.street(end.junction, ring[-1], end.line)
    for u, v in pairwise([*ring, ring[0]]):
        draft.street(u, v, line)
    return ring


def _thin(draft: _Draft, columns: int, rows: int, chance: np.random.Generator) -> list[Street]:
    """Leave out some minor pieces between full crossings, unless that would cut the town apart."""
    degree = np.bincount([end for street in draft.streets for end in (street.u, street.v)])
    drawn = chance.random(len(draft.streets))
    kept = [
        street
        for street, luck in zip(draft.streets, drawn, strict=True)
        if luck > DROPPED
        or street.bridge
        or street.line >= columns + rows
        or is_arterial(street.line, columns)
        or min(degree[street.u], degree[street.v]) < 4
    ]
    return kept if _whole(kept, len(draft.x)) else draft.streets


def _whole(streets: list[Street], junctions: int) -> bool:
    ends = np.array([(street.u, street.v) for street in streets]).T
    links = coo_array((np.ones(len(streets)), (ends[0], ends[1])), shape=(junctions, junctions))
    pieces, _ = connected_components(links, directed=False)
    return bool(pieces == 1)


def _one_way(
    seat: Seat, draft: _Draft, streets: list[Street], columns: list[float], rows: list[float]
) -> list[Street]:
    """Make two neighbouring minor columns and two rows of the old town one-way, one against the other."""
    ways: dict[int, bool] = {}
    for first, lines, heart in ((0, columns, -0.35 * seat.a), (len(columns), rows, BRIDGE_AT * seat.b)):
        pairs = [k for k in range(1, len(lines) - 1, ARTERIAL_EVERY) if abs(lines[k]) > 2 * BANK_M or first]
        if pairs:
            near = min(pairs, key=lambda k: abs(lines[k] + lines[k + 1] - 2 * heart))
            ways |= {first + near: True, first + near + 1: False}
    return [
        _turned(street, upward=ways[street.line])
        if street.line in ways and _in_old_town(seat, draft, street)
        else street
        for street in streets
    ]


def _in_old_town(seat: Seat, draft: _Draft, street: Street) -> bool:
    x = (draft.x[street.u] + draft.x[street.v]) / 2
    y = (draft.y[street.u] + draft.y[street.v]) / 2
    return -0.75 * seat.a < x < -BANK_M and abs(y - BRIDGE_AT * seat.b) < 0.4 * seat.b


def _turned(street: Street, *, upward: bool) -> Street:
    if upward:
        return replace(street, oneway=True)
    return replace(street, u=street.v, v=street.u, oneway=True)
