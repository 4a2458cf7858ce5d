"""How long things last: turning chance into a turnout, a repair, the life of an item, an answer."""

from __future__ import annotations

import math
from statistics import NormalDist

from readiness.force import Lasting

_NORMAL = NormalDist()
_LEAST = 1e-16
"""A chance of nought stands for this much: the normal distribution has no lower end."""


def lasting_s(lasting: Lasting, uniform: float) -> float:
    """Give the duration that a draw of chance stands for, by inverting its distribution.

    Parameters
    ----------
    lasting
        The distribution: constant, exponential, lognormal or weibull.
    uniform
        A draw in [0, 1); the larger, the longer it lasts.

    Returns
    -------
    float
        Seconds.

    Raises
    ------
    ValueError
        If the form of the distribution is unknown.

    Examples
    --------
    >>> lasting_s(Lasting("lognormal", 300.0, 0.35), 0.5)
    300.0
    >>> round(lasting_s(Lasting("weibull", 100.0, 2.0), 1 - math.exp(-4)), 6)
    200.0
    """
    form, a, b = lasting.form, lasting.a, lasting.b
    if form == "constant":
        return a
    if form == "exponential":
        return -a * math.log1p(-uniform)
    if form == "lognormal":
        return a * math.exp(b * _NORMAL.inv_cdf(max(uniform, _LEAST)))
    if form == "weibull":
        return float(a * (-math.log1p(-uniform)) ** (1.0 / b))
    raise ValueError(f"unknown form of distribution: {form}")
