"""What a drill is to be and what people do in it, as data: files, requests and the drill's own record."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

Role = Literal["director", "player", "evaluator", "observer"]
ROLES: tuple[Role, ...] = ("director", "player", "evaluator", "observer")
What = Literal["send", "report", "level", "aid"]
Code = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[\w.:/-]+$")]
_CONTROLS = {number: None for number in range(32) if chr(number) not in "\t\n\r"} | {11: "\n", 12: "\n"}


def _readable(value: object) -> object:
    """Take out of a text what no page or document can show; line breaks of office programs are kept."""
    return value.translate(_CONTROLS) if isinstance(value, str) else value


Text = Annotated[str, BeforeValidator(_readable), Field(max_length=4000)]
Said = Annotated[str, BeforeValidator(_readable), Field(min_length=1, max_length=4000, pattern=r"\S")]
Minutes = Annotated[float, Field(gt=0, le=100_000)]
Tier = Literal[
    "scene",
    "unit_head",
    "call_centre",
    "township",
    "bureau",
    "department",
    "county_government",
    "city_bureau",
    "city_government",
    "province",
    "ministry",
]


class Sheet(BaseModel):
    """What all parts of a drill's data have in common: frozen, nothing unknown."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Title(Sheet):
    """The drill's name in one language or both."""

    zh: Text = ""
    en: Text = ""

    def called(self, lang: str) -> str:
        """Give the name in a language, or in the other one."""
        return (self.zh or self.en) if lang == "zh" else (self.en or self.zh)


class Accident(Sheet):
    """The accident that the drill is about: its kind, where, so many minutes after the drill begins."""

    kind: Code
    site: Code | None = None
    place: Code | None = None
    after_min: Annotated[float, Field(ge=0, le=10_000)] = 5.0
    grade: Annotated[int, Field(ge=1, le=9)] | None = None

    @model_validator(mode="after")
    def _somewhere(self) -> Accident:
        if (self.site is None) == (self.place is None):
            raise ValueError("name either a site or a place")
        return self


class Hold(Sheet):
    """A decision that a player keeps; what is not decided in time falls to the rules, or stays open."""

    what: What
    kinds: tuple[Code, ...] = ()
    tier: Tier | None = None
    limit_min: Minutes | None = 5.0
    then: Literal["rules", "open"] = "rules"


class Player(Sheet):
    """Who takes part: a post or a team, and what it decides; `title` is what reports call it.

    A title may be in both languages, ``中文 / English``; so may all texts of injects, reasons and notes.
    """

    name: Said
    title: Text = ""
    holds: tuple[Hold, ...] = ()


def addressees(names: str) -> tuple[str, ...]:
    """List whom an inject is for, or who is to mend something, as people write them one after another."""
    return tuple(name.strip() for name in re.split("[,，、;；]", names) if name.strip())


class InjectRow(Sheet):
    """An inject as a master list has it (`sim.scenarios.msel.MselRow`)."""

    number: Annotated[str, Field(min_length=1, max_length=20)]
    time: Text = ""
    condition: Text = ""
    sender: Text = ""
    to: Text = ""
    method: Text = ""
    subject: Text = ""
    message: Said
    expected: Text = ""
    expect: Text = ""
    limit_min: Minutes | None = None
    owner: Text = ""
    kind: Literal["contextual", "contingency"] = "contextual"
    enabled: bool = True
    change: Text = ""


class PastRun(Sheet):
    """A run's night taken up: its scenario, seed and replication, as long as the run was.

    `days` is the run's length with its warm-up; `incident` the one that the drill is about.
    """

    days: Annotated[float, Field(gt=0, le=3660)]
    replication: Annotated[int, Field(ge=0)] = 0
    incident: Annotated[int, Field(ge=0)] | None = None


class DrillSpec(Sheet):
    """A drill: a county, a seed, when it begins, the accident, who takes part and what is put in.

    `lead_h` is how long the county runs before the drill begins, so that units are about and things have had
    time to fail; `background` lets the county's other calls go on. With `run` the drill begins at a moment of
    a past run, which is played again up to there (`lead_h` and `background` do not matter then).
    """

    name: Title
    scenario: Annotated[str, Field(min_length=1, max_length=400)]
    seed: Annotated[int, Field(ge=0, lt=2**63)] = 1
    start: datetime
    hours: Annotated[float, Field(gt=0, le=240)] = 6.0
    lead_h: Annotated[float, Field(ge=0, le=720)] = 6.0
    background: bool = True
    accident: Accident | None = None
    run: PastRun | None = None
    players: Annotated[tuple[Player, ...], Field(max_length=100)] = ()
    injects: Annotated[tuple[InjectRow, ...], Field(max_length=2000)] = ()

    @field_validator("start", mode="before")
    @classmethod
    def _plain_start(cls, value: object) -> object:
        start = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
        if not 1900 <= start.year <= 2200:
            raise ValueError("a drill begins between the years 1900 and 2200")
        return start

    @model_validator(mode="after")
    def _each_once(self) -> DrillSpec:
        numbers = [row.number for row in self.injects]
        names = [player.name for player in self.players]
        for what, values in (("inject", numbers), ("player", names)):
            twice = sorted({value for value in values if values.count(value) > 1})
            if twice:
                raise ValueError(f"{what} {', '.join(twice)} stands there twice")
        return self


class SendUnit(Sheet):
    """Send a unit to an incident."""

    do: Literal["send"]
    unit: Code
    incident: int | None = None
    capability: Code | None = None


class TurnBack(Sheet):
    """Stand a unit down that is on its way."""

    do: Literal["stand_down"]
    unit: Code


class Report(Sheet):
    """Report from one level to another."""

    do: Literal["report"]
    sender: Tier
    receiver: Tier
    written: bool = False
    incident: int | None = None


class OpenLevel(Sheet):
    """Open, raise or lower the response level."""

    do: Literal["level"]
    level: Annotated[int, Field(ge=1, le=4)]
    incident: int | None = None


class EndLevel(Sheet):
    """End the response."""

    do: Literal["end_response"]
    incident: int | None = None


class AskForAid(Sheet):
    """Ask the city for help."""

    do: Literal["aid"]
    incident: int | None = None


class HoldOn(Sheet):
    """Take more time for a decision."""

    do: Literal["hold"]
    what: What
    minutes: Minutes | None = None
    incident: int | None = None


class AcceptProposal(Sheet):
    """Do what the rules propose."""

    do: Literal["accept"]
    what: What
    incident: int | None = None


DecisionData = Annotated[
    SendUnit | TurnBack | Report | OpenLevel | EndLevel | AskForAid | HoldOn | AcceptProposal,
    Field(discriminator="do"),
]
"""A decision as people write it; without an incident it is about the drill's own accident."""


class Plain(Sheet):
    """What the director does without more words: the drill's state, and one step of its clock."""

    act: Literal["ready", "start", "resume", "end", "step_event", "next_inject", "check_in"]


class Pause(Sheet):
    """Halt the clock, and say why."""

    act: Literal["pause"]
    reason: Text = ""


class Speed(Sheet):
    """How many seconds of the drill pass in a second."""

    act: Literal["speed"]
    speed: Annotated[float, Field(gt=0, le=3600)]


class Step(Sheet):
    """Go on for so many minutes."""

    act: Literal["step"]
    minutes: Minutes = 1.0


class RunUntil(Sheet):
    """Go on to a moment: ``+25``, ``+1:25``, ``02:25``."""

    act: Literal["run_until"]
    to: Said


class Tick(Sheet):
    """Real time has passed: the drill's clock follows."""

    act: Literal["tick"]
    to_s: Annotated[float, Field(ge=0, le=1e12, allow_inf_nan=False)]


class AddInject(Sheet):
    """Put in an inject that is not in the master list; without time or condition it is given out now."""

    act: Literal["inject"]
    inject: InjectRow


class OfInject(Sheet):
    """Give an inject out now, or leave it out."""

    act: Literal["publish", "skip"]
    number: Said


class Delay(Sheet):
    """Let an inject come later."""

    act: Literal["delay"]
    number: Said
    minutes: Minutes


class Enable(Sheet):
    """Switch an inject on or off."""

    act: Literal["enable"]
    number: Said
    enabled: bool


class Decide(Sheet):
    """A player's decision."""

    act: Literal["decide"]
    decision: DecisionData


class Note(Sheet):
    """What an evaluator saw: a strength, a gap (with who mends it by when), or simply an observation."""

    act: Literal["note"]
    text: Said
    kind: Literal["strength", "gap", "observation"] = "observation"
    owner: Text = ""
    due: Text = ""


class Judge(Sheet):
    """An evaluator's verdict on an expected action that the log cannot judge."""

    act: Literal["judge"]
    number: Said
    verdict: Literal["met", "late", "missed"]


Action = Annotated[
    Plain
    | Pause
    | Speed
    | Step
    | RunUntil
    | Tick
    | AddInject
    | OfInject
    | Delay
    | Enable
    | Decide
    | Note
    | Judge,
    Field(discriminator="act"),
]
"""What somebody does in a drill."""
MAY: dict[str, frozenset[str]] = {
    "player": frozenset({"decide", "check_in"}),
    "evaluator": frozenset({"note", "judge", "check_in"}),
    "observer": frozenset({"check_in"}),
}
"""What each role may do; the director may do all."""
