"""The forms of edit that concern who and what stands by, from bases to rosters."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, Strict, model_validator

from sim.scenarios.edits_fields import SCRIPT, AtMoment, FromStart, Somewhere, Word
from sim.scenarios.fields import AtLeastZero, Clock, Code, StationKind, Text, about, wrong
from sim.scenarios.force_rows import StandbyWord


class AddBase(Somewhere):
    """A new base."""

    do: Literal["add_base"] = "add_base"
    base: Code = about("code of the new base", "", SCRIPT)
    name: Text = about("Chinese or local name", "", SCRIPT, default="")
    name_en: Text = about("English name", "", SCRIPT, default="")
    kind: StationKind = about("kind of station", "", SCRIPT, default="full_time")


class MoveBase(Somewhere):
    """A base moves, with all that stands there."""

    do: Literal["move_base"] = "move_base"
    base: Word = about("the base", "", SCRIPT)


class RemoveBase(FromStart):
    """A base is given up; what stands there moves to another."""

    do: Literal["remove_base"] = "remove_base"
    base: Word = about("the base", "", SCRIPT)
    to: Word | None = about("base to which all that stands there moves", "", SCRIPT, default=None)


class AddTeam(FromStart):
    """A new team, with the roster of one that is there."""

    do: Literal["add_team"] = "add_team"
    team: Code = about("code of the new team", "", SCRIPT)
    name: Text = about("Chinese or local name", "", SCRIPT, default="")
    name_en: Text = about("English name", "", SCRIPT, default="")
    like: Word = about("team whose kind, rules and roster it takes", "", SCRIPT)
    base: Word = about("base at which it stands", "", SCRIPT)


class MoveTeam(FromStart):
    """A team moves to another base with its units."""

    do: Literal["move_team"] = "move_team"
    team: Word = about("the team", "", SCRIPT)
    base: Word = about("base to which it moves", "", SCRIPT)


class RemoveTeam(FromStart):
    """A team is disbanded; its units go."""

    do: Literal["remove_team"] = "remove_team"
    team: Word = about("the team", "", SCRIPT)


class AddUnit(FromStart):
    """A new unit, equipped and manned like one that is there."""

    do: Literal["add_unit"] = "add_unit"
    unit: Code = about("code of the new unit", "", SCRIPT)
    name: Text = about("Chinese or local name", "", SCRIPT, default="")
    name_en: Text = about("English name", "", SCRIPT, default="")
    like: Word = about("unit whose class, abilities, crew and equipment it takes", "", SCRIPT)
    base: Word | None = about("its base; left out: that of the other", "", SCRIPT, default=None)
    team: Word | None = about("who mans it; left out: the team of the other", "", SCRIPT, default=None)


class MoveUnit(AtMoment):
    """A unit moves to another base."""

    do: Literal["move_unit"] = "move_unit"
    unit: Word = about("the unit", "", SCRIPT)
    base: Word = about("base to which it moves", "", SCRIPT)


class RemoveUnit(FromStart):
    """A unit is taken out of the county, with what it carries."""

    do: Literal["remove_unit"] = "remove_unit"
    unit: Word = about("the unit", "", SCRIPT)


class AddItem(FromStart):
    """A new item of equipment."""

    do: Literal["add_item"] = "add_item"
    item: Code = about("code of the new item", "", SCRIPT)
    type: Word = about("type of equipment", "", SCRIPT)
    to: Word = about("unit or store that gets it", "", SCRIPT)
    amount: AtLeastZero | None = about(
        "how much, of what is used up", "as the type says", SCRIPT, default=None
    )


class MoveItem(FromStart):
    """An item is given to another unit or store."""

    do: Literal["move_item"] = "move_item"
    item: Word = about("the item", "", SCRIPT)
    to: Word = about("unit or store that gets it", "", SCRIPT)


class RemoveItem(FromStart):
    """An item is taken away."""

    do: Literal["remove_item"] = "remove_item"
    item: Word = about("the item", "", SCRIPT)


class AddPost(FromStart):
    """A new duty post, with the roster of one that is there."""

    do: Literal["add_post"] = "add_post"
    post: Code = about("code of the new post", "", SCRIPT)
    name: Text = about("Chinese or local name", "", SCRIPT, default="")
    name_en: Text = about("English name", "", SCRIPT, default="")
    like: Word = about("post whose kind, channels and roster it takes", "", SCRIPT)
    where: Word | None = about(
        "place or site it belongs to; left out: that of the other", "", SCRIPT, default=None
    )


class MovePost(FromStart):
    """A duty post belongs to another place or site."""

    do: Literal["move_post"] = "move_post"
    post: Word = about("the post", "", SCRIPT)
    where: Word = about("place or site it belongs to from now on", "", SCRIPT)


class RemovePost(FromStart):
    """A duty post is given up, with its roster."""

    do: Literal["remove_post"] = "remove_post"
    post: Word = about("the post", "", SCRIPT)


class SetShift(FromStart):
    """The hours or days of a shift change."""

    do: Literal["set_shift"] = "set_shift"
    shift: Word = about("the shift", "", SCRIPT)
    from_: Clock | None = about("when it begins", "time of day", SCRIPT, default=None, alias="from")
    to: Clock | None = about("when it ends", "time of day", SCRIPT, default=None)
    days: Annotated[tuple[Annotated[int, Field(ge=1, le=7)], ...], Strict(False)] | None = about(
        "days of the week on which it begins, 1 Monday to 7 Sunday", "", SCRIPT, default=None
    )

    @model_validator(mode="after")
    def _something(self) -> SetShift:
        if self.from_ is None and self.to is None and not self.days:
            raise wrong("changes nothing: say `from`, `to` or `days`")
        return self


class SetStandby(FromStart):
    """The people of a team or post stand by at another level."""

    do: Literal["set_standby"] = "set_standby"
    holder: Word = about("team or duty post", "", SCRIPT)
    level: StandbyWord = about("at the station, or on call", "", SCRIPT)


class SetRoster(FromStart):
    """So many people of a role are on a shift of a team or post; 0: none."""

    do: Literal["set_roster"] = "set_roster"
    holder: Word = about("team or duty post", "", SCRIPT)
    shift: Word = about("the shift", "", SCRIPT)
    role: Word = about("the role", "", SCRIPT)
    count: Annotated[int, Field(ge=0, le=1000)] = about("so many people; 0: none", "people", SCRIPT)
