"""Who is reached in time by units that are ready, and how surely: coverage of people and sites.

A point (a road node, a township, a site) is covered at a moment when enough ready units would be there within
the time that is asked. All of it is arithmetic on arrays, nothing is simulated. Everywhere in this room

- `reach_s` holds the seconds each unit needs from the order to the arrival, turnout included and inf where
  there is no way, shape (units, points);
- `ready` tells which units are ready at each moment for what is asked, shape (moments, units), or the
  chances that they are, from 0 to 1; one row alone is one moment; a week has 168 hours;
- `within_s` is the time asked, one for all or shape (points,), for limits that differ in town;
- `slower_s`, where given, holds the seconds by which a unit leaves later at a moment than `reach_s` says (at
  night, or on call from home), shape (moments, units);
- `weights` says how much each point counts: its people, or 1 a site, shape (points,).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

Floats = NDArray[np.floating]
Bools = NDArray[np.bool_]
Ints = NDArray[np.intp]

_NO_CHANCE = -700.0
"""Logarithm that stands for that of 0, and can be multiplied by 0."""


def reached(
    reach_s: ArrayLike, ready: ArrayLike, within_s: ArrayLike, slower_s: ArrayLike | None = None
) -> Floats:
    """Count the ready units that reach each point in time; the expected number where `ready` is a chance.

    Returns
    -------
    numpy.ndarray
        Shape (moments, points).

    Raises
    ------
    ValueError
        Shapes that do not fit, chances outside 0 to 1, times below 0 or not a number.

    Examples
    --------
    Two units, three points; the second unit is ready only at the second moment:

    >>> reached([[60, 400, 900], [300, 200, 900]], [[1, 0], [1, 1]], within_s=480)
    array([[1., 1., 0.],
           [2., 2., 0.]], dtype=float32)
    """
    reach, chance = checked_reach(reach_s, ready)
    return _summed(chance.astype(np.float32), reach, within_s, slower_s)


def covered(
    reach_s: ArrayLike,
    ready: ArrayLike,
    within_s: ArrayLike,
    at_least: int = 1,
    slower_s: ArrayLike | None = None,
) -> Floats:
    """Tell the chance that at least so many ready units reach each point in time.

    1 or 0 where `ready` is known; where it is a chance, units are ready independently of one another.

    Parameters
    ----------
    at_least
        1 for single cover, 2 for double cover (a second unit is there when the first is away), and so on.

    Returns
    -------
    numpy.ndarray
        Shape (moments, points).

    Raises
    ------
    ValueError
        As `reached`; `at_least` below 1.

    References
    ----------
    R. Church, C. ReVelle, The maximal covering location problem, Papers of the Regional Science Association
    32 (1974), doi:10.1007/BF01942293; K. Hogan, C. ReVelle, Concepts and applications of backup coverage,
    Management Science 32 (1986), doi:10.1287/mnsc.32.11.1434.

    Examples
    --------
    >>> covered([[60, 400], [300, 900]], [0.5, 0.5], within_s=480)
    array([[0.75, 0.5 ]], dtype=float32)
    >>> covered([[60, 400], [300, 900]], [True, True], within_s=480, at_least=2)
    array([[1., 0.]], dtype=float32)
    """
    if at_least < 1:
        raise ValueError(f"at_least={at_least}: cover is by one unit or more")
    reach, chance = checked_reach(reach_s, ready)
    if ((chance == 0.0) | (chance == 1.0)).all():
        counts = _summed(chance.astype(np.float32), reach, within_s, slower_s)
        return (counts >= at_least).astype(np.float32)
    if at_least == 1:
        with np.errstate(divide="ignore"):
            none = np.maximum(np.log1p(-chance), _NO_CHANCE).astype(np.float32)
        return -np.expm1(_summed(none, reach, within_s, slower_s))
    return _at_least(chance, reach, within_s, at_least, slower_s)


def share(values: ArrayLike, weights: ArrayLike) -> NDArray[np.float64]:
    """Average what holds at each point by what the points count, moment by moment.

    Parameters
    ----------
    values
        For example what `covered` or `card_covered` gives, shape (moments, points).

    Returns
    -------
    numpy.ndarray
        Shape (moments,).

    Raises
    ------
    ValueError
        Weights below 0, all 0, or not one a point.

    Examples
    --------
    >>> share([[1, 1, 0], [1, 0, 0]], weights=[500, 300, 200])
    array([0.8, 0.5])
    """
    rows = np.atleast_2d(np.asarray(values))
    heavy = checked_weights(weights, rows.shape[1])
    return np.asarray(rows @ heavy / heavy.sum(), dtype=np.float64)


def by_group(values: ArrayLike, weights: ArrayLike, group: ArrayLike, groups: int) -> NDArray[np.float64]:
    """Average what holds at each point within each group of points, as the township each lies in.

    Parameters
    ----------
    values
        Shape (moments, points).
    group
        Number of the group of each point, from 0; a point below 0 is in none. Shape (points,).
    groups
        How many there are.

    Returns
    -------
    numpy.ndarray
        Shape (moments, groups); nan where a group has no weight.

    Raises
    ------
    ValueError
        As `share`; a group that is not there.

    Examples
    --------
    >>> by_group([[1, 1, 0]], weights=[500, 300, 200], group=[0, 1, 1], groups=2)
    array([[1. , 0.6]])
    """
    rows, number = np.atleast_2d(np.asarray(values)), np.asarray(group, dtype=np.intp)
    heavy = checked_weights(weights, rows.shape[1])
    if number.shape != heavy.shape or (number >= groups).any():
        raise ValueError(
            f"group {number.shape}: a number below {groups} is needed for each of {len(heavy)} points"
        )
    inside = number >= 0
    place = (np.flatnonzero(inside), number[inside])
    parts = sparse.csc_array((heavy[inside], place), shape=(len(heavy), groups))
    total = np.bincount(number[inside], heavy[inside], groups)
    with np.errstate(invalid="ignore"):
        return np.asarray((parts.T @ rows.T).T / total, dtype=np.float64)


def card_covered(
    reach_s: ArrayLike,
    ready: ArrayLike,
    card: Sequence[tuple[int, int]],
    within_s: ArrayLike,
    slower_s: ArrayLike | None = None,
) -> Bools:
    """Tell where all that a run card asks for would be there in time, each unit filling one place only.

    A unit that can do two things is counted for either, not for both: the lines can all be filled when, for
    any of them together, there are as many units able to serve one of these as these ask for (P. Hall's
    marriage theorem).

    Parameters
    ----------
    ready
        Which units are ready for each capability, shape (capabilities, moments, units) or (capabilities,
        units) for one moment.
    card
        Capability and count of each line.

    Returns
    -------
    numpy.ndarray
        Shape (moments, points).

    Raises
    ------
    ValueError
        As `reached`; no lines, counts below 1, a capability that is not there.

    References
    ----------
    P. Hall, On representatives of subsets, Journal of the London Mathematical Society 10 (1935),
    doi:10.1112/jlms/s1-10.37.26.

    Examples
    --------
    One unit that can pump and rescue does not fill a card that asks for both; with a second one it is filled:

    >>> card_covered([[60.0], [60.0]], [[1, 0], [1, 0]], [(0, 1), (1, 1)], within_s=300).tolist()
    [[False]]
    >>> card_covered([[60.0], [60.0]], [[1, 1], [1, 0]], [(0, 1), (1, 1)], within_s=300).tolist()
    [[True]]
    """
    able = np.asarray(ready).astype(bool)
    able = able[:, np.newaxis] if able.ndim == 2 else able
    asked: dict[int, int] = {}
    for capability, count in card:
        if count < 1 or not 0 <= capability < len(able):
            raise ValueError(f"run card line ({capability}, {count}): no such capability, or no units asked")
        asked[capability] = asked.get(capability, 0) + count
    if not asked:
        raise ValueError("a run card has one line or more")
    met = np.ones((able.shape[1], np.shape(reach_s)[1]), dtype=bool)
    for some in _together(able, list(asked)):
        counts = reached(reach_s, able[some].any(axis=0), within_s, slower_s)
        met &= counts >= sum(asked[capability] for capability in some)
    return met


def checked_reach(reach_s: ArrayLike, ready: ArrayLike) -> tuple[Floats, NDArray[np.float64]]:
    """Bring times and readiness into shape, (units, points) and (moments, units), or refuse them."""
    reach = np.asarray(reach_s)
    reach = reach if reach.dtype.kind == "f" else reach.astype(float)
    chance = np.atleast_2d(np.asarray(ready)).astype(float)
    if reach.ndim != 2 or chance.ndim != 2 or chance.shape[1] != len(reach):
        raise ValueError(
            f"reach {reach.shape} and ready {chance.shape}: (units, points), (moments, units) needed"
        )
    if not (reach >= 0.0).all():
        raise ValueError("times to reach a point are 0 or more seconds, inf where there is no way")
    if not ((chance >= 0.0) & (chance <= 1.0)).all():
        raise ValueError("units are ready, not ready, or ready with a chance from 0 to 1")
    return reach, chance


def checked_weights(weights: ArrayLike, points: int) -> NDArray[np.float64]:
    """Bring weights into shape, (points,); refuse what cannot be averaged by."""
    heavy = np.asarray(weights, dtype=float)
    if heavy.shape != (points,):
        raise ValueError(f"weights {heavy.shape}: one is needed for each of {points} points")
    if not (np.isfinite(heavy) & (heavy >= 0.0)).all() or not heavy.any():
        raise ValueError("weights are 0 or more, and not all 0")
    return heavy


def _summed(values: Floats, reach: Floats, within_s: ArrayLike, slower_s: ArrayLike | None) -> Floats:
    """Add up, for each moment and point, the values of the units in time, shape (moments, points)."""
    total = np.empty((len(values), reach.shape[1]), dtype=values.dtype)
    for moments, inside in _in_time(reach, within_s, slower_s, len(values)):
        total[moments] = values[moments] @ inside.astype(values.dtype)
    return total


def _in_time(
    reach: Floats, within_s: ArrayLike, slower_s: ArrayLike | None, moments: int
) -> Iterator[tuple[Ints, Bools]]:
    """Give the moments at which units leave equally late, and who is where in time then."""
    limit = np.asarray(within_s, dtype=reach.dtype)
    if slower_s is None:
        yield np.arange(moments), reach <= limit
        return
    late = np.broadcast_to(np.asarray(slower_s, dtype=reach.dtype), (moments, len(reach)))
    rows, which = np.unique(late, axis=0, return_inverse=True)
    for number, row in enumerate(rows):
        yield np.flatnonzero(which.ravel() == number), reach + row[:, np.newaxis] <= limit


def _at_least(
    chance: NDArray[np.float64], reach: Floats, within_s: ArrayLike, wanted: int, slower_s: ArrayLike | None
) -> Floats:
    """Tell the chance that so many of independent units are ready and in time, unit after unit."""
    found = np.zeros((len(chance), reach.shape[1]), dtype=np.float32)
    for moments, inside in _in_time(reach, within_s, slower_s, len(chance)):
        so_many = [np.zeros((len(moments), reach.shape[1]), dtype=np.float32) for _ in range(wanted + 1)]
        so_many[0] += 1.0
        for own, near in zip(chance[moments].T.astype(np.float32), inside, strict=True):
            one_more = own[:, np.newaxis] * near
            so_many[wanted] += so_many[wanted - 1] * one_more
            for count in range(wanted - 1, 0, -1):
                so_many[count] += (so_many[count - 1] - so_many[count]) * one_more
            so_many[0] *= 1.0 - one_more
        found[moments] = so_many[wanted]
    return found


def _together(able: Bools, lines: list[int]) -> Iterator[list[int]]:
    """List the sets of lines that must be looked at together: each alone, and those that share units."""
    for size in range(1, len(lines) + 1):
        for some in combinations(lines, size):
            if size == 1 or all(
                (able[one] & able[[o for o in some if o != one]].any(axis=0)).any() for one in some
            ):
                yield list(some)
