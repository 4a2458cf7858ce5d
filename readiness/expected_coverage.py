"""How surely people are reached in time when units may be at work elsewhere: coverage to be expected.

Arrays are those of `readiness.coverage`. From rough to fine: `expected` takes units as busy independently of
one another, `expected_adjusted` as busy together, the hypercube tells who goes and how busy that makes each.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from readiness.coverage import Floats, checked_reach, checked_weights, covered, reached, share
from readiness.erlang import busy_counts, correction
from readiness.hypercube import Hypercube, approximate, preferences


def expected(
    reach_s: ArrayLike,
    ready: ArrayLike,
    busy: ArrayLike,
    within_s: ArrayLike,
    slower_s: ArrayLike | None = None,
) -> Floats:
    """Tell the chance that a ready unit which is not busy reaches each point in time (MEXCLP).

    Units are busy independently of one another. With one chance p for all, a point in reach of n ready units
    is covered with ``1 - p**n``.

    Parameters
    ----------
    busy
        Chance that a unit is at work when it is asked for: one for all, shape (units,), or (moments, units).

    Returns
    -------
    numpy.ndarray
        Shape (moments, points); average it with `share`.

    Raises
    ------
    ValueError
        As `reached`; chances of being busy outside 0 to 1.

    References
    ----------
    M. S. Daskin, A maximum expected covering location model: formulation, properties and heuristic solution,
    Transportation Science 17 (1983), doi:10.1287/trsc.17.1.48.

    Examples
    --------
    >>> expected([[60, 400], [300, 900]], [True, True], busy=0.3, within_s=480).round(2)
    array([[0.91, 0.7 ]], dtype=float32)
    """
    reach, chance = checked_reach(reach_s, ready)
    engaged = np.asarray(busy, dtype=float)
    if not ((engaged >= 0.0) & (engaged <= 1.0)).all():
        raise ValueError("chances of being busy lie from 0 to 1")
    return covered(reach, chance * (1.0 - engaged), within_s, slower_s=slower_s)


def expected_adjusted(
    reach_s: ArrayLike,
    ready: ArrayLike,
    busy: float,
    within_s: ArrayLike,
    slower_s: ArrayLike | None = None,
) -> NDArray[np.float64]:
    """Tell the same as `expected` for units that help one another out and so are busy together (AMEXCLP).

    Each further unit asked counts with Larson's correction for as many units as are ready at the moment. The
    workload is taken to be the same for all, and as high whoever is ready.

    Parameters
    ----------
    ready
        Which units are ready; no chances here.
    busy
        Share of its time a ready unit is at work, below 1.

    Returns
    -------
    numpy.ndarray
        Shape (moments, points); average it with `share`.

    Raises
    ------
    ValueError
        As `reached`; chances in `ready`; `busy` not from 0 to below 1.

    References
    ----------
    R. Batta, J. M. Dolan, N. N. Krishnamurthy, The maximal expected covering location problem: revisited,
    Transportation Science 23 (1989), doi:10.1287/trsc.23.4.277.

    Examples
    --------
    >>> expected_adjusted([[60, 400], [300, 900]], [True, True], 0.3, within_s=480).round(4)
    array([[0.8615, 0.7   ]])
    """
    reach, chance = checked_reach(reach_s, ready)
    if not ((chance == 0.0) | (chance == 1.0)).all() or not 0.0 <= busy < 1.0:
        raise ValueError("units are ready or not here, and busy to a share from 0 to below 1")
    counts = reached(reach, chance, within_s, slower_s).astype(np.intp)
    at_hand = chance.sum(axis=1).astype(int)
    found = np.zeros(counts.shape)
    for units in np.unique(at_hand[at_hand > 0]):
        asked = correction(busy_counts(busy * units, int(units), queue=True)) * busy ** np.arange(units)
        chances = np.concatenate(([0.0], np.cumsum(asked * (1.0 - busy))))
        found[at_hand == units] = chances[counts[at_hand == units]]
    return found


def expected_by_hypercube(
    reach_s: ArrayLike, model: Hypercube, weights: ArrayLike, within_s: ArrayLike
) -> float:
    """Tell the share covered when the hypercube says who goes: calls taken at once by a unit that is in time.

    Parameters
    ----------
    model
        The units' model, its atoms the points, in their order.

    Raises
    ------
    ValueError
        Shapes that do not fit; weights as in `share`.

    Examples
    --------
    >>> from readiness.hypercube import exact
    >>> reach_s = [[60, 400], [300, 900]]
    >>> model = exact([0.2, 0.1], preferences(reach_s), 1.0)
    >>> round(expected_by_hypercube(reach_s, model, [1, 1], within_s=480), 4)
    0.8679
    """
    inside = np.asarray(reach_s, dtype=float) <= np.asarray(within_s)
    if inside.T.shape != model.at_once.shape:
        raise ValueError(f"reach {inside.shape} does not fit a model of shape {model.at_once.shape}")
    return float(share((model.at_once * inside.T).sum(axis=1), weights)[0])


def hypercube_by_moment(
    reach_s: ArrayLike,
    ready: ArrayLike,
    calls_per_s: ArrayLike,
    service_s: ArrayLike,
    weights: ArrayLike,
    within_s: ArrayLike,
) -> NDArray[np.float64]:
    """Tell the share covered at each moment when the ready units share the calls as the hypercube says.

    Those ready are asked in the order of their times; a call that finds none free is lost. One approximate
    model is solved for each different set of ready units.

    Parameters
    ----------
    ready
        Which units are ready; no chances here.
    calls_per_s
        Calls of each point a second, shape (points,).
    service_s
        Mean seconds a unit is busy with a call: one for all or shape (units,).

    Returns
    -------
    numpy.ndarray
        Shape (moments,).

    Raises
    ------
    ValueError
        As `reached` and `readiness.hypercube.approximate`; chances in `ready`.

    Examples
    --------
    >>> hypercube_by_moment(
    ...     [[60, 400], [300, 900]], [[1, 1], [0, 1]], [0.2, 0.1], 1.0, [1, 1], within_s=480
    ... ).round(4)
    array([0.8685, 0.3846])
    """
    reach, chance = checked_reach(reach_s, ready)
    if not ((chance == 0.0) | (chance == 1.0)).all():
        raise ValueError("units are ready or not here")
    seconds = np.broadcast_to(np.asarray(service_s, dtype=float), (len(reach),))
    sets, moment = np.unique(chance > 0.0, axis=0, return_inverse=True)
    found = np.zeros(len(sets))
    for number, on in enumerate(sets):
        if on.any():
            model = approximate(calls_per_s, preferences(reach[on]), seconds[on])
            found[number] = expected_by_hypercube(reach[on], model, weights, within_s)
    return found[moment.ravel()]


def lost_by_leaving(
    reach_s: ArrayLike, free: ArrayLike, busy: float, weights: ArrayLike, within_s: ArrayLike
) -> NDArray[np.float64]:
    """Tell how much expected coverage is lost for a while when each of the free units leaves alone.

    A point in reach of n free units loses ``(1 - p) * p**(n - 1)`` of its weight when one of them leaves.

    Parameters
    ----------
    free
        Which units could be sent now, shape (units,).
    busy
        Chance that a unit is at work when it is asked for.

    Returns
    -------
    numpy.ndarray
        Share of all weight, shape (units,); 0 for units that are not free.

    Raises
    ------
    ValueError
        As `reached` and `share`.

    References
    ----------
    C. J. Jagtenberg, S. Bhulai, R. D. van der Mei, Dynamic ambulance dispatching: is the closest-idle policy
    always optimal?, Health Care Management Science 20 (2017), doi:10.1007/s10729-016-9368-0, section 5.

    Examples
    --------
    Both units cover the first point, only the first one the second:

    >>> lost_by_leaving([[60, 400], [300, 900]], [True, True], 0.5, [1, 1], within_s=480)
    array([0.375, 0.125])
    """
    reach, chance = checked_reach(reach_s, free)
    heavy = checked_weights(weights, reach.shape[1])
    inside = (reach <= np.asarray(within_s)) & (chance.T > 0.0)
    left = np.maximum(inside.sum(axis=0) - 1, 0)
    return np.asarray(inside @ (heavy * (1.0 - busy) * busy**left) / heavy.sum(), dtype=np.float64)
