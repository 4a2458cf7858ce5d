"""Every state of free and busy units that help one another out, and how likely each is in the long run.

A state is a number whose bit u tells whether unit u is busy: of 3 units, state 5 has units 0 and 2 busy.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import linalg

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

_SETTLED = 1e-13
_MOST_SWEEPS = 10_000


def busy_units(units: int) -> NDArray[np.bool_]:
    """Tell which units are busy in each state, shape (states, units); bit u of a state's number is unit u."""
    return (np.arange(1 << units)[:, np.newaxis] >> np.arange(units) & 1).astype(bool)


def first_free(orders: Ints, units: int) -> NDArray[np.int8]:
    """Find who goes in each state, shape (orders, states); `units` stands for nobody."""
    free = ~busy_units(units).T
    first = np.full((len(orders), 1 << units), units, dtype=np.int8)
    for row, order in zip(first, orders, strict=True):
        for unit in order[::-1]:
            row[free[unit]] = unit
    return first


def flows_up(first: NDArray[np.int8], rates: Floats, units: int) -> Floats:
    """Add up the calls a second that each unit takes in each state, shape (states, units)."""
    up = np.zeros((first.shape[1], units + 1))
    states = np.arange(first.shape[1])
    for row, rate in zip(first, rates, strict=True):
        up[states, row] += rate
    return up[:, :units]


def balance(up: Floats, rate: Floats) -> Floats:
    """Find the chances of the states from the flows between them.

    Gauss-Seidel sweeps over all states, with the totals of states with equally many busy units put in balance
    after each (aggregation and disaggregation; Stewart, Numerical Solution of Markov Chains, 1994, 6.3).
    """
    busy = busy_units(len(rate))
    level = busy.sum(axis=1)
    leave_up, leave_down = up.sum(axis=1), busy @ rate
    sweep, above = _split(up, busy, rate, leave_up + leave_down)
    chance = _levelled(np.ones(len(busy)), level, leave_up, leave_down)
    for _ in range(_MOST_SWEEPS):
        better = _levelled(sweep.solve(above @ chance), level, leave_up, leave_down)
        if np.abs(better - chance).max() < _SETTLED:
            break
        chance = better
    return better


def _split(
    up: Floats, busy: NDArray[np.bool_], rate: Floats, leave: Floats
) -> tuple[linalg.SuperLU, sparse.csr_array]:
    """Part the balance equations: states that come before (fewer busy) solved for, those after given."""
    size = len(up)
    state, unit = np.nonzero(~busy)
    after = state | (1 << unit)
    below = sparse.csc_array((-up[state, unit], (after, state)), shape=(size, size))
    above = sparse.csr_array((rate[unit], (state, after)), shape=(size, size))
    diagonal = sparse.diags_array(np.where(leave > 0.0, leave, 1.0), format="csc")
    return linalg.splu(sparse.csc_array(diagonal + below), permc_spec="NATURAL", diag_pivot_thresh=0.0), above


def _levelled(chance: Floats, level: Ints, leave_up: Floats, leave_down: Floats) -> Floats:
    """Scale the chances so that flows between the numbers of busy units are in balance, and the sum is 1."""
    total = np.bincount(level, chance)
    raised, lowered = np.bincount(level, chance * leave_up), np.bincount(level, chance * leave_down)
    with np.errstate(divide="ignore", invalid="ignore"):
        step = (raised / total)[:-1] * (total / lowered)[1:]
        wanted = np.cumprod(np.concatenate(([1.0], np.nan_to_num(step, posinf=0.0))))
        scale = np.nan_to_num(wanted / total, posinf=0.0)
    better: Floats = chance * scale[level]
    better /= better.sum()
    return better
