"""Choosing the best of several variants with a promised probability, in as few replications as that takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

FIRST = 10
"""Replications of every variant before one is dropped."""
Observe = Callable[[Sequence[int], int, int], ArrayLike]
"""Gives figures of some variants over replications: which variants, the first replication, how many; a row
for each replication."""
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Choice:
    """The best of several variants, chosen.

    With probability `probability` at least, `best` is truly the best wherever it is better than all others by
    `worth` or more. `dropped` tells after how many replications each variant was dropped (None: never),
    `replications` how many were made in all, over all variants. `sure` is False where the cap ended it: then
    `best` is merely the best seen among `left`.
    """

    best: int
    left: tuple[int, ...]
    dropped: tuple[int | None, ...]
    replications: int
    means: tuple[float, ...]
    worth: float
    probability: float
    sure: bool


def best_of(
    observe: Observe,
    k: int,
    worth: float,
    probability: float = 0.95,
    *,
    least: bool = True,
    first: int = FIRST,
    at_most: int = 1000,
    batch: int = 1,
) -> Choice:
    """Choose the best of `k` variants by the fully sequential procedure KN.

    After `first` replications of all, one more of each that is left is made at a time; a variant is dropped
    when another is ahead of it by more than a margin that shrinks to nothing. Variants may share their chance
    (common random numbers): the margins rest on the variances of differences, so that it then ends sooner.

    Parameters
    ----------
    observe
        Makes replications.
    k
        How many variants.
    worth
        The smallest difference that is worth telling.
    probability
        Promised for a correct selection; replications are taken as normal.
    least
        The best has the smallest mean.
    first
        Replications before the first may be dropped.
    at_most
        Replications of each variant at most.
    batch
        How many are made at a time; they are looked at one by one all the same.

    References
    ----------
    S.-H. Kim and B. L. Nelson, A fully sequential procedure for indifference-zone selection in simulation,
    ACM Transactions on Modeling and Computer Simulation 11 (2001), 251-273, doi:10.1145/502109.502111, with
    c = 1.
    """
    sign = -1.0 if least else 1.0
    everyone = list(range(k))
    seen = sign * np.asarray(observe(everyone, 0, first), dtype=float).reshape(first, k)
    race = _Race(seen, worth, 2.0 * eta(k, first, probability) * (first - 1))
    race.screen()
    while len(race.left) > 1 and race.n < at_most:
        size, columns = min(batch, at_most - race.n), list(race.left)
        rows = sign * np.asarray(observe(columns, race.n, size), dtype=float).reshape(size, len(columns))
        race.made += rows.size
        for row in rows:
            if len(race.left) > 1:
                race.add(dict(zip(columns, map(float, row), strict=True)))
                race.screen()
    means = tuple(float(sign * total / n) for total, n in zip(race.sums, race.counts, strict=True))
    best = max(race.left, key=lambda one: (sign * means[one], -one))
    left, dropped = tuple(race.left), tuple(race.dropped)
    return Choice(best, left, dropped, race.made, means, worth, probability, len(left) == 1)


class _Race:
    """The variants in the race: their sums so far, who is left, and when the others were dropped."""

    def __init__(self, seen: Floats, worth: float, h2: float) -> None:
        self.n, k = seen.shape
        self.sums, self.counts = seen.sum(axis=0), np.full(k, self.n)
        self.spreads, self.worth, self.h2 = spread_of_differences(seen), worth, h2
        self.left, self.made = list(range(k)), seen.size
        self.dropped: list[int | None] = [None] * k

    def add(self, row: Mapping[int, float]) -> None:
        """Take in one more replication of those left."""
        self.n += 1
        for one in self.left:
            self.sums[one] += row[one]
            self.counts[one] += 1

    def screen(self) -> None:
        """Drop whom another is too far ahead of; when all margins have run out only one is left."""
        margins = self.worth / 2.0 * (self.h2 * self.spreads / self.worth**2 - self.n)
        best = max(self.left, key=lambda one: (self.sums[one], -one))
        over = all(margins[one, it] < 0.0 for one in self.left for it in self.left if it != one)
        out = [
            one
            for one in self.left
            if (over and one != best)
            or any(
                self.sums[it] - self.sums[one] > max(0.0, margins[one, it]) for it in self.left if it != one
            )
        ]
        for one in out:
            self.dropped[one] = self.n
        self.left = [one for one in self.left if one not in out]


def eta(k: int, first: int, probability: float) -> float:
    """Give the constant of the procedure that follows from the promise.

    Examples
    --------
    >>> round(eta(5, 10, 0.95), 4)
    0.635
    """
    alpha = 1.0 - probability
    return 0.5 * float((2.0 * alpha / (k - 1)) ** (-2.0 / (first - 1)) - 1.0)


def spread_of_differences(seen: Floats) -> Floats:
    """Give the sample variance of the difference of every two columns, shape (k, k)."""
    gaps = seen[:, :, None] - seen[:, None, :]
    spread: Floats = np.var(gaps, axis=0, ddof=1)
    return spread
