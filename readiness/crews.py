"""When teams hand over, who of those on duty mans which crew, and what that crew can do.

People of a team are counted by role. A crew asks for places: so many of a role, and so many people in all. It
takes the people for its places in an order that never changes: those of the very role first, then those who
count as it, the least versatile first. That is the greedy rule of a transversal matroid (Edmonds & Fulkerson
1965, doi:10.6028/jres.069B.016): one more person in a team leaves at least as many to every crew after it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from readiness.calendar import Turn
from readiness.force import ANY, Crew, Force, Level, Manning, Role

People = tuple[int, ...]
"""How many people of each role, by the role's number."""


def handovers(force: Force, turns_by_row: Sequence[Sequence[Turn]]) -> list[tuple[float, int]]:
    """List when a shift on station takes over in a team, as (time in seconds, team), in this order."""
    moments = {
        (turn.begin_s, row.holder)
        for row, row_turns in zip(force.roster, turns_by_row, strict=True)
        if row.level != Level.ON_CALL
        for turn in row_turns
    }
    return sorted(moments)


def man(crews: Sequence[Crew], people: Sequence[int], roles: Sequence[Role]) -> tuple[People, ...]:
    """Share out the people of one team among its crews, in the order of the crews.

    Each crew takes people for the roles that any of its units asks for, to roll or for a capability (of each
    role as many as the unit that asks for most of it): those of the role itself, then those who count as it,
    the least versatile first. Then it takes others, the least versatile first, up to as many people as its
    most demanding unit asks for. Who is left stays in reserve. Of two equally versatile roles that comes
    first which more others can stand in for.

    Parameters
    ----------
    crews
        The crews of one team.
    people
        How many people of each role are there.
    roles
        All roles.

    Returns
    -------
    tuple of tuples of int
        Per crew, how many people of each role man it; nobody is counted twice. One more person never makes a
        crew unfit for anything, and leaving out a crew changes nothing for those before it.

    Examples
    --------
    >>> roles = (Role("commander", frozenset({1})), Role("firefighter"))
    >>> engine = Crew("E1", 0, (0,), ((Manning(3, ((0, 1),)),),))
    >>> man([engine, engine], [2, 3], roles)
    ((1, 2), (1, 1))
    """
    left = list(people)
    manned = []
    for crew in crews:
        places, in_all = _asks(crew, len(left))
        taken = _seated(places, left, roles)
        short = in_all - sum(taken)
        for role in _least_versatile_first(roles):
            more = max(0, min(short, left[role] - taken[role]))
            taken[role] += more
            short -= more
        left = [before - now for before, now in zip(left, taken, strict=True)]
        manned.append(tuple(taken))
    return tuple(manned)


def fit(
    manning: Sequence[Manning], crew_people: Sequence[int], roles: Sequence[Role]
) -> tuple[bool, frozenset[int]]:
    """Tell whether a unit can roll with these people, and the capabilities it lacks people for.

    Parameters
    ----------
    manning
        What the unit asks for. To be ready for a capability it takes the people to roll as well as those for
        the capability: of each role the larger number of the two, and of people in all.
    crew_people
        How many people of each role man it; one person fills one place.
    roles
        All roles.

    Returns
    -------
    rolls
        Whether it can roll at all.
    lacking
        Capabilities in `manning` that it lacks people for; all of them when it cannot roll.

    Examples
    --------
    >>> roles = (Role("technician", frozenset({1})), Role("firefighter"))
    >>> manning = (Manning(3), Manning(3, ((0, 2),), capability=7))
    >>> fit(manning, [1, 2], roles)
    (True, frozenset({7}))
    """
    roll = tuple(need for need in manning if need.capability == ANY)
    lacking = frozenset(
        need.capability
        for need in manning
        if need.capability != ANY and not _enough((*roll, need), crew_people, roles)
    )
    return _enough(roll, crew_people, roles), lacking


@lru_cache(maxsize=1024)
def _asks(crew: Crew, roles: int) -> tuple[People, int]:
    """Give the places that a crew asks for, by role, and how many people it takes in all."""
    places = _places((need for unit in crew.manning for need in unit), roles)
    return places, max((_in_all(unit, roles) for unit in crew.manning), default=0)


def _in_all(unit: Sequence[Manning], roles: int) -> int:
    """Give how many people a unit asks for, when it is to be ready for the most demanding capability."""
    roll = [need for need in unit if need.capability == ANY]
    ways = [[*roll, need] for need in unit]
    return max((max(_most(way), sum(_places(way, roles))) for way in ways), default=0)


def _most(needs: Iterable[Manning]) -> int:
    return max((need.people for need in needs), default=0)


def _places(needs: Iterable[Manning], roles: int) -> People:
    """Give the places by role: of each role as many as the need that asks for most of it."""
    places = [0] * roles
    for need in needs:
        for role, count in need.roles:
            places[role] = max(places[role], count)
    return tuple(places)


def _enough(needs: Sequence[Manning], people: Sequence[int], roles: Sequence[Role]) -> bool:
    """Tell whether people meet all of several needs at once."""
    places = _places(needs, len(people))
    return sum(people) >= _most(needs) and sum(_seated(places, people, roles)) == sum(places)


def _seated(places: People, people: Sequence[int], roles: Sequence[Role]) -> list[int]:
    """Choose people for as many places as can be filled: the very role first, then the least versatile."""
    own = [min(asked, there) for asked, there in zip(places, people, strict=True)]
    free = [asked - there for asked, there in zip(places, own, strict=True)]
    if not any(free):
        return own
    seats = [[0] * len(places) for _ in places]
    for role, count in enumerate(own):
        seats[role][role] = count
    for role in _least_versatile_first(roles):
        while sum(seats[role]) < people[role] and _seat(role, seats, free, roles):
            pass
    return [sum(row) for row in seats]


def _seat(person: int, seats: list[list[int]], free: list[int], roles: Sequence[Role]) -> bool:
    """Find a place for one more person of a role, if need be by moving others to other places.

    `seats` says how many people of a role (first) sit in places of a role (second); it and `free` change.
    """
    came_from: dict[int, tuple[int, int] | None] = {person: None}
    queue = [person]
    for mover in queue:
        for place in (mover, *sorted(roles[mover].counts_as)):
            if free[place]:
                free[place] -= 1
                _move(mover, place, seats, came_from)
                return True
            for sitting in range(len(free)):
                if seats[sitting][place] and sitting not in came_from:
                    came_from[sitting] = mover, place
                    queue.append(sitting)
    return False


def _move(
    mover: int, place: int, seats: list[list[int]], came_from: dict[int, tuple[int, int] | None]
) -> None:
    """Let everyone along the way that `_seat` found move up by one place."""
    seats[mover][place] += 1
    step = came_from[mover]
    while step is not None:
        taker, vacated = step
        seats[mover][vacated] -= 1
        seats[taker][vacated] += 1
        mover, step = taker, came_from[taker]


@lru_cache(maxsize=256)
def _order(counts_as: tuple[frozenset[int], ...]) -> tuple[int, ...]:
    stand_ins = [sum(role in others for others in counts_as) for role in range(len(counts_as))]
    return tuple(sorted(range(len(counts_as)), key=lambda role: (len(counts_as[role]), -stand_ins[role])))


def _least_versatile_first(roles: Sequence[Role]) -> tuple[int, ...]:
    """Order roles by how many others they count as; of equals, first the one most others stand in for."""
    return _order(tuple(role.counts_as for role in roles))
