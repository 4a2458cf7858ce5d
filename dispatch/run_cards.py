"""What an incident still needs, and who can fill it."""

from __future__ import annotations

from collections.abc import Sequence


def missing(required: Sequence[tuple[int, int]], filled: Sequence[int]) -> list[tuple[int, int]]:
    """Tell what a run card still asks for.

    Parameters
    ----------
    required
        Lines of the run card: capability and count.
    filled
        Units already sent, line by line.

    Returns
    -------
    list of tuple
        Capability and count of every line that is not yet full.

    Examples
    --------
    >>> missing([(0, 3), (4, 1)], [3, 0])
    [(4, 1)]
    """
    return [
        (capability, count - have)
        for (capability, count), have in zip(required, filled, strict=True)
        if count > have
    ]


def shortfall(required: Sequence[tuple[int, int]], fleet: Sequence[frozenset[int]]) -> list[tuple[int, int]]:
    """Tell which lines of a run card a fleet could not fill even if every unit stood idle.

    One unit fills one line at a time; lines are matched to units as well as possible.

    Parameters
    ----------
    required
        Lines of the run card: capability and count.
    fleet
        The capabilities of each unit.

    Returns
    -------
    list of tuple
        Capability and the number of units that are missing for it, in the order of the card.

    Examples
    --------
    >>> shortfall([(0, 2), (1, 1)], [frozenset({0, 1}), frozenset({0})])
    [(1, 1)]
    """
    holder: dict[int, int] = {}
    places = [line for line, (_, count) in enumerate(required) for _ in range(count)]

    def seat(place: int, seen: list[bool]) -> bool:
        capability = required[places[place]][0]
        for unit, can in enumerate(fleet):
            if capability in can and not seen[unit]:
                seen[unit] = True
                if unit not in holder or seat(holder[unit], seen):
                    holder[unit] = place
                    return True
        return False

    short = [0] * len(required)
    for place, line in enumerate(places):
        if not seat(place, [False] * len(fleet)):
            short[line] += 1
    return [(capability, lack) for (capability, _), lack in zip(required, short, strict=True) if lack]
