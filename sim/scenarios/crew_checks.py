"""Teams and crews that do not fit: units at another station than their team, crews of two teams."""

from __future__ import annotations

from sim.scenarios.drafts import Draft
from sim.scenarios.force_rows import crew_need

OF_A_CREW = ("crew", "crew_min", "crew_roles", "crew_for", "forward")


def check_crews(draft: Draft) -> None:
    """Report units and crews that do not fit their team."""
    stations = {row.code: row.station for _, row in draft.rows("teams")}
    teams: dict[str, tuple[str, int]] = {}
    for number, row in draft.rows("units"):
        if row.team is None:
            _without_team(draft, number)
            continue
        home = stations.get(row.team)
        if home is not None and home != row.station:
            message = "stands at {station}, but its team {team} stands by at {home}"
            values = {"station": row.station, "team": row.team, "home": home}
            draft.problems.append(draft.cell("units", number, "team", message, **values))
        if row.crew is not None:
            team, first = teams.setdefault(row.crew, (row.team, draft.line("units", number)))
            if team != row.team:
                message = "is a crew of team {team} in line {first}; a crew belongs to one team"
                values = {"team": team, "first": first}
                draft.problems.append(draft.cell("units", number, "crew", message, **values))
        _beyond(draft, number)
    _idle(draft)


def _without_team(draft: Draft, number: int) -> None:
    """Report what is said of the crew of a unit that has no team."""
    row = draft.tables["units"].rows[number]
    for column in OF_A_CREW:
        if getattr(row, column):
            message = "says something of a crew, but no team is named"
            draft.problems.append(draft.cell("units", number, column, message))


def _beyond(draft: Draft, number: int) -> None:
    """Note people asked for a capability that the unit does not have."""
    row = draft.tables["units"].rows[number]
    for text in row.crew_for:
        capability = crew_need(text)[0]
        if capability not in row.capabilities and capability in draft.known.get("capabilities", ()):
            message = "asks for people for {capability}, which this unit is not capable of"
            draft.notes.append(draft.cell("units", number, "crew_for", message, capability=capability))


def _idle(draft: Draft) -> None:
    """Note teams that man nothing."""
    if not draft.whole("units"):
        return
    manning = {row.team for _, row in draft.rows("units")}
    for number, row in draft.rows("teams"):
        if row.code not in manning:
            draft.notes.append(draft.cell("teams", number, "code", "mans no unit"))
