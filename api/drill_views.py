"""A drill as people see it: clock, units, incidents, decisions due, injects, reports with time left."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from api.drill_play import Play
from api.drill_stream import STAMP, may_see
from dispatch.reporting import Tier, Verdict
from results.chain.histories import Reports
from results.chain.words import content_told, copies_told, report_called, rule_cited, tier_called
from results.wording import called, clock, told_in
from sim.drill import DUE
from sim.moves import Status
from sim.record import log_frame


def card(number: str, play: Play) -> dict[str, Any]:
    """Sum a drill up in a line."""
    spec = play.stage.spec
    return {
        "id": number,
        "name": spec.name.model_dump(),
        "scenario": play.stage.county.code,
        "start": spec.start.isoformat(),
        **clock_of(play),
    }


def unreadable(number: str) -> dict[str, Any]:
    """Sum up a drill whose record cannot be read."""
    nothing = {"now_s": 0.0, "clock": "", "elapsed_s": 0.0, "speed": 1.0, "last_seq": 0}
    name = dict.fromkeys(("zh", "en"), number)
    return {"id": number, "name": name, "scenario": "", "start": "", "state": "unreadable", **nothing}


def clock_of(play: Play) -> dict[str, Any]:
    """Tell a drill's state and where its clock stands; a running one's goes on between events."""
    stage, now_s = play.stage, play.due_s(datetime.now(UTC))
    return {
        "state": play.state,
        "speed": play.speed,
        "now_s": now_s,
        "clock": clock(stage.county.start, now_s),
        "elapsed_s": now_s - stage.began_s,
        "last_seq": len(play.stream.items),
        "status": "Exercise",
    }


def view(number: str, play: Play, role: str, who: str, lang: str) -> dict[str, Any]:
    """Show a drill as far as a role may see it."""
    leads = role in ("director", "evaluator")
    shown = {
        **card(number, play),
        "stamp": STAMP[lang].strip(" –"),
        "role": role,
        "players": [
            {"name": player.name, "title": told_in(player.title or player.name, lang)}
            for player in play.stage.spec.players
        ],
        "units": _units(play, lang),
        "incidents": _incidents(play, lang),
        "decisions_due": [
            point for point in _points(play) if leads or (role == "player" and point["player"] == who)
        ],
        "messages": [
            item for item in play.stream.items if item["type"] == "inject" and may_see(item, role, who)
        ],
    }
    if leads:
        shown |= {
            "injects": _injects(play),
            "pauses": [
                {"since": h.since, "until": h.until, "at_s": h.at_s, "reason": h.reason} for h in play.halts
            ],
            "reports_due": _reports(play, lang),
            "present": play.present,
            "next": _next(play),
        }
    return shown


def _units(play: Play, lang: str) -> list[dict[str, Any]]:
    county, state = play.stage.county, play.live.run.state
    return [
        {
            "code": unit.code,
            "name": called(unit.names, lang),
            "status": Status(state.status[n]).name.lower(),
            "since_s": state.since[n],
            "incident": state.task[n] if state.task[n] >= 0 else None,
            "station": called(county.stations[state.station[n]].names, lang),
            "ready": bool(state.standing[n]),
            "arrives_s": _arrives_s(play, n),
        }
        for n, unit in enumerate(county.units)
    ]


def _arrives_s(play: Play, unit: int) -> float | None:
    trip = play.live.run.journeys.trips[unit]
    on_way = play.live.run.state.status[unit] == Status.EN_ROUTE
    return float(trip.arrives_s) if trip is not None and on_way else None


def _incidents(play: Play, lang: str) -> list[dict[str, Any]]:
    county, run = play.stage.county, play.live.run
    shown = []
    for number, entry in sorted(run.state.open.items()):
        lacking = dict(zip([line for line, _ in entry.required], entry.filled, strict=False))
        shown.append(
            {
                "incident": number,
                "own": number == play.stage.accident,
                "kind": called(county.kinds[entry.kind].names, lang),
                "reported_s": run.fate.time_s[number],
                "needs": [
                    {
                        "capability": county.capabilities[line],
                        "name": called(county.capability_names[line], lang),
                        "wanted": count,
                        "sent": lacking.get(line, 0),
                    }
                    for line, count in entry.required
                ],
                "units": [county.units[unit].code for unit in entry.units],
                "on_scene": sum(run.state.status[unit] == Status.ON_SCENE for unit in entry.units),
                "controlled": entry.controlled,
                "lon": run.fate.lon[number],
                "lat": run.fate.lat[number],
            }
        )
    return shown


def _points(play: Play) -> list[dict[str, Any]]:
    """List the decisions that wait for somebody, with the seconds left."""
    live, now_s = play.live, play.due_s(datetime.now(UTC))
    return [
        {
            "number": point.number,
            "what": point.what,
            "incident": point.incident,
            "tier": Tier(point.tier).name.lower() if point.tier >= 0 else None,
            "player": point.player,
            "since_s": point.since_s,
            "left_s": None if point.due_s is None else point.due_s - now_s,
            "then": "rules" if point.lapses else "open",
        }
        for point in live.players.points
        if not point.ended
    ]


def _injects(play: Play) -> list[dict[str, Any]]:
    script = play.live.script
    return [
        {
            **row.model_dump(),
            "stands": script.stands[n],
            "planned_s": script.planned_s[n],
            "published_s": script.published_s[n],
        }
        for n, row in enumerate(play.rows)
    ]


def _next(play: Play) -> dict[str, Any] | None:
    script = play.live.script
    planned = [(s, n) for n, s in enumerate(script.planned_s) if s is not None and script.stands[n] == DUE]
    if not planned:
        return None
    at_s, number = min(planned)
    return {"number": play.rows[number].number, "at_s": at_s, "left_s": at_s - play.live.now}


def _reports(play: Play, lang: str) -> list[dict[str, Any]]:
    """List the reports that the law asks for now, with the seconds left, and those that came too late."""
    county, accident, run = play.stage.county, play.stage.accident, play.live.run
    if county.chain is None or accident < 0 or accident not in run.state.open:
        return []
    reports = Reports(county, log_frame(county, run.log), run.now)
    return [
        {
            "sender": tier_called(found.rule.sender, lang),
            "receiver": tier_called(found.rule.receiver, lang),
            "report": report_called(found.rule.report, lang),
            "verdict": found.verdict.name.lower(),
            "due_s": found.due_s,
            "left_s": found.due_s - run.now if found.due_s and found.verdict is Verdict.OPEN else None,
            "rule": rule_cited(found.rule, lang),
            "content": content_told(found.rule, lang),
            "copies": copies_told(found.rule, lang),
        }
        for found in reports.findings(accident)
        if found.verdict is not Verdict.NOT_DUE
    ]
