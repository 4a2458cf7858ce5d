"""Judged timelines as files: a table for a spreadsheet, and a page to read or print."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from dispatch.reporting import Rule
from results.page import laid_out
from results.style import write_whole
from results.timelines import MINUTE_S, Hop, Judged, certainties, hops_table, remarks, sources
from results.wording import in_language
from sim.scenarios.importers.timelines import class_names

COLUMNS = (
    "accident",
    "date",
    "place",
    "sender",
    "receiver",
    "counted_from",
    "rule",
    "title",
    "article",
    "date_of_rule",
    "certainty",
    "limit_min",
    "took_min",
    "verdict",
    "late_by_min",
    "accident_class",
    "class_assumed",
    "at_once_assumed",
)
"""Columns of ``timeline.csv``."""


def write_timelines(found: Judged, out: Path, lang: str) -> tuple[Path, ...]:
    """Write ``timeline.csv`` (for a spreadsheet, titles in the language asked for) and ``timeline.html``."""
    out.mkdir(parents=True, exist_ok=True)
    table, page = out / "timeline.csv", out / "timeline.html"
    write_whole(table, csv_text(found, lang).encode("utf-8-sig"))
    write_whole(page, html_text(found, lang).encode())
    return table, page


def csv_text(found: Judged, lang: str) -> str:
    """Lay the hops out as CSV: codes, minutes, and the rule in full."""
    accidents = {one.code: one for one in found.timelines}
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    for hop in found.hops:
        words = accidents[hop.accident].words
        writer.writerow((hop.accident, words.get("date", ""), words.get("place", ""), *_cells(hop, lang)))
    return file.getvalue()


def _cells(hop: Hop, lang: str) -> tuple[str, ...]:
    rule = hop.rule
    cited = (rule.code, *_in_full(rule, lang)) if rule else ("",) * 5
    clock = "accident" if hop.sender is None else "told"
    return (
        "" if hop.sender is None else hop.sender.name.lower(),
        hop.receiver.name.lower(),
        clock,
        *cited,
        *(_plain(seconds) for seconds in (hop.limit_s, hop.took_s)),
        hop.verdict.name.lower(),
        _plain(hop.late_s),
        class_names()[hop.accident_class][0 if lang == "zh" else 1],
        "yes" if hop.class_assumed else "no",
        "yes" if rule and rule.at_once else "no",
    )


def _in_full(rule: Rule, lang: str) -> tuple[str, ...]:
    source = rule.source
    return (in_language(source.title, lang), in_language(source.article, lang), source.date, source.certainty)


def html_text(found: Judged, lang: str) -> str:
    """Lay the table out as a page of its own."""
    fields = {
        "table": hops_table(found, lang),
        "sources": sources(found, lang),
        "remarks": remarks(found, lang),
        "certainties": certainties(lang),
    }
    return laid_out("timelines.html.j2", lang, fields)


def _plain(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds / MINUTE_S:.10g}"
