"""Edits in words, as somebody types them in English or Chinese: ``close bridge qinglong``, ``关闭青龙桥``."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from sim.scenarios.edits import edits_of
from sim.scenarios.edits_forms import WORDS, moment_text, when
from sim.scenarios.fields import START_FORM
from sim.scenarios.problems import Problem, ScenarioError

WHEN = r"(?:\d{4}-\d\d-\d\d \d\d:\d\d|\d{1,2}:\d\d|\+[\ddhmin]+)"
POINT = re.compile(r"(-?\d+(?:\.\d+)?)\s*[,，]\s*(-?\d+(?:\.\d+)?)")

AT_EN = re.compile(rf"\s+(?:at|from|on)\s+(?P<at>{WHEN})(?=\s|$)")
UNTIL_EN = re.compile(rf"\s+(?:until|till|to)\s+(?P<until>{WHEN})$")
FOR_EN = re.compile(r"\s+for\s+(?P<n>\d+(?:\.\d+)?)\s*(?P<unit>d|days?|h|hours?|min|minutes?)$")
SPAN_ZH = re.compile(
    rf"[，,]?\s*(?:于|在|从|自)?\s*(?P<at>{WHEN})\s*(?:起|开始)?\s*"
    rf"(?:(?:至|到|直到|-|—|~)\s*(?:次日|第二天)?\s*(?P<until>{WHEN})\s*(?:为止|止)?)?\s*[，,]?"
)
UNTIL_ZH = re.compile(
    rf"[，,]?\s*(?:直到|至|到|-|—|~)\s*(?:次日|第二天)?\s*(?P<until>{WHEN})\s*(?:为止|止)?$"
)
FOR_ZH = re.compile(r"[，,]?\s*持续\s*(?P<n>\d+(?:\.\d+)?)\s*(?P<unit>天|小时|分钟|分)$")
SECONDS = {"d": 86400.0, "h": 3600.0, "m": 60.0, "天": 86400.0, "小": 3600.0, "分": 60.0}

THING = {"base": "base", "station": "base", "team": "team", "unit": "unit", "post": "post", "item": "item"}
KINDS_ZH = {
    "驻地": "base",
    "站点": "base",
    "队伍": "team",
    "车辆": "unit",
    "岗位": "post",
    "装备": "item",
    "风险点": "site",
    "预案": "plan",
}
COLOURS = {"red": 1, "orange": 2, "yellow": 3, "blue": 4, "红色": 1, "橙色": 2, "黄色": 3, "蓝色": 4}
NUMERALS = {"一": 1, "二": 2, "三": 3, "四": 4, "Ⅰ": 1, "Ⅱ": 2, "Ⅲ": 3, "Ⅳ": 4, "I": 1, "II": 2}

EXAMPLES = "close bridge qinglong at 20:00 until 06:00; move unit E7 to base B3; 关闭青龙桥; 把E7调到B3"
"""Phrases that are understood, shown where one is not."""


def edits_of_words(phrases: str | Sequence[str]) -> tuple[Any, ...]:
    """Understand edits in words.

    Parameters
    ----------
    phrases
        One phrase an edit, such as ``close bridge qinglong at 20:00 until 06:00``. Any edit can also be
        written with its own words: ``set_site_rate site=h001 factor=2``.

    Raises
    ------
    ScenarioError
        With every phrase that is not understood, and what is wrong with the others.

    Examples
    --------
    >>> [edit.do for edit in edits_of_words(["close bridge qinglong", "把E7调到B3"])]
    ['close_road', 'move_unit']
    """
    said = [phrases] if isinstance(phrases, str) else list(phrases)
    understood, unknown = [], []
    for number, phrase in enumerate(said, start=1):
        message = NOT_UNDERSTOOD
        try:
            data = _understood(" ".join(phrase.split()))
        except TooLong:
            data, message = None, NAME_THE_DAY
        if data is None:
            unknown.append(
                Problem("--edit", number, value=phrase, field="edit", message_id=message, values=SHOWN)
            )
        understood.append(data)
    if unknown:
        raise ScenarioError(unknown)
    return edits_of(understood, "--edit")


NOT_UNDERSTOOD = "is not understood; for example: {examples}"
NAME_THE_DAY = "lasts a day or more: say on which day it begins, like 2026-07-01 20:00"
SHOWN: dict[str, object] = {"examples": EXAMPLES}


def _understood(phrase: str) -> dict[str, Any] | None:
    """Turn a phrase into plain data, None where it is not understood."""
    if phrase.split(" ")[0] in WORDS:
        return _spelt_out(phrase)
    for pattern, template in WITH_TIMES:
        if found := pattern.fullmatch(phrase):
            return _filled(template, found)
    rest, times = _times(phrase)
    for pattern, template in PHRASES:
        if found := pattern.fullmatch(rest):
            return {**_filled(template, found), **times}
    return None


def _spelt_out(phrase: str) -> dict[str, Any] | None:
    """Understand ``word key=value key=value``."""
    try:
        word, *pairs = shlex.split(phrase)
    except ValueError:
        return None
    if not all("=" in pair for pair in pairs):
        return None
    values: dict[str, Any] = {}
    for key, _, value in (pair.partition("=") for pair in pairs):
        values[key] = _plain(word, key, value)
    return {"do": word, **values}


def _plain(word: str, key: str, value: str) -> object:
    """Read a value as the field of an edit takes it: a number, yes or no, some words, or text."""
    field = WORDS[word].model_fields.get(key)
    kind = str(field.annotation) if field else ""
    if "tuple" in kind:
        return tuple(int(part) if part.isdigit() else part for part in re.split(r"[;,]", value))
    if value in ("true", "yes", "false", "no") and "bool" in kind:
        return value in ("true", "yes")
    if re.fullmatch(r"-?\d+", value) and ("int" in kind or "float" in kind):
        return int(value)
    return float(value) if re.fullmatch(r"-?\d*\.\d+", value) and "float" in kind else value


def _times(phrase: str) -> tuple[str, dict[str, str]]:
    """Take from when and until when off a phrase."""
    times: dict[str, str] = {}
    lasts: timedelta | None = None
    for pattern in (FOR_EN, FOR_ZH):
        if found := pattern.search(phrase):
            lasts = timedelta(seconds=float(found["n"]) * SECONDS[found["unit"][0]])
            phrase = phrase[: found.start()] + phrase[found.end() :]
    for pattern in (UNTIL_EN, UNTIL_ZH, AT_EN, SPAN_ZH):
        if found := pattern.search(phrase):
            times = {name: word for name, word in found.groupdict().items() if word} | times
            phrase = phrase[: found.start()] + phrase[found.end() :]
    if lasts is not None:
        times["until"] = _later(times.get("at"), lasts)
    return phrase.strip(" ，,"), times


class TooLong(ValueError):
    """Something begins at a time of day and lasts a day or more: it must be said on which day it begins."""


def _later(at: str | None, lasts: timedelta) -> str:
    """Tell the moment so long after another; after the start where none is said."""
    moment = timedelta() if at is None else when(at)
    if isinstance(moment, time):
        if lasts >= timedelta(days=1):
            raise TooLong
        return moment_text((datetime.combine(date(2000, 1, 1), moment) + lasts).time())
    if isinstance(moment, datetime):
        return (moment + lasts).strftime(START_FORM)
    return moment_text(moment + lasts) if isinstance(moment, timedelta) else str(at)


def _filled(template: str, found: re.Match[str]) -> dict[str, Any]:
    """Fill in a template such as ``move_{thing}``; the groups of the phrase are the edit's fields."""
    groups = {name: word.strip() for name, word in found.groupdict().items() if word}
    thing = groups.pop("thing", "")
    thing = KINDS_ZH.get(thing, THING.get(thing, thing))
    data: dict[str, Any] = {"do": template.format(thing=thing)}
    for name, word in groups.items():
        data |= _value(thing if name == "it" else name, word)
    return data


def _value(name: str, word: str) -> dict[str, Any]:
    """Read what a group of a phrase says as fields of an edit."""
    if name == "where" and (point := POINT.fullmatch(word)):
        return {"lon": float(point[1]), "lat": float(point[2])}
    if name == "teams":
        parts = tuple(part for part in re.split(r"\s*(?:,|，|、|;| and |和)\s*", word) if part)
        return {
            "teams": () if word.casefold() in ("all", "all teams", "全部", "所有队伍", "全部队伍") else parts
        }
    if name == "level":
        known = {**COLOURS, **NUMERALS}
        return {"level": known.get(word, int(word) if word.isdigit() else word)}
    if name in ("count", "grade", "every_days"):
        return {name: int(word)}
    if name == "factor":
        return {"factor": float(word.rstrip("%")) / (100 if word.endswith("%") else 1)}
    if name == "less":
        return {"factor": round(1.0 - float(word.rstrip("%")) / (100 if word.endswith("%") else 1), 6)}
    if name == "hidden":
        return {"hidden": False}
    return {name: "on_call" if word in ("on call", "听班", "备班") else word}


def _phrase(words: str, template: str) -> tuple[re.Pattern[str], str]:
    return re.compile(words, re.IGNORECASE), template


WITH_TIMES = (
    _phrase(r"set shift (?P<shift>\S+) from (?P<from>\d\d:\d\d) to (?P<to>\d\d:\d\d)", "set_shift"),
    _phrase(r"班次(?P<shift>.+?)改为(?P<from>\d\d:\d\d)(?:至|到|-)(?P<to>\d\d:\d\d)", "set_shift"),
)
"""Phrases whose times are not about when the edit is made."""

OUT = r"(?: out of service)?"
ROAD = r"(?:road |bridge |street )?(?P<road>.+?)"

PHRASES = (
    _phrase(r"(?:move|relocate) unit (?P<unit>.+?) to (?:base |station )?(?P<base>.+)", "move_unit"),
    _phrase(r"move team (?P<team>.+?) to (?:base |station )?(?P<base>.+)", "move_team"),
    _phrase(r"move (?:base|station) (?P<base>.+?) to (?:place |site )?(?P<where>.+)", "move_base"),
    _phrase(r"move (?P<thing>post|site) (?P<it>.+?) to (?:place |site )?(?P<where>.+)", "move_{thing}"),
    _phrase(r"move item (?P<item>.+?) to (?:unit |store )?(?P<to>.+)", "move_item"),
    _phrase(r"(?:move|relocate) (?P<unit>\S+) to (?:base |station )?(?P<base>.+)", "move_unit"),
    _phrase(r"remove (?:base|station) (?P<base>.+?) (?:moving |and move )?to (?P<to>.+)", "remove_base"),
    _phrase(r"remove (?P<thing>base|station|team|unit|item|post|plan) (?P<it>.+)", "remove_{thing}"),
    _phrase(r"add unit (?P<unit>\S+) like (?P<like>.+?) at (?:base )?(?P<base>.+)", "add_unit"),
    _phrase(r"add unit (?P<unit>\S+) like (?P<like>.+)", "add_unit"),
    _phrase(r"add team (?P<team>\S+) like (?P<like>.+?) at (?:base )?(?P<base>.+)", "add_team"),
    _phrase(r"add post (?P<post>\S+) like (?P<like>.+?) (?:at|for) (?P<where>.+)", "add_post"),
    _phrase(r"add post (?P<post>\S+) like (?P<like>.+)", "add_post"),
    _phrase(r"add (?:base|station) (?P<base>\S+) at (?:place )?(?P<where>.+)", "add_base"),
    _phrase(r"add item (?P<item>\S+) (?:of )?(?:type )?(?P<type>.+?) (?:to|for) (?P<to>.+)", "add_item"),
    _phrase(r"(?:add|raise) (?:an )?accident (?P<kind>.+?) at (?P<where>.+)", "add_accident"),
    _phrase(r"(?:set|open) (?:response )?level (?P<level>\d) (?:of|by) (?:plan )?(?P<plan>.+)", "set_level"),
    _phrase(r"(?:set|open) (?:response )?level (?P<level>\d)", "set_level"),
    _phrase(r"close site (?P<site>.+)", "close_site"),
    _phrase(rf"close {ROAD}", "close_road"),
    _phrase(rf"(?:open|reopen) {ROAD}", "open_road"),
    _phrase(rf"slow {ROAD} (?:to (?P<factor>[\d.]+%?)|by (?P<less>[\d.]+%?))", "slow_road"),
    _phrase(r"(?:set|use) policy (?:to )?(?P<policy>\S+)", "set_policy"),
    _phrase(r"(?:set|use) rules (?:to )?(?P<rules>\S+)", "set_rules"),
    _phrase(rf"take (?:out )?unit (?P<unit>.+?){OUT}", "take_out"),
    _phrase(rf"take out (?P<unit>.+?){OUT}", "take_out"),
    _phrase(r"take (?P<unit>\S+) out(?: of service)?", "take_out"),
    _phrase(r"fail item (?P<item>\S+)(?P<hidden> openly)?", "fail_item"),
    _phrase(r"cut (?:channel )?(?P<channel>\S+) (?:of|at) (?:post )?(?P<post>.+)", "cut_channel"),
    _phrase(r"cut (?:channel )?(?P<channel>.+)", "cut_channel"),
    _phrase(r"leave (?:post )?(?P<post>.+?)(?: unmanned)?", "leave_post"),
    _phrase(r"raise standby(?: (?:of )?(?P<teams>.+))?", "raise_standby"),
    _phrase(r"lower standby(?: (?:of )?(?P<teams>.+))?", "lower_standby"),
    _phrase(r"(?:raise|issue) (?:a )?warning (?:level )?(?P<level>\w+)", "raise_warning"),
    _phrase(r"(?:raise|issue) (?:a )?(?P<level>red|orange|yellow|blue) warning", "raise_warning"),
    _phrase(
        r"set run card (?:of )?(?P<kind>\S+)(?: grade (?P<grade>\d))? (?P<capability>\S+) (?:to )?"
        r"(?P<count>\d+)",
        "set_run_card",
    ),
    _phrase(r"set check (?P<check>\S+) (?:to )?every (?P<every_days>\d+) days?", "set_check"),
    _phrase(
        r"set roster (?:of )?(?P<holder>\S+) (?P<shift>\S+) (?P<role>\S+) (?:to )?(?P<count>\d+)",
        "set_roster",
    ),
    _phrase(r"set standby (?:of )?(?P<holder>.+?) (?:to )?(?P<level>on_station|on_call)", "set_standby"),
    _phrase(
        r"set (?:the )?rate (?:of )?(?:site )?(?P<site>.+?) (?:to |times )?(?P<factor>[\d.]+)",
        "set_site_rate",
    ),
    _phrase(r"(?:把|将)?车辆?(?P<unit>.+?)(?:调|移|搬|转)(?:到|至|往)(?:驻地)?(?P<base>.+)", "move_unit"),
    _phrase(r"(?:把|将)队伍(?P<team>.+?)(?:调|移|搬|转)(?:到|至|往)(?:驻地)?(?P<base>.+)", "move_team"),
    _phrase(r"(?:把|将)驻地(?P<base>.+?)(?:移|搬|迁)(?:到|至|往)(?P<where>.+)", "move_base"),
    _phrase(r"(?:把|将)装备(?P<item>.+?)(?:调|移|配)(?:到|至|给)(?P<to>.+)", "move_item"),
    _phrase(r"(?:把|将)风险点(?P<site>.+?)(?:移|搬|迁)(?:到|至|往)(?P<where>.+)", "move_site"),
    _phrase(r"(?:把|将)(?P<unit>.+?)(?:调|移|搬|转)(?:到|至|往)(?:驻地)?(?P<base>.+)", "move_unit"),
    _phrase(r"撤销驻地(?P<base>.+?)[，,]?并入(?P<to>.+)", "remove_base"),
    _phrase(r"(?:撤销|撤除|减少)(?P<thing>驻地|站点|队伍|车辆|岗位|装备|预案)(?P<it>.+)", "remove_{thing}"),
    _phrase(
        r"(?:新增|增配)车辆(?P<unit>\S+?)[，,]?(?:同|仿)(?P<like>.+?)(?:[，,]?驻(?P<base>.+))?", "add_unit"
    ),
    _phrase(r"(?:新增|新建)驻地(?P<base>\S+?)[，,]?(?:在|于|位于)(?P<where>.+)", "add_base"),
    _phrase(r"关闭风险点(?P<site>.+)", "close_site"),
    _phrase(r"(?:关闭|封闭|封锁)(?:道路|桥梁)?(?P<road>.+)", "close_road"),
    _phrase(r"(?:开放|重开|恢复)(?:道路|桥梁)?(?P<road>.+?)(?:通行)?", "open_road"),
    _phrase(
        r"(?:道路|桥梁)?(?P<road>.+?)(?:车速)?(?:降至|降到|减速至|限速至)(?P<factor>[\d.]+%?)", "slow_road"
    ),
    _phrase(r"(?:道路|桥梁)?(?P<road>.+?)(?:车速)?(?:降低|减慢|下降)(?P<less>[\d.]+%?)", "slow_road"),
    _phrase(r"(?:采用|改用)?(?:调度)?策略(?:改为)?(?P<policy>\S+)", "set_policy"),
    _phrase(r"(?:采用|改用)?规则(?:改为)?(?P<rules>\S+)", "set_rules"),
    _phrase(r"(?:车辆)?(?P<unit>.+?)停用", "take_out"),
    _phrase(r"停用(?:车辆)?(?P<unit>.+)", "take_out"),
    _phrase(r"装备(?P<item>.+?)(?:失效|损坏|故障)(?P<hidden>[，,]?已知)?", "fail_item"),
    _phrase(r"(?:岗位)?(?P<post>.+?)的(?P<channel>.+?)中断", "cut_channel"),
    _phrase(r"中断(?:联络方式)?(?P<channel>.+)", "cut_channel"),
    _phrase(r"(?:岗位)?(?P<post>.+?)(?:无人值守|脱岗)", "leave_post"),
    _phrase(r"(?P<teams>.+?)(?:提升备勤|提级备勤)", "raise_standby"),
    _phrase(r"(?:提升|提高)(?P<teams>.+?)?备勤(?:等级)?", "raise_standby"),
    _phrase(r"(?:解除|降低)(?P<teams>.+?)?备勤(?:等级)?", "lower_standby"),
    _phrase(r"发布(?P<level>红色|橙色|黄色|蓝色|[1-4])级?预警", "raise_warning"),
    _phrase(r"(?:启动|提升至)(?:预案)?(?P<plan>.*?)?(?P<level>[一二三四ⅠⅡⅢⅣ1-4])级响应", "set_level"),
    _phrase(r"在?(?P<where>.+?)发生(?P<kind>.+)", "add_accident"),
)
"""Phrases and the edits that they mean; the first that fits counts."""
