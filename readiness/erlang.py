"""How many of some units that are all alike are busy, and how that ties their being busy together."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaln, xlogy

Floats = NDArray[np.float64]


def busy_counts(offered: float, units: int, *, queue: bool = False) -> Floats:
    """Tell how many units are busy where all are alike: the chances of Erlang's loss or waiting system.

    Parameters
    ----------
    offered
        Calls a second times mean seconds of service, in Erlang; below `units` with a queue.
    units
        How many there are.
    queue
        Calls that find all busy wait; otherwise they are lost.

    Returns
    -------
    numpy.ndarray
        Chance that 0, 1, ... units are busy, shape (units + 1,). The last is Erlang's B, or his C with a
        queue.

    References
    ----------
    L. Kleinrock, Queueing Systems I, Wiley 1975, sections 3.4 and 3.5.

    Examples
    --------
    >>> busy_counts(1.5, 3)[-1].round(4), busy_counts(1.5, 3, queue=True)[-1].round(4)
    (np.float64(0.1343), np.float64(0.2368))
    """
    busy = np.arange(units + 1)
    logs = xlogy(busy, offered) - gammaln(busy + 1)
    if queue:
        logs[-1] -= np.log1p(-offered / units)
    chance: Floats = np.exp(logs - logs.max())
    chance /= chance.sum()
    return chance


def correction(counts: ArrayLike) -> Floats:
    """Correct the chance of busy, busy, ..., free units for their dependence.

    If units were busy independently, each with chance r, the unit asked after k busy ones would be the first
    free one with chance ``r**k * (1 - r)``. Where units are alike and asked in random order it is so with
    ``correction[k]`` times that.

    Parameters
    ----------
    counts
        Chance that 0, 1, ... units are busy, shape (units + 1,); see `busy_counts`.

    Returns
    -------
    numpy.ndarray
        Larson's Q, shape (units,). All 1 where nobody is ever busy.

    References
    ----------
    R. C. Larson 1975, doi:10.1287/opre.23.5.845, equation 20.

    Examples
    --------
    Three units, each busy half its time (Larson & Odoni, Urban Operations Research, 5.5.3):

    >>> correction(busy_counts(1.5, 3, queue=True)).round(5)
    array([1.     , 0.73684, 0.63158])
    """
    chance = np.asarray(counts, dtype=float)
    units = len(chance) - 1
    busy = np.arange(units + 1)
    share = float(busy @ chance) / units
    if share == 0.0:
        return np.ones(units)
    asked, more = np.arange(units)[:, np.newaxis], busy[:-1]
    with np.errstate(divide="ignore"):
        logs = (
            _log_binomial(units - asked - 1, more - asked) - _log_binomial(units, more) + np.log(chance[:-1])
        )
    ratio: Floats = np.exp(logs - asked * np.log(share) - np.log1p(-share))
    factor: Floats = np.where(more >= asked, ratio, 0.0).sum(axis=1)
    return factor


def _log_binomial(n: NDArray[np.integer] | int, k: NDArray[np.integer]) -> Floats:
    """Logarithm of the number of ways to choose k of n; -inf where k is not from 0 to n."""
    return np.where(
        (k >= 0) & (k <= n), gammaln(n + 1) - gammaln(k + 1) - gammaln(np.maximum(n - k, 0) + 1), -np.inf
    )
