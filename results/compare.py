"""A county and its variants compared on the same chance: what each change does, and what cannot be told."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtr

from results.intervals import LEVEL, Estimate, over_replications, t_quantile
from results.outcome import OF_PLACES, Measure, Outcome, measures_of
from sim.county import County

FEWEST_OF_A_PLACE = 5
"""Replications with calls that a place needs before anything is said of it."""
FIRST_STAGE = 20
"""Replications before an interval's width decides whether to go on."""
SAME = 1e-9
"""A difference below is rounding only."""
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Difference:
    """What a variant changes in a figure: the mean of paired differences, variant less base.

    `change` has an interval that holds together with those of the other variants (Bonferroni); `sign` is 1
    or -1 where Holm's procedure tells, at the same level, that the figure rises or falls, else 0; `p` is
    Holm's adjusted p-value. `variance_ratio` is how many times larger the variance of the difference would
    have been without pairing; None where it cannot be told.
    """

    base: Estimate
    variant: Estimate
    change: Estimate
    p: float | None
    sign: int
    variance_ratio: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """A county and its variants over the same replications.

    `changes` says in words what each variant is, by its name and then language; `differences` is by variant
    and measure; `places` by variant, measure (of `OF_PLACES`) and place.
    """

    county: County
    changes: Mapping[str, Mapping[str, tuple[str, ...]]]
    measures: tuple[Measure, ...]
    replications: int
    days: float
    differences: Mapping[str, Mapping[str, Difference]]
    places: Mapping[str, Mapping[str, Mapping[str, Difference]]]
    level: float = LEVEL

    @property
    def variants(self) -> tuple[str, ...]:
        """The variants' names, in the order given."""
        return tuple(self.differences)


@dataclass(frozen=True, slots=True)
class Stopped:
    """Why replications ended: the half width wanted, and whether it was reached before the cap."""

    wanted: float
    reached: bool


def compare(
    county: County,
    base: Sequence[Outcome],
    variants: Mapping[str, Sequence[Outcome]],
    days: float,
    changes: Mapping[str, Mapping[str, tuple[str, ...]]] | None = None,
    level: float = LEVEL,
) -> Comparison:
    """Compare variants with their base, replication by replication.

    Parameters
    ----------
    county
        The base.
    base, variants
        Outcomes of the same replications, met by the same fate, in the same order.
    days
        The length of a replication.
    changes
        What each variant is, in words.
    level
        Confidence that all intervals of a figure, one for each variant, hold at once.

    References
    ----------
    A. M. Law, Simulation Modeling and Analysis, 5th ed., McGraw-Hill 2015, sections 10.2.1 and 10.3.1;
    S. Holm, A simple sequentially rejective multiple test procedure, Scandinavian Journal of Statistics 6
    (1979), 65-70.
    """
    measures = tuple(one for one in measures_of(county) if _seen(one.code, base))
    by_measure = {
        one.code: differences(
            _figures(base, one.code),
            {name: _figures(runs, one.code) for name, runs in variants.items()},
            level,
        )
        for one in measures
    }
    by_variant = {name: {code: row[name] for code, row in by_measure.items()} for name in variants}
    places = {
        name: {code: place_differences(county, base, runs, code, level) for code in OF_PLACES}
        for name, runs in variants.items()
    }
    told = changes or {name: {} for name in variants}
    return Comparison(county, told, measures, len(base), days, by_variant, places, level)


def differences(
    base: ArrayLike, variants: Mapping[str, ArrayLike], level: float = LEVEL
) -> dict[str, Difference]:
    """Compare the figures of several variants with those of their base, one value a replication each.

    Examples
    --------
    >>> one = differences([10.0, 12.0, 14.0], {"a": [11.0, 13.5, 15.0]})["a"]
    >>> round(one.change.mean, 3), one.sign, round(one.variance_ratio, 1)
    (1.167, 1, 97.0)
    """
    before = np.asarray(base, dtype=float)
    each = 1.0 - (1.0 - level) / max(len(variants), 1)
    pairs = {name: (before, np.asarray(after, dtype=float)) for name, after in variants.items()}
    return _judged(pairs, each, level)


def place_differences(
    county: County, base: Sequence[Outcome], runs: Sequence[Outcome], measure: str, level: float = LEVEL
) -> dict[str, Difference]:
    """Compare the mean of a measure in each place; the places are judged together by Holm's procedure."""
    pairs = {
        place.code: (_of_place(base, measure, place.code), _of_place(runs, measure, place.code))
        for place in county.places
    }
    seen = {code: pair for code, pair in pairs.items() if _both(*pair).sum() >= FEWEST_OF_A_PLACE}
    return _judged(seen, level, level)


def holm(p_values: Sequence[float]) -> list[float]:
    """Adjust p-values so that comparing each with 5 % errs at all in no more than 5 % of cases.

    Examples
    --------
    >>> holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    order = sorted(range(len(p_values)), key=lambda n: (p_values[n], n))
    adjusted, most = [0.0] * len(p_values), 0.0
    for rank, n in enumerate(order):
        most = max(most, min(1.0, (len(order) - rank) * p_values[n]))
        adjusted[n] = most
    return adjusted


def p_value(differences: ArrayLike) -> float:
    """Test whether differences have mean nil, by Student's t; 1 where all are nil.

    Where all are the same, Student's t knows no doubt, however few they are; the sign test does.

    Examples
    --------
    >>> p_value([3.0, 3.0]), p_value([3.0] * 10) < 0.05
    (0.5, True)
    """
    values: Floats = np.asarray(differences, dtype=float)
    n, mean, spread = len(values), float(np.mean(values)), float(np.std(values, ddof=1))
    if spread <= SAME:
        return 1.0 if abs(mean) <= SAME else 2.0 * 0.5**n
    return float(2.0 * stdtr(n - 1, -abs(mean) * math.sqrt(n) / spread))


def variance_ratio(base: ArrayLike, variant: ArrayLike) -> float | None:
    """Tell how many times pairing shrinks the variance of the difference, as measured; None if it is nil."""
    before, after = np.asarray(base, dtype=float), np.asarray(variant, dtype=float)
    both = _both(before, after)
    before, after = before[both], after[both]
    if len(before) < 2:
        return None
    paired = float(np.var(after - before, ddof=1))
    return float(np.var(before, ddof=1) + np.var(after, ddof=1)) / paired if paired > SAME**2 else None


def narrow_enough(differences: ArrayLike, half_width: float, level: float = LEVEL) -> bool:
    """Tell whether replications are enough for a half width, so that one may stop.

    The rule of Chow and Robbins: stop at the first n, from 20 on, with ``t² (s² + 1/n w²) / n <= w²``; the
    term beside the variance keeps a lucky beginning from ending it. (They write the term 1/n for w = 1.)

    References
    ----------
    Y. S. Chow and H. Robbins, On the asymptotic theory of fixed-width sequential confidence intervals for
    the mean, Annals of Mathematical Statistics 36 (1965), doi:10.1214/aoms/1177700156; A. M. Law 2015,
    section 9.4.1.
    """
    values: Floats = np.asarray(differences, dtype=float)
    values = values[~np.isnan(values)]
    n = len(values)
    if n < FIRST_STAGE:
        return False
    spread = float(np.var(values, ddof=1)) + half_width**2 / n
    return bool(t_quantile(level, n - 1) ** 2 * spread / n <= half_width**2)


def needed(estimate: Estimate, half_width: float) -> int | None:
    """Tell about how many replications would bring a half width; None where nothing varied or is known."""
    if not estimate.half_width:
        return None
    return max(estimate.n, math.ceil(estimate.n * (estimate.half_width / half_width) ** 2))


def _judged(pairs: Mapping[str, tuple[Floats, Floats]], each: float, level: float) -> dict[str, Difference]:
    """Compare pairs of columns: intervals at the level `each`, signs by Holm's procedure at `level`.

    What is the same in every replication is none of the procedure's hypotheses: nothing could be said of it.
    """
    gaps = {name: (after - before)[_both(before, after)] for name, (before, after) in pairs.items()}
    tested = [name for name, gap in gaps.items() if len(gap) > 1 and np.any(np.abs(gap) > SAME)]
    adjusted = dict(zip(tested, holm([p_value(gaps[name]) for name in tested]), strict=True))
    found = {}
    for name, (before, after) in pairs.items():
        p = adjusted.get(name, 1.0 if len(gaps[name]) > 1 else None)
        change = over_replications(gaps[name], each)
        told = p is not None and p <= 1.0 - level
        sign = int(np.sign(change.mean)) if told and change.mean is not None else 0
        means = over_replications(before, level), over_replications(after, level)
        found[name] = Difference(*means, change, p, sign, variance_ratio(before, after))
    return found


def _both(before: Floats, after: Floats) -> NDArray[np.bool_]:
    both: NDArray[np.bool_] = ~(np.isnan(before) | np.isnan(after))
    return both


def _seen(code: str, runs: Sequence[Outcome]) -> bool:
    return any(not math.isnan(run.figures.get(code, math.nan)) for run in runs)


def _figures(runs: Sequence[Outcome], code: str) -> Floats:
    return np.array([run.figures.get(code, math.nan) for run in runs], dtype=float)


def _of_place(runs: Sequence[Outcome], measure: str, code: str) -> Floats:
    return np.array([run.places.get(measure, {}).get(code, math.nan) for run in runs], dtype=float)
