"""What a unit may do next: its statuses, and which event leads from one to another."""

from __future__ import annotations

from enum import IntEnum

from sim.events import Kind


class Status(IntEnum):
    """What a unit is doing."""

    AT_BASE = 0
    TURNING_OUT = 1
    EN_ROUTE = 2
    ON_SCENE = 3
    TO_HOSPITAL = 4
    AT_HOSPITAL = 5
    RETURNING = 6
    REFITTING = 7
    BROKEN_DOWN = 8


class IllegalMove(Exception):
    """An event that cannot follow from the state it meets: a fault of the program, never of the user."""


def _moves(*pairs: tuple[Status, Status]) -> tuple[int | None, ...]:
    legal = dict(pairs)
    return tuple(int(legal[status]) if status in legal else None for status in Status)


WHATEVER_IT_DOES = (
    Kind.STANDING,
    Kind.STANDBY,
    Kind.CREW_RESTS,
    Kind.CREW_RESTED,
    Kind.TAKEN_OUT,
    Kind.PUT_BACK,
    Kind.ITEM_FAILED,
    Kind.ITEM_DEGRADED,
    Kind.ITEM_FOUND,
    Kind.ITEM_OUT,
    Kind.ITEM_IN,
    Kind.ITEM_MENDED,
    Kind.CONSUMED,
    Kind.RESTOCKED,
    Kind.CAPABILITY_LOST,
    Kind.REBASED,
)
"""Events that concern a unit and leave its status as it is."""

_S = Status
MOVES: tuple[tuple[int | None, ...], ...] = tuple(
    {
        Kind.ASSIGNED: _moves((_S.AT_BASE, _S.TURNING_OUT), (_S.RETURNING, _S.TURNING_OUT)),
        Kind.REDIRECTED: _moves((_S.TURNING_OUT, _S.AT_BASE), (_S.EN_ROUTE, _S.RETURNING)),
        Kind.EN_ROUTE: _moves((_S.TURNING_OUT, _S.EN_ROUTE)),
        Kind.ARRIVED: _moves((_S.EN_ROUTE, _S.ON_SCENE)),
        Kind.HOSPITAL_BOUND: _moves((_S.ON_SCENE, _S.TO_HOSPITAL)),
        Kind.AT_HOSPITAL: _moves((_S.TO_HOSPITAL, _S.AT_HOSPITAL)),
        Kind.STOOD_DOWN: _moves((_S.TURNING_OUT, _S.AT_BASE), (_S.EN_ROUTE, _S.RETURNING)),
        Kind.CLEAR: _moves((_S.ON_SCENE, _S.RETURNING), (_S.AT_HOSPITAL, _S.RETURNING)),
        Kind.RETURNED: _moves((_S.RETURNING, _S.AT_BASE)),
        Kind.REFIT: _moves((_S.AT_BASE, _S.REFITTING)),
        Kind.REFITTED: _moves((_S.REFITTING, _S.AT_BASE)),
        Kind.RELOCATED: _moves((_S.AT_BASE, _S.RETURNING)),
        Kind.WILL_NOT_ROLL: _moves((_S.TURNING_OUT, _S.AT_BASE)),
        Kind.BROKE_DOWN: _moves((_S.EN_ROUTE, _S.BROKEN_DOWN)),
        Kind.RECOVERED: _moves((_S.BROKEN_DOWN, _S.AT_BASE)),
        **{kind: tuple(int(status) for status in Status) for kind in WHATEVER_IT_DOES},
    }.get(kind, _moves())
    for kind in Kind
)
"""Legal moves: by kind of event and status of the unit, the status that follows; None is illegal."""
