"""The evaluation of a plan as files: a page to be signed, tables as CSV, figures as JSON, the evidence."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from results.chain.figures import ladder_figure
from results.chain.gantt import response_gantt
from results.chain.inquiry import verdicts_told
from results.chain.words import task_called
from results.evaluation import Case, Tested, most_telling, paired, task_figures, usual_path
from results.indicators import Sheet, catalogue, sheet_of
from results.intervals import Estimate
from results.narrative import line as told_line
from results.page import Album, laid_out, write_album
from results.plans.figures import lever_figure, tasks_figure
from results.plans.tables import (
    OUTCOMES,
    compare_table,
    compare_tasks_table,
    held_called,
    sheet_table,
    tasks_table,
)
from results.story import Story
from results.style import Plate, write_whole
from results.tables import Table
from results.wording import called, number, percent, say

DIGITS = 3


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """All that an evaluation found.

    `name` is what the plan is called, by language. `found` is the plan tested, `other` another plan, rule set
    or the same with injects on the same accidents (None: nothing to compare with). `faults` are what is wrong
    with the plan before it is tried, by language. `facts` say what was done, as plain values; `command` how
    to do it again.
    """

    name: Mapping[str, str]
    found: Tested
    other: Tested | None
    faults: Mapping[str, Sequence[str]]
    facts: Mapping[str, Any]
    command: str


def write_evaluation(evaluation: Evaluation, folder: Path, lang: str) -> tuple[Path, ...]:
    """Write an evaluation into a folder; give the paths, the page first.

    Parameters
    ----------
    evaluation
        What was found.
    folder
        Where; it is made if need be.
    lang
        ``zh`` or ``en``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    sheet = sheet_of(evaluation.found, lang)
    content = json.dumps(figures_of(evaluation, sheet), ensure_ascii=False, indent=1) + "\n"
    album = pictures_of(evaluation, lang)
    drawn = write_album(folder, album, lang)
    page = page_html(evaluation, sheet, album, fingerprint(content), lang)
    files = {
        "evaluation.html": page,
        "evaluation.json": content,
        "indicators.csv": as_csv(sheet_table(sheet, lang)),
        "tasks.csv": as_csv(tasks_table(evaluation.found, lang)),
        "accidents.txt": evidence(evaluation.found, lang),
    }
    for name, text in files.items():
        write_whole(folder / name, text.encode("utf-8-sig" if name.endswith(".csv") else "utf-8"))
    return (*(folder / name for name in files), *drawn)


def fingerprint(content: str) -> str:
    """Give the fingerprint of the figures, by which a signed page can be told from a changed one."""
    return hashlib.sha256(content.encode()).hexdigest()


def pictures_of(evaluation: Evaluation, lang: str) -> dict[str, Plate]:
    """Draw the pictures there is something to show in, by the names of their files."""
    found, pictures = evaluation.found, dict[str, Figure]()
    if len(found.tasks):
        pictures["evaluation-tasks"] = tasks_figure(found, lang)
    shown = most_telling(found)
    chain = found.county.chain
    if shown is not None and shown.course.tasks:
        pictures["evaluation-course"] = response_gantt(shown.county, shown.course, lang)
    if shown is not None and chain is not None:
        pictures["evaluation-ladder"] = ladder_figure(shown.reports, shown.record.incident, chain.rules, lang)
    if evaluation.other is not None:
        pictures["evaluation-effect"] = lever_figure(found, evaluation.other, lang)
    return {name: Plate(figure) for name, figure in pictures.items()}


def page_html(evaluation: Evaluation, sheet: Sheet, album: Album, mark: str, lang: str) -> str:
    """Lay the page out as HTML, pictures and typeface within."""
    found, other = evaluation.found, evaluation.other
    shown = most_telling(found)
    fields: dict[str, object] = {
        "plan": evaluation.name[lang],
        "county": called(found.county.names, lang),
        "headline": headline(evaluation, sheet, lang),
        "facts": facts_told(evaluation, lang),
        "faults": evaluation.faults[lang],
        "sheet": sheet_table(sheet, lang),
        "sheet_standard": sheet.standard,
        "ratings": [(it["code"], it["name"][lang], percent(it["from"], 0)) for it in catalogue()["ratings"]],
        "tasks": tasks_table(found, lang),
        "path": path_told(found, lang),
        "compared": None if other is None else compare_table(found, other, lang),
        "compared_tasks": None if other is None else _tasks_compared(found, other, lang),
        "shown": None if shown is None else shown.number,
        "command": evaluation.command,
        "mark": mark,
    }
    return laid_out("evaluation.html.j2", lang, fields, album)


def _tasks_compared(found: Tested, other: Tested, lang: str) -> Table | None:
    """Set the tasks side by side where both are of one plan."""
    return compare_tasks_table(found, other, lang) if other.plan.code == found.plan.code else None


def headline(evaluation: Evaluation, sheet: Sheet, lang: str) -> tuple[str, ...]:
    """Say in a few sentences how the plan did."""
    found = evaluation.found
    rated = [line for line in sheet.lines if line.share is not None]
    passed = sum(line.result == "pass" for line in rated)
    opened = sum(bool(case.course.levels) for case in found.cases)
    lines = [
        say(
            lang,
            "{points} points of 100 ({grade}; the grades are to be checked against GB/T 46792-2025); "
            "{passed} of {rated} indicators pass, {untested} could not be tested.",
            points=number(sheet.total),
            grade=sheet.grade,
            passed=passed,
            rated=len(rated),
            untested=sheet.untested,
        ),
        say(
            lang,
            "{n} accidents were rehearsed; in {opened} of them the plan was put in force.",
            n=len(found.cases),
            opened=opened,
        ),
    ]
    return (*lines, *_weakest(found, lang))


def _weakest(found: Tested, lang: str) -> tuple[str, ...]:
    """Name the tasks that were done in time least often, and why."""
    poor = [one for one in task_figures(found) if one.due and (one.within.mean or 0.0) < 0.9]
    poor.sort(key=lambda one: one.within.mean or 0.0)
    return tuple(
        say(
            lang,
            "{task}: in time in {share} of {n}; mostly held up by: {why}.",
            task=task_called(found.county, 0, one.task, lang),
            share=percent(one.within.mean, 0),
            n=one.due,
            why=held_called(one.held[0][0], lang) if one.held else say(lang, "nothing in particular"),
        )
        for one in poor[:3]
    )


def facts_told(evaluation: Evaluation, lang: str) -> tuple[tuple[str, str], ...]:
    """List what was done."""
    facts = evaluation.facts
    names = (
        ("scenario", say(lang, "Scenario")),
        ("plan", say(lang, "Plan")),
        ("accidents", say(lang, "Accidents")),
        ("rules", say(lang, "Rules for reports")),
        ("seed", say(lang, "Seed")),
        ("against", say(lang, "Compared with")),
        ("injects", say(lang, "Injects of the comparison")),
        ("fingerprint", say(lang, "Scenario fingerprint")),
    )
    return tuple((name, str(facts[key])) for key, name in names if facts.get(key))


def path_told(found: Tested, lang: str) -> str:
    """Say which tasks decided when all was done, and how often."""
    path, share = usual_path(found)
    if not path:
        return say(lang, "No task was ever done, so no path decided.")
    way = " → ".join(task_called(found.county, 0, task, lang) for task in path)
    return say(lang, "Most often (in {share} of responses) it was: {way}.", share=percent(share, 0), way=way)


def evidence(found: Tested, lang: str) -> str:
    """Tell every rehearsed accident in words, its lines numbered as the table cites them."""
    return "".join(_told(case, lang) for case in found.cases)


def _told(case: Case, lang: str) -> str:
    record = case.record
    alarm_s = {record.incident: case.course.alarm_s}
    story = Story(case.county, lang, {record.incident: record.row}, alarm_s, reports=case.reports)
    heading = say(lang, "Accident {number}", number=case.number)
    lines = [told_line(story, row) for row in record.events.iter_rows(named=True)]
    return "\n".join([f"== {heading} ==", *lines, *verdicts_told(story, record.incident), "", ""])


def figures_of(evaluation: Evaluation, sheet: Sheet) -> dict[str, Any]:
    """Give an evaluation's figures as plain rounded numbers, for other programs."""
    found = evaluation.found
    tasks = [
        {
            "task": found.plan.tasks[one.task].code,
            "due": one.due,
            "limit_s": found.plan.tasks[one.task].within_s,
            "within": _plain(one.within),
            "p50_s": _rounded(one.p50_s),
            "p90_s": _rounded(one.p90_s),
            "held_by": {why: _rounded(share) for why, share in one.held},
            "on_critical_path": _rounded(one.critical),
        }
        for one in task_figures(found)
    ]
    return {
        "format": 1,
        **evaluation.facts,
        "points": _rounded(sheet.total),
        "indicators": [
            {"cases": line.cases, "share": _rounded(line.share), "result": line.result, "rating": line.rating}
            for line in sheet.lines
        ],
        "tasks": tasks,
        **({} if evaluation.other is None else {"difference": differences(found, evaluation.other)}),
    }


def differences(found: Tested, other: Tested) -> dict[str, Any]:
    """Give the paired differences of all outcomes as plain numbers."""
    return {name: _plain(paired(found, other, name)) for name in OUTCOMES}


def _plain(estimate: Estimate) -> dict[str, float | int | None]:
    return {"value": _rounded(estimate.mean), "half_width": _rounded(estimate.half_width), "n": estimate.n}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, DIGITS)


def as_csv(table: Table) -> str:
    """Write a table as CSV."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(table.headings)
    writer.writerows([cell.text for cell in row] for row in table.rows)
    return file.getvalue()
