"""Who is served first when not everything asked for is free: by priority, then by the time of the alarm."""

from __future__ import annotations

from bisect import bisect_left, insort

Turn = tuple[int, float, int]
"""A place in the line: rank of the priority, time of the alarm in seconds, incident."""


def join(line: list[Turn], turn: Turn) -> None:
    """Put an incident in its place in the line; one that stands there already keeps it.

    Examples
    --------
    >>> line = [(0, 5.0, 1), (1, 2.0, 0)]
    >>> join(line, (0, 9.0, 2))
    ... line
    [(0, 5.0, 1), (0, 9.0, 2), (1, 2.0, 0)]
    """
    if not stands(line, turn):
        insort(line, turn)


def leave(line: list[Turn], turn: Turn) -> None:
    """Take an incident out of the line if it stands there."""
    if stands(line, turn):
        del line[bisect_left(line, turn)]


def stands(line: list[Turn], turn: Turn) -> bool:
    """Tell whether an incident stands in the line."""
    place = bisect_left(line, turn)
    return place < len(line) and line[place] == turn
