"""Several levers at once: what each does by itself and together with others, from all combinations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product

import numpy as np
from numpy.typing import ArrayLike

from results.compare import holm, p_value
from results.intervals import LEVEL, Estimate, over_replications

MOST_LEVERS = 5


@dataclass(frozen=True, slots=True)
class Effect:
    """What levers do: one lever its main effect, several their interaction.

    A main effect is the mean change of the figure when the lever is pulled, over all settings of the others.
    An interaction of two is half of how much more the one does with the other pulled than without. `sign` is
    1 or -1 where it can be told (Holm's procedure over all effects), else 0.
    """

    levers: tuple[str, ...]
    change: Estimate
    p: float
    sign: int


def settings(levers: Sequence[str]) -> tuple[tuple[bool, ...], ...]:
    """List all settings of levers, nothing pulled first.

    Examples
    --------
    >>> settings(["a", "b"])
    ((False, False), (True, False), (False, True), (True, True))
    """
    return tuple(tuple(reversed(pulled)) for pulled in product((False, True), repeat=len(levers)))


def effects(
    levers: Sequence[str],
    figures: Mapping[tuple[bool, ...], ArrayLike],
    level: float = LEVEL,
    order: int = 2,
) -> tuple[Effect, ...]:
    """Work out main effects and interactions from a full two-level design.

    Parameters
    ----------
    levers
        Their names.
    figures
        For each of `settings` a value a replication; replications share their fate over all settings, so that
        each gives one value of every effect, and effects have the intervals of Student's t.
    level
        Confidence of each interval.
    order
        Levers in an interaction at most.

    Returns
    -------
    tuple of Effect
        Main effects first; none where fewer than two replications saw the figure at all settings.

    References
    ----------
    A. M. Law, Simulation Modeling and Analysis, 5th ed., McGraw-Hill 2015, section 12.2.

    Examples
    --------
    >>> runs = {(False,): [1.0, 2.0, 4.0], (True,): [2.0, 3.5, 5.0]}
    >>> round(effects(["more units"], runs)[0].change.mean, 3)
    1.167
    """
    points = settings(levers)
    table = np.stack([np.asarray(figures[point], dtype=float) for point in points])
    table = table[:, ~np.isnan(table).any(axis=0)]
    if table.shape[1] < 2:
        return ()
    signs = np.where(np.array(points), 1.0, -1.0)
    groups = [g for size in range(1, order + 1) for g in combinations(range(len(levers)), size)]
    values = [np.prod(signs[:, list(g)], axis=1) @ table / (len(points) / 2) for g in groups]
    adjusted = holm([p_value(each) for each in values])
    found = []
    for group, each, p in zip(groups, values, adjusted, strict=True):
        change = over_replications(each, level)
        sign = int(np.sign(change.mean)) if p <= 1.0 - level and change.mean is not None else 0
        found.append(Effect(tuple(levers[n] for n in group), change, p, sign))
    return tuple(found)
