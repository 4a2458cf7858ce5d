"""What can happen: the kinds of event, and the shape of one row of the log."""

from __future__ import annotations

import struct
from enum import IntEnum


class Kind(IntEnum):
    """Kinds of event, in the order an incident meets them. Append only: numbers stand in stored logs.

    The meaning of a row's `subject` is given per kind; where nothing is said it is empty.
    """

    CONDITIONS = 0
    """Period of day or weather changed; subject: regime."""
    REPORTED = 1
    """The alarm is raised (the call rings); subject: kind of incident."""
    CALL_ANSWERED = 2
    """A call-taker takes the call."""
    CALL_TAKEN = 3
    """Call handling is over; the incident asks for units; subject: grade."""
    WAITING = 4
    """Something the run card asks for is not free; subject: units missing."""
    ASSIGNED = 5
    """A unit is sent; subject: capability it fills; text: why."""
    EN_ROUTE = 6
    """The unit rolls."""
    ARRIVED = 7
    """The unit is on scene."""
    ASSEMBLED = 8
    """All that the run card asks for is on scene; control begins."""
    CONTROLLED = 9
    """The incident is under control."""
    HOSPITAL_BOUND = 10
    """The unit leaves the scene with a patient; subject: hospital."""
    AT_HOSPITAL = 11
    """The unit reaches the hospital; subject: hospital."""
    CLEAR = 12
    """The unit's work for the incident is over: it may be sent again; subject: station it returns to."""
    RETURNED = 13
    """The unit is back at its station; subject: station."""
    REDIRECTED = 14
    """The unit is taken off an incident on its way there for a more urgent one; subject: that one."""
    CLOSED = 15
    """No unit is left at the incident and it is under control."""
    HARM_KNOWN = 16
    """Deaths, injuries or loss became known; text: totals so far [deaths, injuries, loss]."""
    CLASS_ROSE = 17
    """The accident's legal class rose; subject: class."""
    REFIT = 18
    """Cleaning and refilling begin; the unit cannot be sent; subject: station."""
    REFITTED = 19
    """The unit is cleaned, refilled and ready at its station again; subject: station."""
    PASSED_ON = 20
    """No unit is free and the incident is handed to a neighbouring county; it ends here."""
    SHORT_HANDED = 21
    """Control begins without all that the run card asks for; subject: units missing on scene."""
    STOOD_DOWN = 22
    """The unit is no longer needed before it got there; it turns back; subject: station."""
    STANDING = 23
    """What a unit is believed ready for changed; subject: the capabilities as bits; text: why [code, ...]."""
    STANDBY = 24
    """A unit's crew stands by at another level; subject: level (readiness.force.Level)."""
    RAISED = 25
    """A team's standby is raised; subject: team."""
    LOWERED = 26
    """A team's standby is back at its usual level; subject: team."""
    CREW_RESTS = 27
    """A crew was out too long and rests; the unit it came home with; subject: crew."""
    CREW_RESTED = 28
    """The crew has rested or is relieved; subject: crew."""
    RELOCATED = 29
    """The unit sets out to another station to stand by there; subject: that station."""
    WARNING = 30
    """A warning is issued or ends; subject: its level, 1 red to 4 blue; 0: none holds."""
    TAKEN_OUT = 31
    """The unit is taken out of service; nobody may send it."""
    PUT_BACK = 32
    """The unit is in service again."""
    ITEM_FAILED = 33
    """An item stops working; unit: who carries it (-1: a store); subject: item."""
    ITEM_DEGRADED = 34
    """An item works less well than it should; unit: who carries it; subject: item."""
    ITEM_FOUND = 35
    """It becomes known what an item is really like; subject: item; text: how [code, ...]."""
    ITEM_OUT = 36
    """An item is taken off its unit; subject: item; text: where it goes [code, ...]."""
    ITEM_IN = 37
    """An item is put on a unit, working; subject: item; text: where from [code, ...]."""
    ITEM_MENDED = 38
    """An item is repaired, tested or replaced and works, known to; subject: item; text: how [code]."""
    CONSUMED = 39
    """The unit has used some of a consumable; subject: the stock (item); text: [amount]."""
    RESTOCKED = 40
    """A unit's stock is filled up; subject: the stock; text: [amount, the store's stock]."""
    DELIVERED = 41
    """A store's stock is filled up; subject: the stock; text: [amount]."""
    WILL_NOT_ROLL = 42
    """The unit cannot roll after all; it stays at its station; subject: the item that failed."""
    BROKE_DOWN = 43
    """The unit breaks down on its way; subject: the item that failed."""
    RECOVERED = 44
    """The unit that broke down is back at its station; subject: station."""
    CAPABILITY_LOST = 45
    """The unit on scene cannot do what it was sent for; subject: capability; text: [item]."""


# The kinds as plain numbers, for the clock's loop: looking a member up in an enumeration takes longer.
CONDITIONS = int(Kind.CONDITIONS)
REPORTED = int(Kind.REPORTED)
CALL_ANSWERED = int(Kind.CALL_ANSWERED)
CALL_TAKEN = int(Kind.CALL_TAKEN)
WAITING = int(Kind.WAITING)
ASSIGNED = int(Kind.ASSIGNED)
EN_ROUTE = int(Kind.EN_ROUTE)
ARRIVED = int(Kind.ARRIVED)
ASSEMBLED = int(Kind.ASSEMBLED)
CONTROLLED = int(Kind.CONTROLLED)
HOSPITAL_BOUND = int(Kind.HOSPITAL_BOUND)
AT_HOSPITAL = int(Kind.AT_HOSPITAL)
CLEAR = int(Kind.CLEAR)
RETURNED = int(Kind.RETURNED)
REDIRECTED = int(Kind.REDIRECTED)
CLOSED = int(Kind.CLOSED)
HARM_KNOWN = int(Kind.HARM_KNOWN)
CLASS_ROSE = int(Kind.CLASS_ROSE)
REFIT = int(Kind.REFIT)
REFITTED = int(Kind.REFITTED)
PASSED_ON = int(Kind.PASSED_ON)
SHORT_HANDED = int(Kind.SHORT_HANDED)
STOOD_DOWN = int(Kind.STOOD_DOWN)
STANDING = int(Kind.STANDING)
STANDBY = int(Kind.STANDBY)
RAISED = int(Kind.RAISED)
LOWERED = int(Kind.LOWERED)
CREW_RESTS = int(Kind.CREW_RESTS)
CREW_RESTED = int(Kind.CREW_RESTED)
RELOCATED = int(Kind.RELOCATED)
WARNING = int(Kind.WARNING)
TAKEN_OUT = int(Kind.TAKEN_OUT)
PUT_BACK = int(Kind.PUT_BACK)
ITEM_FAILED = int(Kind.ITEM_FAILED)
ITEM_DEGRADED = int(Kind.ITEM_DEGRADED)
ITEM_FOUND = int(Kind.ITEM_FOUND)
ITEM_OUT = int(Kind.ITEM_OUT)
ITEM_IN = int(Kind.ITEM_IN)
ITEM_MENDED = int(Kind.ITEM_MENDED)
CONSUMED = int(Kind.CONSUMED)
RESTOCKED = int(Kind.RESTOCKED)
DELIVERED = int(Kind.DELIVERED)
WILL_NOT_ROLL = int(Kind.WILL_NOT_ROLL)
BROKE_DOWN = int(Kind.BROKE_DOWN)
RECOVERED = int(Kind.RECOVERED)
CAPABILITY_LOST = int(Kind.CAPABILITY_LOST)

ROW = struct.Struct("<dhhiiiii")
"""One event, packed in 32 bytes: time_s, kind, unit, incident, node, subject, cause, note."""

COLUMNS = (
    ("time_s", "<f8"),
    ("kind", "<i2"),
    ("unit", "<i2"),
    ("incident", "<i4"),
    ("node", "<i4"),
    ("subject", "<i4"),
    ("cause", "<i4"),
    ("note", "<i4"),
)
"""The same row as numpy columns; -1 stands for none; the row's number is the event's number."""
