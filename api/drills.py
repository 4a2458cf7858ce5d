"""The drill room: drills by number, played on the live county, kept line by line, taken up after a crash."""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from api import drill_review, drill_views
from api.drill_journal import Entry, append, read
from api.drill_model import MAY, ROLES, DrillSpec, InjectRow
from api.drill_play import CLOCK, RUNNING, Play, data_of
from api.drill_stage import set_up
from api.drill_trouble import NoDrill, NotAllowed
from api.service import scenario_folder
from api.trouble import Trouble
from sim.decisions import DrillTrouble
from sim.scenarios.fingerprint import input_files
from sim.scenarios.msel import MselRow, read_msel, write_msel

NUMBER = re.compile(r"[0-9a-f]{12}")
RECORD, SCENARIO = "drill.jsonl", "scenario"
Items = list[dict[str, Any]]


class DrillRoom:
    """All drills of a folder, one folder each.

    Parameters
    ----------
    folder
        Where drills are kept; made if need be.

    Examples
    --------
    >>> room = DrillRoom(folder)  # doctest: +SKIP
    >>> drill = room.create(spec)  # doctest: +SKIP
    >>> room.act(drill, {"act": "ready"}, "director", "Li")  # doctest: +SKIP
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._plays: dict[str, tuple[int, Play]] = {}
        self._lock = threading.RLock()

    def create(self, spec: Mapping[str, Any] | DrillSpec, who: str = "") -> str:
        """Make a drill ready to be looked over; gives its number.

        Raises
        ------
        pydantic.ValidationError
            The spec is not one; every place where it is wrong is named.
        Trouble
            It speaks of something that is not in the county.
        """
        sheet = spec if isinstance(spec, DrillSpec) else DrillSpec.model_validate(dict(spec))
        with self._lock:
            number = self._room_for(scenario_folder(sheet.scenario))
            try:
                play = Play(set_up(sheet, self._record(number).parent / SCENARIO))
                self._begin(number, play, {"spec": sheet.model_dump(mode="json"), "who": who})
            except BaseException:
                shutil.rmtree(self._record(number).parent)
                raise
            return number

    def _room_for(self, scenario: Path) -> str:
        """Make a new drill's folder, with a copy of its scenario; gives its number."""
        number = uuid4().hex[:12]
        copy = self._record(number).parent / SCENARIO
        for name in input_files(scenario):
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(scenario / name, copy / name)
        return number

    def _begin(self, number: str, play: Play, head: Entry) -> None:
        path = self._record(number)
        append(path, {"seq": 0, "wall": _now(), **head})
        self._plays[number] = (path.stat().st_size, play)

    def list(self) -> Items:
        """List the drills, the newest first: number, name, state, when it begins."""
        with self._lock:
            paths = [path for path in self.folder.glob(f"*/{RECORD}") if NUMBER.fullmatch(path.parent.name)]
            paths.sort(key=lambda path: path.stat().st_mtime_ns, reverse=True)
            return [self._card(path.parent.name) for path in paths]

    def _card(self, number: str) -> dict[str, Any]:
        """Sum a drill up in a line; a record that cannot be read is listed as such."""
        try:
            return drill_views.card(number, self.play(number))
        except (ValueError, LookupError, OSError, Trouble, DrillTrouble):
            return drill_views.unreadable(number)

    def get(self, number: str, role: str = "director", who: str = "", lang: str = "zh") -> dict[str, Any]:
        """Show a drill as it stands, as far as a role may see it."""
        with self._lock:
            return drill_views.view(number, self.play(number), _role(role), who, lang)

    def act(self, number: str, action: Mapping[str, Any], role: str, who: str) -> dict[str, Any]:
        """Do something in a drill; it is on the disk before the answer is given.

        Parameters
        ----------
        number
            The drill.
        action
            One of `api.drill_model.Action`.
        role, who
            In which role, and the person's (a player's: the post's) name.

        Returns
        -------
        dict
            The drill's state and clock, and what the action brought.

        Raises
        ------
        Trouble, DrillTrouble
            The role may not do it (`NotAllowed`), or it cannot be done now; nothing has changed.
        pydantic.ValidationError
            It is no action.
        """
        act = data_of(dict(action))
        if act.act not in MAY.get(_role(role), frozenset({act.act})):
            raise NotAllowed("The role {role} may not do that: {act}.", role=role, act=act.act)
        with self._lock:
            play = self.play(number)
            self._catch_up(number, play, act.act)
            entry = self._entry(play, act.model_dump(mode="json"), role, who)
            answer = self._apply(number, play, entry)
            self._keep(number, entry)
            return {**drill_views.clock_of(play), **answer}

    def _entry(self, play: Play, act: dict[str, Any], role: str, who: str) -> Entry:
        return {"seq": play.seq + 1, "wall": _now(), "who": who, "role": role, "act": act}

    def _catch_up(self, number: str, play: Play, act: str) -> None:
        """Let a running drill come up to this moment before something is done in it."""
        now = datetime.now(UTC)
        if act not in CLOCK and play.due_s(now) > play.live.now:
            self._go_on(number, play, play.due_s(now))

    def tick(self, number: str, now: datetime | None = None) -> dict[str, Any]:
        """Let a running drill come up to a real moment; whoever calls this has the clock."""
        with self._lock:
            play = self.play(number)
            self._tick(number, play, now or datetime.now(UTC))
            return drill_views.clock_of(play)

    def _tick(self, number: str, play: Play, now: datetime) -> None:
        due_s = play.due_s(now)
        next_s = play.live.run.clock.next_s
        if due_s > play.live.now and next_s is not None and next_s <= due_s:
            self._go_on(number, play, due_s)

    def _go_on(self, number: str, play: Play, due_s: float) -> None:
        """Let a drill's clock go on to a moment, and keep that."""
        entry = self._entry(play, {"act": "tick", "to_s": due_s}, "director", "")
        self._apply(number, play, entry)
        self._keep(number, entry)

    def _apply(self, number: str, play: Play, entry: Entry) -> dict[str, Any]:
        """Do what an entry says; where the program itself fails, the drill is as its record has it."""
        try:
            return play.apply(entry)
        except (Trouble, DrillTrouble):
            raise
        except Exception:
            self._plays.pop(number, None)
            raise

    def _keep(self, number: str, entry: Entry) -> None:
        """Write an entry down; what cannot be written has not happened."""
        path = self._record(number)
        try:
            append(path, entry)
        except OSError:
            self._plays.pop(number, None)
            raise
        self._plays[number] = (path.stat().st_size, self._plays[number][1])

    def events(self, number: str, after: int = 0, role: str = "director", who: str = "") -> Items:
        """List what has happened since, as far as a role may see it: numbered, in order, each once."""
        with self._lock:
            found: Items = self.play(number).stream.after(after, _role(role), who)
            return found

    def branch(self, number: str, at_s: float | None = None, who: str = "") -> str:
        """Begin another drill that shares this one's past up to a moment; gives its number.

        Parameters
        ----------
        number
            The drill, which stays as it is.
        at_s
            Seconds since the run's start (as `get` gives `now_s`); None: now.
        """
        with self._lock:
            parent = self.play(number)
            moment_s = parent.live.now if at_s is None else at_s
            if not parent.stage.began_s <= moment_s <= parent.live.now:
                raise Trouble("The drill has not been at that moment; it cannot branch there.")
            record = list(read(self._record(number)))[1:]
            entries = [one for one in record if at_s is None or _before(one, at_s)]
            play = Play(parent.stage, parent=number, branched_s=moment_s)
            head = {"spec": parent.stage.spec.model_dump(mode="json"), "who": who}
            other = self._room_for(self._record(number).parent / SCENARIO)
            self._begin(other, play, {**head, "parent": number, "branched_s": moment_s})
            for entry in entries:
                self._once_more(other, play, entry, moment_s)
            if play.state == RUNNING:
                entry = self._entry(play, {"act": "pause", "reason": number}, "director", who)
                play.apply(entry)
                self._keep(other, entry)
            return other

    def _once_more(self, number: str, play: Play, entry: Entry, until_s: float) -> None:
        """Repeat an entry in a branch, its clock no further than a moment."""
        if entry["act"]["act"] == "end":
            return
        again = {key: entry[key] for key in ("seq", "wall", "who", "role", "taken", "at_s", "act")}
        if entry["act"]["act"] in CLOCK and entry["to_s"] > until_s:
            again["act"] = {"act": "tick", "to_s": until_s}
            play.apply(again)
        else:
            again |= {key: entry[key] for key in ("to_taken", "to_s") if key in entry}
            play.apply(again, again=True)
        self._keep(number, again)

    def aar(self, number: str, lang: str, form: str = "html") -> Path:
        """Write a drill's after-action report (``html`` or ``docx``) and give its path."""
        with self._lock:
            return drill_review.write(self._record(number).parent, self.play(number), lang, form)

    def compare(self, numbers: Sequence[str], lang: str) -> Items:
        """Set drills side by side: each moment, in seconds after the alarm, by drill."""
        with self._lock:
            plays = {number: self.play(number) for number in numbers}
            return drill_review.side_by_side(plays, lang)

    def cap(self, number: str, inject: str, lang: str) -> bytes:
        """Give an inject as a CAP 1.2 alert with the status Exercise."""
        with self._lock:
            return drill_review.alert(number, self.play(number), inject, lang)

    def msel(self, number: str, path: Path, lang: str) -> Path:
        """Write a drill's master list of injects as CSV or xlsx."""
        with self._lock:
            rows = list(self.play(number).rows)
        write_msel([MselRow(**row.model_dump()) for row in rows], path, lang)
        return path

    def play(self, number: str) -> Play:
        """Give a drill as it stands, taken up from its record where it is not at hand.

        Raises
        ------
        NoDrill
            There is no such drill.
        """
        path = self._record(number)
        with self._lock:
            if not path.is_file():
                raise NoDrill("There is no drill {number}.", number=number)
            size = path.stat().st_size
            known = self._plays.get(number)
            if known is not None and known[0] == size:
                return known[1]
            play = take_up(path)
            self._plays[number] = (size, play)
            return play

    def _record(self, number: str) -> Path:
        if not NUMBER.fullmatch(number):
            raise NoDrill("There is no drill {number}.", number=number)
        return self.folder / number / RECORD


def _before(entry: Entry, at_s: float) -> bool:
    """Tell whether something was done before a moment; what was decided at that moment is decided anew."""
    anew = entry["act"]["act"] in ("decide", *CLOCK)
    return bool(entry["at_s"] < at_s or (entry["at_s"] == at_s and not anew))


def take_up(path: Path) -> Play:
    """Play a drill's record again, up to its last line."""
    entries = read(path)
    head = next(entries, None)
    if head is None:
        raise Trouble("The record of the drill in {path} is empty.", path=path.parent.name)
    play = Play(set_up(DrillSpec.model_validate(head["spec"]), path.parent / SCENARIO))
    play.parent, play.branched_s = head.get("parent", ""), head.get("branched_s")
    for entry in entries:
        play.apply(entry, again=True)
    return play


def injects_of(path: Path) -> Items:
    """Read a master list as the injects of a spec."""
    names = InjectRow.model_fields
    return [{name: getattr(row, name) for name in names} for row in read_msel(path)]


def _role(role: str) -> str:
    if role not in ROLES:
        raise Trouble("There is no role {role}; there are: {known}.", role=role, known=", ".join(ROLES))
    return role


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
