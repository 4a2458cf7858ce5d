"""How busy each unit is when units help one another out: Larson's hypercube queueing model.

Calls come at random from demand atoms (townships, road nodes). Each atom has its order of preference among
the units; the first one that is free goes. A call that finds none free is lost (passed on to a neighbour) or
waits in a queue, first come first served. `exact` solves all states of up to 14 units, `approximate` takes
any number of units.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from readiness.busy_states import balance, busy_units, first_free, flows_up
from readiness.erlang import busy_counts, correction

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

MOST_EXACT = 14
"""Units that `exact` takes: each one more doubles the states."""
_ALWAYS = 1.0 - 1e-9
_SETTLED = 1e-10
_MOST_STEPS = 2_000


@dataclass(frozen=True, slots=True, eq=False)
class Hypercube:
    """How units share the calls in the long run.

    Attributes
    ----------
    workload
        Share of its time each unit is busy, shape (units,).
    at_once
        Share of an atom's calls that each unit takes the moment they come, shape (atoms, units).
    not_at_once
        Share of an atom's calls that find none of its units free, and are lost or wait, shape (atoms,).
    from_queue
        Share of the calls that waited which each unit takes, shape (units,); all 0 where calls are lost.
    mean_queue
        Calls waiting, on average; 0 where calls are lost.
    """

    workload: Floats
    at_once: Floats
    not_at_once: Floats
    from_queue: Floats
    mean_queue: float

    @property
    def dispatch(self) -> Floats:
        """Share of an atom's calls that each unit takes, sooner or later, shape (atoms, units)."""
        waited: Floats = np.outer(self.not_at_once, self.from_queue)
        return self.at_once + waited


def preferences(reach_s: ArrayLike) -> Ints:
    """Order the units by how soon they reach each atom; ties go to the lower number.

    Parameters
    ----------
    reach_s
        Seconds from the order to the arrival, inf where there is no way, shape (units, atoms).

    Returns
    -------
    numpy.ndarray
        Units in the order in which they are asked, shape (atoms, units).

    Examples
    --------
    >>> preferences([[60, 300], [90, 120], [90, 200]]).tolist()
    [[0, 1, 2], [1, 2, 0]]
    """
    return np.argsort(np.asarray(reach_s), axis=0, kind="stable").T


def exact(
    calls_per_s: ArrayLike, preference: ArrayLike, service_s: ArrayLike, *, queue: bool = False
) -> Hypercube:
    """Solve the hypercube model exactly, by the balance of all states of free and busy units.

    Calls are Poisson, service times exponential with a mean of each unit's own. With a queue the states in
    which calls wait form a geometric tail behind the state in which all are busy.

    Parameters
    ----------
    calls_per_s
        Calls of each atom a second, shape (atoms,).
    preference
        Units in the order in which they are asked, shape (atoms, asked). Where fewer are asked than there
        are, a call is lost as soon as these are busy (partial backup); not with a queue.
    service_s
        Mean seconds a unit is busy with a call, one for all or shape (units,).
    queue
        Calls that find no unit free wait; otherwise they are lost.

    Raises
    ------
    ValueError
        More than 14 units, shapes that do not fit, a unit asked twice, rates below 0, service times not
        above 0, or a queue that grows without end.

    References
    ----------
    R. C. Larson, A hypercube queuing model for facility location and redistricting in urban emergency
    services, Computers & Operations Research 1 (1974), doi:10.1016/0305-0548(74)90076-8.

    Examples
    --------
    Three units, four kinds of calls (Larson & Odoni, Urban Operations Research, 5.4):

    >>> order = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [2, 0, 1]]
    >>> exact([0.5, 0.25, 0.35, 0.4], order, 1.0, queue=True).workload.round(4)
    array([0.5574, 0.4734, 0.4693])
    """
    calls, order, service = _checked(calls_per_s, preference, service_s)
    if service.ndim > 1:
        raise ValueError("in the exact model service times may depend on the unit only")
    units, rate = len(service), 1.0 / service
    if units > MOST_EXACT:
        raise ValueError(
            f"{units} units: the exact model takes {MOST_EXACT} at most, use the approximate one"
        )
    load = float(calls.sum() / rate.sum())
    if queue:
        _check_queue(load, order, units)
    if load == 0.0:
        return _idle(order, units)
    orders, atom, calls = _alike(order, calls)
    first = first_free(orders, units)
    chance = balance(flows_up(first, calls, units), rate)
    if queue:
        chance[-1] /= 1.0 - load
        chance /= chance.sum()
    taken = np.array([np.bincount(row, chance, units + 1) for row in first])[atom]
    return Hypercube(
        workload=chance @ busy_units(units),
        at_once=taken[:, :units],
        not_at_once=taken[:, units],
        from_queue=rate / rate.sum() if queue else np.zeros(units),
        mean_queue=float(chance[-1] * load / (1.0 - load)) if queue else 0.0,
    )


def approximate(
    calls_per_s: ArrayLike, preference: ArrayLike, service_s: ArrayLike, *, queue: bool = False
) -> Hypercube:
    """Estimate the hypercube model for any number of units, from one equation a unit.

    That the units asked first are busy is taken as independent but for a factor (`correction`), that of units
    asked in random order. In 800 random counties of 3 to 8 units, busy 5 to 90 % of their time, workloads
    were 0.005 from the exact ones on average, 0.047 at worst, shares of calls 0.049 at worst. Service times
    may depend on the atom as well as on the unit: they then hold the way there.

    Parameters
    ----------
    calls_per_s
        Calls of each atom a second, shape (atoms,).
    preference
        All units in the order in which they are asked, shape (atoms, units).
    service_s
        Mean seconds a unit is busy with a call: one for all, shape (units,) or shape (atoms, units).
    queue
        Calls that find no unit free wait; otherwise they are lost.

    Raises
    ------
    ValueError
        Shapes that do not fit, not all units asked, rates below 0, service times not above 0, or a queue that
        grows without end.
    ArithmeticError
        No workloads are found that agree with themselves.

    References
    ----------
    R. C. Larson, Approximating the performance of urban emergency service systems, Operations Research 23
    (1975), doi:10.1287/opre.23.5.845; J. P. Jarvis, Approximating the equilibrium behavior of multi-server
    loss systems, Management Science 31 (1985), doi:10.1287/mnsc.31.2.235, for unequal service times.

    Examples
    --------
    The same three units as in `exact` (Larson & Odoni 5.5.3 stop after three steps, 0.0001 from this):

    >>> order = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [2, 0, 1]]
    >>> approximate([0.5, 0.25, 0.35, 0.4], order, 1.0, queue=True).workload.round(4)
    array([0.5626, 0.4717, 0.4657])
    """
    calls, order, service = _checked(calls_per_s, preference, service_s)
    units = service.shape[-1]
    _check_approximate(float(calls.sum() * service.mean() / units), order, service, queue=queue)
    if not calls.any():
        return _idle(order, units)
    atom = np.arange(len(calls))
    if service.ndim == 1:
        order, atom, calls = _alike(order, calls)
    work = np.broadcast_to(calls[:, np.newaxis] * service, (len(calls), units))
    workload, at_once, counts = _settle(calls, order, work, queue=queue)
    load = float(work[:, 0].sum() / units)
    return Hypercube(
        workload=workload,
        at_once=at_once[atom],
        not_at_once=np.full(len(atom), counts[-1]),
        from_queue=np.full(units, 1.0 / units if queue else 0.0),
        mean_queue=float(counts[-1] * load / (1.0 - load)) if queue else 0.0,
    )


def _checked(
    calls_per_s: ArrayLike, preference: ArrayLike, service_s: ArrayLike
) -> tuple[Floats, Ints, Floats]:
    """Bring the inputs of both models into shape: calls (atoms,), preference (atoms, asked), service."""
    calls = np.atleast_1d(np.asarray(calls_per_s, dtype=float))
    order = np.atleast_2d(np.asarray(preference, dtype=np.intp))
    service = np.asarray(service_s, dtype=float)
    if service.ndim == 0:
        service = np.full(order.max(initial=-1) + 1, float(service))
    units = service.shape[-1]
    if calls.ndim > 1 or order.ndim > 2 or len(order) != len(calls) or not len(calls):
        raise ValueError(f"calls {calls.shape} and preference {order.shape}: one row an atom is needed")
    if service.ndim > 2 or (service.ndim == 2 and len(service) != len(calls)):
        raise ValueError(f"service times {service.shape}: (units,) or (atoms, units) is needed")
    if (
        not (np.isfinite(calls).all() and np.isfinite(service).all())
        or (calls < 0).any()
        or (service <= 0).any()
    ):
        raise ValueError("calls must be 0 or more a second, service times above 0")
    ranked = np.sort(order, axis=1)
    if not order.size or (order < 0).any() or (order >= units).any() or (np.diff(ranked, axis=1) == 0).any():
        raise ValueError(f"each atom asks some of the units 0 to {units - 1}, none of them twice")
    return calls, order, service


def _check_queue(load: float, order: Ints, units: int) -> None:
    if order.shape[1] != units:
        raise ValueError(f"with a queue every atom asks all {units} units, not {order.shape[1]}")
    if load >= 1.0:
        raise ValueError(f"the units are asked for {load:.3g} times what they can do: the queue has no end")


def _check_approximate(load: float, order: Ints, service: Floats, *, queue: bool) -> None:
    units = service.shape[-1]
    if order.shape[1] != units:
        raise ValueError(f"the approximate model asks all {units} units, not {order.shape[1]}")
    if queue and np.ptp(service) > 0.0:
        raise ValueError("with a queue the approximate model needs one service time for all")
    if queue:
        _check_queue(load, order, units)


def _alike(order: Ints, calls: Floats) -> tuple[Ints, Ints, Floats]:
    """Put atoms of the same preference together: the orders, each atom's order, and the orders' calls."""
    orders, atom = np.unique(order, axis=0, return_inverse=True)
    atom = atom.ravel()
    return orders, atom, np.bincount(atom, calls, len(orders)).astype(float)


def _idle(order: Ints, units: int) -> Hypercube:
    """Describe units that are never called: whoever is asked first would go."""
    none = np.zeros(units)
    return Hypercube(none, np.eye(units)[order[:, 0]], np.zeros(len(order)), none, 0.0)


def _settle(calls: Floats, order: Ints, work: Floats, *, queue: bool) -> tuple[Floats, Floats, Floats]:
    """Find workloads that agree with the calls they lead to; give them, those calls, and the busy counts."""
    units = order.shape[1]
    workload, at_once = np.full(units, 0.5), np.full(order.shape, 1.0 / units)
    pace, gap = 0.5, np.inf
    for _ in range(_MOST_STEPS):
        mean_s = float((work * at_once).sum() / (calls @ at_once).sum())
        counts = busy_counts(mean_s * float(calls.sum()), units, queue=queue)
        at_once = _asked_in_turn(order, workload, counts)
        better = _worked(work, at_once, workload, float(counts[-1]) if queue else 0.0)
        better *= float(np.arange(units + 1) @ counts) / better.sum()
        gap, before = float(np.abs(better - workload).max()), gap
        if gap < _SETTLED:
            at_once *= (1.0 - counts[-1]) / at_once.sum(axis=1, keepdims=True)
            return better, at_once, counts
        pace *= 1.0 if gap < before else 0.8
        workload = np.minimum(workload + pace * (better - workload), _ALWAYS)
    raise ArithmeticError(f"the workloads do not settle in {_MOST_STEPS} steps")


def _asked_in_turn(order: Ints, workload: Floats, counts: Floats) -> Floats:
    """Share out each atom's calls among the units asked in turn, shape (atoms, units)."""
    busy = workload[order]
    before = np.cumprod(np.column_stack([np.ones(len(order)), busy[:, :-1]]), axis=1)
    taken = correction(counts) * before * (1.0 - busy)
    at_once = np.empty_like(taken)
    np.put_along_axis(at_once, order, taken, axis=1)
    return at_once


def _worked(work: Floats, at_once: Floats, workload: Floats, waiting: float) -> Floats:
    """Tell each unit's workload from what it takes while free and its even share of what waited."""
    asked = (work * at_once).sum(axis=0) / (1.0 - workload)
    waited = work.sum(axis=0) * waiting / len(workload)
    better: Floats = (asked + waited) / (1.0 + asked)
    return better
