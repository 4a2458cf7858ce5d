"""Emergency plans as files write them, one a file in `plans/`: triggers, response levels, tasks, contacts."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, Strict, model_validator

from sim.scenarios.fields import AtLeastZero, Code, Names, Part, Positive, Text, WarningLevel, about, wrong

PLAN = "emergency plan"
COUNTY = "county records"

KindWord = Literal["general", "special", "on_site"]
WorkWord = Literal["notify", "duty", "send", "evacuate", "traffic", "command_post", "ask_aid", "publish"]
CertaintyWord = Literal["V", "S", "R", "D", "M", "A"]
ResponseLevel = Annotated[int, Field(ge=1, le=4)]
Count = Annotated[int, Field(ge=1, le=10_000)]
Codes = Annotated[tuple[Code, ...], Strict(False)]


def _somebody(value: object) -> object:
    if value is None or value == "":
        raise wrong("names nobody: say which duty post does it or sees to it")
    return value


Owner = Annotated[Code, BeforeValidator(_somebody)]
"""The duty post that does a task or sees to it."""


class SourceNote(Part):
    """Where something stands, and how sure that is."""

    title: Annotated[Text, Field(min_length=1)] = about("title of the law, standard or plan", "", PLAN)
    article: Text = about("article or section", "", PLAN, default="")
    date: Text = about("when it came into force", "date", PLAN, default="")
    certainty: CertaintyWord = about(
        "V full text read, S secondary page, R a project's own source, D derived, M unverified, A assumption",
        "",
        PLAN,
    )


class Trigger(Part):
    """When a response level opens: all that is said must hold of what the duty leader knows."""

    level: ResponseLevel = about("response level, 1 highest to 4", "", PLAN)
    accident_class: Code | None = about(
        "the accident is of this class or a graver one", "", PLAN, default=None
    )
    grade: Annotated[int, Field(ge=1, le=5)] | None = about(
        "the incident is of this grade or a higher one", "", PLAN, default=None
    )
    warning_level: WarningLevel | None = about(
        "a warning of this level or a graver one is out: 1 red to 4 blue", "", PLAN, default=None
    )
    deaths: Count | None = about("so many deaths or more", "people", PLAN, default=None)
    casualties: Count | None = about(
        "so many dead, injured and missing or more", "people", PLAN, default=None
    )
    lacking: Count | None = about(
        "so many units asked for and not free, or more", "vehicles", PLAN, default=None
    )


class Task(Part):
    """A task: who does what, within how long, after what, and what it takes."""

    code: Code = about("code, unique in the plan", "", "own choice")
    name: Names = about("what is done", "", PLAN)
    work: WorkWord = about("what kind of work it is", "", PLAN)
    owner: Owner = about("code of the duty post that does it or sees to it", "", PLAN)
    within_min: Positive = about("limit, from the moment its response level opened", "min", PLAN)
    lasts_min: AtLeastZero = about("how long it takes once begun", "min", "drill records", default=0.0)
    after: Codes = about("codes of the tasks that must be done before", "", PLAN, default=())
    level: ResponseLevel = about(
        "least grave response level at which it is done; 4: always", "", PLAN, default=4
    )
    needs: dict[Code, Count] = about(
        "units needed on scene, by capability", "vehicles", PLAN, default_factory=dict
    )
    resource: Code | None = about(
        "type of equipment that must be at hand and working", "", PLAN, default=None
    )
    tells: Codes = about("codes of the duty posts to be told", "", PLAN, default=())
    weight: Positive = about("weight in an evaluation", "", "AQ/T 9009", default=1.0)
    source: SourceNote | None = about(
        "where limit and task stand; left out: in the plan's own source", "", PLAN, default=None
    )

    @model_validator(mode="after")
    def _whole(self) -> Task:
        if self.work == "send" and not self.needs:
            raise wrong("sends nobody: say in `needs` how many units of what capability", at="work")
        if self.code in self.after:
            raise wrong("comes after itself", at="after")
        return self


class Covers(Part):
    """What a plan is for."""

    kinds: Codes = about("kinds of incident; left out: all accidents", "", PLAN, default=())
    sites: Codes = about("sites, for an on-site card", "", PLAN, default=())


class PlanFile(Part):
    """An emergency plan."""

    code: Code = about("code of the plan", "", "own choice")
    name: Names = about("what the plan is called", "", PLAN)
    kind: KindWord = about("general plan, special plan, or on-site card", "", "GB/T 29639-2020")
    covers: Covers = about("what it is for", "", PLAN, default_factory=Covers)
    triggers: Annotated[tuple[Trigger, ...], Strict(False), Field(min_length=1)] = about(
        "when which response level opens", "", PLAN
    )
    tasks: Annotated[tuple[Task, ...], Strict(False), Field(min_length=1, max_length=250)] = about(
        "what is done", "", PLAN
    )
    contacts: dict[Code, Annotated[Text, Field(min_length=1)]] = about(
        "telephone that the plan prints, by duty post", "", PLAN, default_factory=dict
    )
    ends_after_min: AtLeastZero = about("from control to the end of the response", "min", PLAN, default=60.0)
    people: Annotated[int, Field(ge=0)] = about(
        "people who live or work within reach of an evacuation", "people", COUNTY, default=0
    )
    source: SourceNote = about("what the plan follows", "", PLAN)

    @model_validator(mode="after")
    def _for_its_kind(self) -> PlanFile:
        if self.kind == "on_site" and not self.covers.sites:
            raise wrong("an on-site card must name its site: covers: {sites: [...]}", at="covers")
        if self.kind == "special" and not self.covers.kinds:
            raise wrong("a special plan must name its kinds of incident: covers: {kinds: [...]}", at="covers")
        if self.kind != "on_site" and self.covers.sites:
            raise wrong("only an on-site card names sites", at="covers")
        return self
