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
