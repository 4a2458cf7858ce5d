"""Ready or not: what a unit can do with what it carries, what it lacks, and how ready it is in one figure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from readiness.force import ANY, IndexWeights, Item, ItemType

Floats = NDArray[np.float64]


class Need(NamedTuple):
    """So many working items of a type a unit must carry for a capability (`ANY`: to roll at all)."""

    capability: int
    type: int
    least: float


class Lack(NamedTuple):
    """What keeps a unit from a capability (`ANY`: from all): it has so many of a type and needs more."""

    capability: int
    type: int
    have: float
    need: float


def needs_of(types: Sequence[ItemType], capabilities: Iterable[int]) -> tuple[Need, ...]:
    """List what a unit of these capabilities must carry; what it takes to roll at all comes first.

    Examples
    --------
    >>> hose = ItemType("hose", needs=((0, 8), (1, 2)))
    >>> needs_of([ItemType("engine", needs=((ANY, 1),)), hose], [0])
    (Need(capability=-1, type=0, least=1), Need(capability=0, type=1, least=8))
    """
    wanted = {ANY, *capabilities}
    return tuple(
        sorted(
            Need(capability, number, least)
            for number, kind in enumerate(types)
            for capability, least in kind.needs
            if capability in wanted
        )
    )


def able(needs: Sequence[Need], have: Sequence[float], bits: int) -> int:
    """Tell what a unit can do with what it carries.

    Parameters
    ----------
    needs
        What it must carry.
    have
        Working items (of consumables: amounts) it carries, by type.
    bits
        The capabilities it is built for, as bits.

    Returns
    -------
    int
        Those of `bits` it has everything for; 0 if it lacks what it needs to roll at all.

    Examples
    --------
    >>> able((Need(0, 0, 4), Need(1, 0, 6)), [5.0], 0b11)
    1
    """
    for capability, kind, least in needs:
        if have[kind] < least:
            if capability == ANY:
                return 0
            bits &= ~(1 << capability)
    return bits


def lacks(needs: Sequence[Need], have: Sequence[float]) -> tuple[Lack, ...]:
    """Tell which capability lacks which type, and how many there are of how many needed.

    Examples
    --------
    >>> lacks((Need(0, 0, 4), Need(1, 0, 6)), [5.0])
    (Lack(capability=1, type=0, have=5.0, need=6),)
    """
    return tuple(
        Lack(capability, kind, have[kind], least) for capability, kind, least in needs if have[kind] < least
    )


def equipped(needs: Sequence[Need], have: Sequence[float]) -> float:
    """Give the share of its equipment that a unit has: the mean over its needs of have / need, at most 1.

    Examples
    --------
    >>> equipped((Need(0, 0, 4), Need(1, 1, 2)), [2.0, 5.0])
    0.75
    """
    shares = [min(1.0, have[kind] / least) for _, kind, least in needs if least > 0.0]
    return sum(shares) / len(shares) if shares else 1.0


def carried(
    items: Sequence[Item],
    on_unit: ArrayLike,
    works: ArrayLike,
    amount: ArrayLike,
    shape: tuple[int, int],
) -> Floats:
    """Count the working items on each unit by type; of consumables, their amounts.

    Parameters
    ----------
    items
        All items.
    on_unit
        The unit each is on now, -1 if on none.
    works
        Whether each works (is known to, or does in truth).
    amount
        How much of it there is; 1 for what is not a consumable.
    shape
        Numbers of units and of types.
    """
    units, counts = np.asarray(on_unit, dtype=np.int64), np.zeros(shape)
    there = (units >= 0) & np.asarray(works, dtype=bool)
    kinds = np.array([item.type for item in items], dtype=np.int64)
    np.add.at(counts, (units[there], kinds[there]), np.asarray(amount, dtype=np.float64)[there])
    return counts


def serviceable_rate(is_serviceable: ArrayLike, group: ArrayLike, groups: int) -> Floats:
    """Give the serviceable rate (装备完好率): the share of serviceable items among all, by group.

    Parameters
    ----------
    is_serviceable
        Whether each item is at hand and neither degraded nor out of order.
    group
        The group each belongs to (its type, its team); negative: none.
    groups
        How many groups there are.

    Returns
    -------
    numpy.ndarray
        A share for each group, not a number where a group has no item.

    Examples
    --------
    >>> serviceable_rate([True, False, True], [0, 0, 2], 3).tolist()
    [0.5, nan, 1.0]
    """
    numbers = np.asarray(group, dtype=np.int64)
    within = numbers >= 0
    total = np.bincount(numbers[within], minlength=groups).astype(np.float64)
    good = np.bincount(numbers[within], np.asarray(is_serviceable, dtype=np.float64)[within], groups)
    return np.asarray(np.divide(good, total, out=np.full(groups, np.nan), where=total > 0.0))


def readiness_index(weights: IndexWeights, crew: Any, vehicle: Any, equipment: Any) -> Any:  # noqa: ANN401 - number or array
    """Give the readiness index: the weighted mean of three shares, from 0 to 1.

    Parameters
    ----------
    weights
        How much crew, vehicle and equipment least; they sum to 1.
    crew
        People there, as a share of those needed, at most 1.
    vehicle
        1 if the vehicle can roll, else 0.
    equipment
        Share of the equipment at hand and working (`equipped`).

    Examples
    --------
    >>> readiness_index(IndexWeights(0.4, 0.2, 0.4), crew=0.5, vehicle=1, equipment=1.0)
    0.8
    """
    return weights.crew * crew + weights.vehicle * vehicle + weights.equipment * equipment
