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
    REPORT_SENT = 46
    """A report sets out; subject: message; text: [report, sender, receiver, written, deaths,
    injuries, loss, class, false, short, rule]."""
    REPORT_RECEIVED = 47
    """A report reaches its receiver, who knows what it says; subject: message and tier
    (`sim.chain`); text: [channel, role, attempts]; "" and 0 where no post had to be called."""
    REPORT_STUCK = 48
    """Somebody is not reached, for a reason and on a channel that are new; subject: message;
    text: [why, channel, post]."""
    HIDDEN = 49
    """Somebody decides to hide the accident from above; subject: tier."""
    FORGOTTEN = 50
    """Somebody does not report what is due, by negligence; subject: tier."""
    FOUND_OUT = 51
    """What was hidden or forgotten comes out; subject: tier that learns of it; text: [how, whose tier,
    deaths, injuries, loss, class]."""
    GRADED = 52
    """The duty leader grades the accident; subject: its class (-1: none); text: what is known."""
    RESPONSE_OPENED = 53
    """A response level opens; subject: plan and level (`sim.command`)."""
    RESPONSE_CHANGED = 54
    """The response level is raised or lowered; subject: plan and level."""
    RESPONSE_ENDED = 55
    """The response ends; subject: plan and level."""
    COMMAND_POST = 56
    """The on-scene command post is set up."""
    AID_ASKED = 57
    """Help is asked for from the city; text: [units missing]."""
    AID_GRANTED = 58
    """The city's teams may be sent to the incident; text: [how]."""
    TASK_BEGUN = 59
    """A task of the plan begins; subject: plan and task (`sim.command`)."""
    TASK_DONE = 60
    """A task of the plan is done; subject: plan and task."""
    TASK_HELD = 61
    """A task cannot go on yet; subject: plan and task; text: [why, what]."""
    TASK_FAILED = 62
    """A task is given up; subject: plan and task; text: [why, what]."""
    ESCALATED = 63
    """The accident grows because it was not contained in time; subject: its new grade."""
    CHANNEL_CUT = 64
    """A channel fails; subject: channel and post (`sim.chain`)."""
    CHANNEL_BACK = 65
    """A channel works again; subject: channel and post."""
    POST_LEFT = 66
    """A duty post is left unmanned; subject: post."""
    POST_MANNED = 67
    """The duty post is manned again; subject: post."""
    REINFORCED = 68
    """More units are asked for than the run card does; subject: plan and task."""
    ROAD_CLOSED = 69
    """A road or bridge is closed; subject: arcs concerned; node: where; text: [what it is called]."""
    ROAD_SLOWED = 70
    """Traffic on a road is slower; subject: arcs concerned; text: [what it is called, factor on speed]."""
    ROAD_OPENED = 71
    """A road or bridge is as usual again; subject: arcs concerned; text: [what it is called]."""
    SITE_CLOSED = 72
    """A site is closed: no accident happens there; subject: site."""
    SITE_OPENED = 73
    """The site is open again; subject: site."""
    POLICY_SET = 74
    """Units are chosen by another dispatch policy; text: [policy]."""
    REBASED = 75
    """The unit belongs to another station from now on; subject: that station."""


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
REPORT_SENT = int(Kind.REPORT_SENT)
REPORT_RECEIVED = int(Kind.REPORT_RECEIVED)
REPORT_STUCK = int(Kind.REPORT_STUCK)
HIDDEN = int(Kind.HIDDEN)
FORGOTTEN = int(Kind.FORGOTTEN)
FOUND_OUT = int(Kind.FOUND_OUT)
GRADED = int(Kind.GRADED)
RESPONSE_OPENED = int(Kind.RESPONSE_OPENED)
RESPONSE_CHANGED = int(Kind.RESPONSE_CHANGED)
RESPONSE_ENDED = int(Kind.RESPONSE_ENDED)
COMMAND_POST = int(Kind.COMMAND_POST)
AID_ASKED = int(Kind.AID_ASKED)
AID_GRANTED = int(Kind.AID_GRANTED)
TASK_BEGUN = int(Kind.TASK_BEGUN)
TASK_DONE = int(Kind.TASK_DONE)
TASK_HELD = int(Kind.TASK_HELD)
TASK_FAILED = int(Kind.TASK_FAILED)
ESCALATED = int(Kind.ESCALATED)
CHANNEL_CUT = int(Kind.CHANNEL_CUT)
CHANNEL_BACK = int(Kind.CHANNEL_BACK)
POST_LEFT = int(Kind.POST_LEFT)
POST_MANNED = int(Kind.POST_MANNED)
REINFORCED = int(Kind.REINFORCED)
ROAD_CLOSED = int(Kind.ROAD_CLOSED)
ROAD_SLOWED = int(Kind.ROAD_SLOWED)
ROAD_OPENED = int(Kind.ROAD_OPENED)
SITE_CLOSED = int(Kind.SITE_CLOSED)
SITE_OPENED = int(Kind.SITE_OPENED)
POLICY_SET = int(Kind.POLICY_SET)
REBASED = int(Kind.REBASED)

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
