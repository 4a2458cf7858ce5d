"""How sure a figure is: confidence intervals over replications, or over batches of one long run."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtrit

LEVEL = 0.95
BATCHES = 20
FEWEST_IN_A_BATCH = 10


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure and how far the true one may be from it.

    `mean` is the average over `n` independent observations (replications or batches), `half_width` half the
    length of the interval that covers the true value with probability `level`. Both are None where nothing
    was observed; `half_width` is None with a single observation, for then nothing can be said. `doubtful`
    marks batches that are still correlated: the interval is then too narrow.
    """

    mean: float | None
    half_width: float | None
    n: int
    level: float = LEVEL
    doubtful: bool = False

    @property
    def low(self) -> float | None:
        """Lower end of the interval."""
        return None if self.mean is None or self.half_width is None else self.mean - self.half_width

    @property
    def high(self) -> float | None:
        """Upper end of the interval."""
        return None if self.mean is None or self.half_width is None else self.mean + self.half_width


def over_replications(values: ArrayLike, level: float = LEVEL) -> Estimate:
    """Estimate from one value per replication, by Student's t.

    The values may be means, quantiles or shares, each computed within its replication: they are independent
    and, as averages, nearly normal. Values that are missing (NaN, None) do not count.

    References
    ----------
    A. M. Law, Simulation Modeling and Analysis, 5th ed., McGraw-Hill 2015, section 9.4.1.

    Examples
    --------
    >>> e = over_replications([1.0, 2.0, 3.0])
    >>> e.mean, round(e.half_width, 3), e.n
    (2.0, 2.484, 3)
    >>> over_replications([5.0]).half_width is None
    True
    """
    observed = _observed(values)
    n = len(observed)
    if n == 0:
        return Estimate(None, None, 0, level)
    if n == 1:
        return Estimate(float(observed[0]), None, 1, level)
    spread = float(np.std(observed, ddof=1))
    return Estimate(float(np.mean(observed)), t_quantile(level, n - 1) * spread / math.sqrt(n), n, level)


def over_batches(
    values: ArrayLike,
    quantile: float | None = None,
    batches: int = BATCHES,
    level: float = LEVEL,
) -> Estimate:
    """Estimate from one long run by batch means.

    The observations, in the order of time, are cut into `batches` equal runs (a rest at the beginning is
    left out of the batches); the batches' means (or quantiles) are taken as independent. Twenty batches:
    fewer widen the interval, more hardly narrow it but make the batches short and correlated. The centre is
    the figure of all observations. With fewer than ten observations a batch there is no interval. Where
    neighbouring batches are correlated (lag 1 above ``1.645 / sqrt(batches)``, a one-sided test at 5 %) the
    estimate is marked doubtful.

    Parameters
    ----------
    values
        Observations of one run after its warm-up, in the order of time; missing ones do not count.
    quantile
        None for the mean, else the quantile wanted, for example 0.9.
    batches
        Number of batches.
    level
        Confidence level.

    References
    ----------
    B. Schmeiser, Batch size effects in the analysis of simulation output, Operations Research 30 (1982),
    doi:10.1287/opre.30.3.556; A. M. Law 2015, section 9.5.3.
    """
    observed = _observed(values)
    centre = _figure(observed[np.newaxis, :], quantile)[0] if len(observed) else None
    size = len(observed) // batches
    if size < FEWEST_IN_A_BATCH:
        return Estimate(centre, None, min(len(observed), 1), level)
    cut = observed[len(observed) - size * batches :].reshape(batches, size)
    figures = _figure(cut, quantile)
    half = t_quantile(level, batches - 1) * float(np.std(figures, ddof=1)) / math.sqrt(batches)
    return Estimate(centre, half, batches, level, lag_one(figures) > 1.645 / math.sqrt(batches))


def lag_one(values: Sequence[float] | NDArray[np.float64]) -> float:
    """Correlation between neighbours in a series; 0 where all are equal."""
    centred = np.asarray(values, dtype=float) - np.mean(values)
    total = float(centred @ centred)
    return float(centred[:-1] @ centred[1:]) / total if total > 0 else 0.0


@functools.cache
def t_quantile(level: float, degrees: int) -> float:
    """Two-sided quantile of Student's t: half the level lies beyond it on either side."""
    return float(stdtrit(degrees, 0.5 + level / 2))


def _observed(values: ArrayLike) -> NDArray[np.float64]:
    numbers: NDArray[np.float64] = np.asarray(values, dtype=float)
    observed: NDArray[np.float64] = numbers[~np.isnan(numbers)]
    return observed


def _figure(rows: NDArray[np.float64], quantile: float | None) -> list[float]:
    figures = rows.mean(axis=1) if quantile is None else np.quantile(rows, quantile, axis=1)
    return [float(figure) for figure in figures]
