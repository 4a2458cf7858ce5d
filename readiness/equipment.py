"""How equipment ages, fails, is found out, and is used up: the rules for one item, without a clock."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from readiness.force import ANY, Check, ItemType, Lasting

Floats = NDArray[np.float64]
NEVER = math.inf


def ends_s(fails: Lasting | None, age_s: ArrayLike, uniform: Floats) -> Floats:
    """Tell after how many seconds more items of a type stop working by age.

    An item that works at an age `a` works on for at least `t` with the chance S(a + t) / S(a), where S is the
    chance to live that long. With a constant rate the age does not matter; a Weibull life of shape above 1
    wears out.

    Parameters
    ----------
    fails
        The life by age: exponential, Weibull or constant; None: never.
    age_s
        How old each item is, in seconds; one for all, or one each.
    uniform
        Draws in [0, 1); the larger, the longer it lasts.

    Returns
    -------
    numpy.ndarray
        Seconds from the age given, infinite where an item never fails.

    Raises
    ------
    ValueError
        If lives of that form are unknown.

    Examples
    --------
    >>> ends_s(Lasting("constant", 100.0), [0.0, 40.0, 130.0], np.zeros(3)).tolist()
    [100.0, 60.0, 0.0]
    """
    age = np.broadcast_to(np.maximum(np.asarray(age_s, dtype=np.float64), 0.0), uniform.shape)
    if fails is None:
        return np.full(uniform.shape, NEVER)
    if fails.form == "constant":
        return np.maximum(fails.a - age, 0.0)
    if fails.form in ("exponential", "weibull"):
        return weibull_ends_s(fails.a, fails.b if fails.form == "weibull" else 1.0, age, uniform)
    raise ValueError(f"unknown form of a life: {fails.form}")


def weibull_ends_s(scale_s: float | Floats, shape: float | Floats, age_s: Floats, uniform: Floats) -> Floats:
    """Tell after how many seconds more items stop working by Weibull lives, one for all or one each.

    An exponential life is one of shape 1.

    Examples
    --------
    >>> weibull_ends_s(*(np.array([each]) for each in (100.0, 1.0, 40.0, 0.0))).tolist()
    [0.0]
    """
    lived = np.maximum(age_s, 0.0) / scale_s
    ends: Floats = scale_s * (lived**shape - np.log1p(-uniform)) ** (1.0 / shape) - np.maximum(age_s, 0.0)
    return np.maximum(ends, 0.0)


def last_use(use_p: float, uniform: float) -> float:
    """Tell at which use an item fails: the n-th, geometric, from one draw; infinite if use does not end it.

    Examples
    --------
    >>> [last_use(0.5, uniform) for uniform in (0.0, 0.49, 0.51, 0.76)]
    [1.0, 1.0, 2.0, 3.0]
    """
    if use_p <= 0.0:
        return NEVER
    if use_p >= 1.0:
        return 1.0
    return float(max(math.ceil(math.log1p(-uniform) / math.log1p(-use_p)), 1))


def last_uses(use_p: float | Floats, uniform: Floats) -> Floats:
    """Tell at which use each of several items fails: `last_use` for many draws at once, for chances above 0.

    Examples
    --------
    >>> last_uses(0.5, np.array([0.0, 0.49, 0.51, 0.76])).tolist()
    [1.0, 1.0, 2.0, 3.0]
    """
    fails = np.minimum(use_p, 1.0 - 1e-16)
    return np.maximum(np.ceil(np.log1p(-uniform) / np.log1p(-fails)), 1.0)


def wear(kind: ItemType, incident_kind: int) -> float:
    """Tell how many uses a call of a kind counts for: harsh ones count more."""
    return kind.harsh_factor if incident_kind in kind.harsh else 1.0


def checks_of(checks: Sequence[Check], type_: int, team: int, store: int) -> tuple[Check, ...]:
    """List the regular checks that concern an item where it is now.

    Parameters
    ----------
    checks
        All checks there are.
    type_
        The item's type.
    team, store
        The team on whose unit it is, or the store it lies in; -1 the one that does not apply.

    Examples
    --------
    >>> daily, stock = Check("daily", team=2, every_s=86400.0), Check("stock", store=0, every_s=86400.0)
    >>> [check.code for check in checks_of([daily, stock], 5, team=2, store=-1)]
    ['daily']
    """
    return tuple(
        check
        for check in checks
        if check.every_s is not None and check.finds > 0.0 and concerns(check, type_, team, store)
    )


def concerns(check: Check, type_: int, team: int, store: int) -> bool:
    """Tell whether a check looks at items of a type on a unit of that team, or in that store."""
    if check.type not in (ANY, type_):
        return False
    named = check.team != ANY or check.store != ANY
    return not named or (team >= 0 and check.team == team) or (store >= 0 and check.store == store)


def found_s(
    failed_s: float, checks: Sequence[Check], chance: Callable[[float], float], until_s: float = NEVER
) -> float:
    """Tell when regular checks find a hidden fault: at the first one after it whose draw finds it.

    The draws hang on the moment of the check, not on its number or code. So a calendar with checks added
    between those it had finds every fault as early as before or earlier, with the same chance.

    Parameters
    ----------
    failed_s
        When the fault arose.
    checks
        The checks that concern the item (`checks_of`).
    chance
        A uniform draw in [0, 1) for a check at a moment.
    until_s
        No later check is looked at.

    Returns
    -------
    float
        The moment; infinite if none finds it before `until_s`.

    Examples
    --------
    >>> daily = Check("daily", every_s=24.0, first_s=8.0, finds=0.5)
    >>> found_s(10.0, [daily], lambda moment: 0.9 if moment < 50.0 else 0.1, 1000.0)
    56.0
    """
    found = NEVER
    for check in checks:
        every_s = check.every_s
        if every_s is None:
            continue
        number = checks_before(check.first_s, every_s, failed_s)
        moment, last = check.first_s + number * every_s, min(found, until_s)
        while moment < last:
            if check.finds >= 1.0 or chance(moment) < check.finds:
                found = moment
                break
            number += 1
            moment = check.first_s + number * every_s
    return found


def checks_before(first_s: float, every_s: float, moment_s: float) -> int:
    """Count the moments of a calendar up to and at a moment."""
    return max(0, math.floor((moment_s - first_s) / every_s) + 1)


def next_s(first_s: float, every_s: float, after_s: float) -> float:
    """Tell the first moment of a calendar after another moment.

    Examples
    --------
    >>> next_s(8.0, 24.0, 32.0)
    56.0
    """
    return first_s + checks_before(first_s, every_s, after_s) * every_s


def first_check_s(due_s: float, checks: Sequence[Check]) -> float:
    """Tell when a test that falls due is done: at the next regular check; infinite if there is none."""
    return min(
        (
            next_s(check.first_s, check.every_s, math.nextafter(due_s, -NEVER))
            for check in checks
            if check.every_s is not None
        ),
        default=NEVER,
    )


def expiry_s(kind: ItemType, made_s: float) -> float:
    """Tell when an item of a type expires that was made then; infinite if such items never do."""
    return NEVER if kind.expires_s is None else made_s + kind.expires_s


def due_s(kind: ItemType, item_tested_s: float, after_s: float) -> float:
    """Tell when an item's next test falls due after a moment; infinite if its type needs none."""
    every_s = kind.test_every_s
    return NEVER if every_s is None else next_s(item_tested_s + every_s, every_s, after_s)


def mended_by(kind: ItemType, renew: bool = False) -> str:
    """Tell how an item that does not work is made good.

    One that is worn out is ``repaired``, or ``replaced`` where its type cannot be; one that has expired
    (`renew`) is replaced, or ``overhauled`` where its type cannot be replaced. A consumable past its date is
    always replaced, by a fresh stock. Empty: nothing can be done.
    """
    if kind.repair is None:
        return "replaced" if kind.consumable or kind.replace is not None else ""
    if renew:
        return "overhauled" if kind.replace is None else "replaced"
    return "repaired"


def used_amount(kind: ItemType, incident_kind: int) -> float:
    """Tell how much of a consumable a call of a kind uses."""
    return float(kind.use_amount.get(incident_kind, kind.use_amount.get(ANY, 0.0)))


def cleaning_s(kind: ItemType, incident_kind: int) -> float:
    """Tell how long an item takes to decontaminate after a call of a kind."""
    return kind.clean_s if incident_kind in kind.dirties else 0.0


def refit_s(types: Sequence[ItemType], used: Sequence[int], incident_kind: int) -> float:
    """Tell how much longer a refit takes: by the longest refilling, then the longest cleaning.

    Parameters
    ----------
    types
        All types of equipment.
    used
        The types the unit carries that the call dirtied or used up some of.
    incident_kind
        The kind of call.
    """
    refills = (types[t].restock_s for t in used if used_amount(types[t], incident_kind) > 0.0)
    return max(refills, default=0.0) + max((cleaning_s(types[t], incident_kind) for t in used), default=0.0)
