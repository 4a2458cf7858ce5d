"""Chance, in named streams: each draw belongs to a purpose and a thing, so plans face the same nights."""

from __future__ import annotations

import math
import zlib
from functools import cache
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from sim.county import Duration

STREAMS = (
    "arrivals",
    "place",
    "growth",
    "durations",
    "transport",
    "harm",
    "weather",
    "turnout",
    "items",
    "absence",
    "escalation",
    "reports",
    "duty",
)
"""Purposes of draws. Append only: the position is part of every seed."""

_MASK = (1 << 64) - 1
_STEPS = 4096
_FRACTION = 2.0**-53


def stream(seed: int, replication: int, name: str, *key: int) -> np.random.Generator:
    """Open the stream of random numbers of one purpose and one thing.

    Parameters
    ----------
    seed, replication
        The run.
    name
        One of `STREAMS`.
    *key
        What the draws belong to, for example ``key_of(demand.code)``.
    """
    spawn_key = (replication, STREAMS.index(name), *key)
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=spawn_key)))


def key_of(code: str) -> int:
    """Turn a thing's stable code into the number that keys its streams."""
    return zlib.crc32(code.encode())


def hashed(*parts: int, mixed: int = 0) -> int:
    """Mix whole numbers into 64 even bits (SplitMix64; Steele et al. 2014, doi:10.1145/2660193.2660195).

    With the bits of the first parts as `mixed` the later parts give the same bits as all of them together.
    """
    for part in parts:
        mixed = (mixed + part + 0x9E3779B97F4A7C15) & _MASK
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _MASK
        mixed ^= mixed >> 31
    return mixed


def mix_all(mixed: NDArray[np.uint64], part: NDArray[np.uint64] | np.uint64) -> NDArray[np.uint64]:
    """Mix one more whole number each into arrays of bits; the same bits as `hashed` gives one by one."""
    bits = np.atleast_1d(mixed) + part + np.uint64(0x9E3779B97F4A7C15)
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(bits ^ (bits >> np.uint64(31)))


def uniform_of(mixed: int) -> float:
    """Read mixed bits as a uniform draw in [0, 1)."""
    return (mixed >> 11) * _FRACTION


def uniform_after(mixed: int, part: int) -> float:
    """Give the uniform draw in [0, 1) that the bits of some parts and one more part stand for.

    The same bits as ``hashed(..., part)``, written out: this is asked for thousands of times a run.
    """
    bits = (mixed + part + 0x9E3779B97F4A7C15) & _MASK
    bits = ((bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    bits = ((bits ^ (bits >> 27)) * 0x94D049BB133111EB) & _MASK
    return ((bits ^ (bits >> 31)) >> 11) * _FRACTION


def uniform_for(mixed: int, *parts: int) -> float:
    """Give the uniform draw in [0, 1) that belongs to bits and several whole numbers.

    The numbers are folded by multiplication and mixed once: cheaper than `hashed` where there are many.
    """
    folded = 0
    for part in parts:
        folded = (folded * 0x9E3779B97F4A7C15 + part + 1) & _MASK
    return uniform_after(mixed, folded)


def uniforms_of(mixed: NDArray[np.uint64]) -> NDArray[np.float64]:
    """Read arrays of mixed bits as uniform draws in [0, 1)."""
    return np.asarray((mixed >> np.uint64(11)).astype(np.float64) * _FRACTION)


def hashed_normal(*parts: int) -> float:
    """Draw a standard normal that depends on nothing but these numbers (in 4,096 equal steps of chance)."""
    return _normal_steps()[hashed(*parts) & (_STEPS - 1)]


def durations(form: Duration, uniform: NDArray[np.float64]) -> NDArray[np.float64]:
    """Turn uniform draws into durations in seconds by inverting the distribution.

    Parameters
    ----------
    form
        The distribution.
    uniform
        Draws in [0, 1); one duration each.
    """
    if form.form == "constant":
        return np.full(uniform.shape, form.a)
    if form.form == "exponential":
        return -form.a * np.log1p(-uniform)
    normal = ndtri(np.maximum(uniform, 1e-16))
    if form.form == "lognormal":
        return np.asarray(form.a * np.exp(form.b * normal))
    if form.form == "normal":
        return np.maximum(form.a + form.b * normal, 0.0)
    raise ValueError(f"unknown form of distribution: {form.form}")


def mean_s(form: Duration) -> float:
    """Give the mean of a distribution of durations, in seconds (a normal's cut at 0 is left out)."""
    return form.a * math.exp(form.b**2 / 2) if form.form == "lognormal" else form.a


def scaled_s(form: Duration, normal: float) -> float:
    """Give the duration that lies `normal` standard deviations from the middle of its distribution."""
    if form.form == "constant":
        return form.a
    if form.form == "lognormal":
        return form.a * math.exp(form.b * normal)
    return float(durations(form, np.array([NormalDist().cdf(normal)]))[0])


@cache
def _normal_steps() -> tuple[float, ...]:
    return tuple(NormalDist().inv_cdf((step + 0.5) / _STEPS) for step in range(_STEPS))
