"""The SOURCES.md of an imported scenario: which file, what was cut, what was assumed, in two languages."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from sim.language import tongue
from sim.scenarios import defaults
from sim.scenarios.importers.report import ImportReport, assumption_lines, counted, cut_line, snap_line
from sim.scenarios.importers.sketch import Options

say = tongue("sim")


def sources_text(report: ImportReport, files: Sequence[Path], options: Options, licence: str) -> str:
    """Write the whole page.

    Parameters
    ----------
    report
        What the import brought.
    files
        The files it was made from.
    options
        The scenario's code and name.
    licence
        Whose data it is and under which terms, an English sentence; empty where nobody knows.
    """
    parts = [f"# {options.name}"]
    for lang in ("zh", "en"):
        parts += _section(report, files, licence, lang)
    return "\n".join(parts) + "\n"


def _section(report: ImportReport, files: Sequence[Path], licence: str, lang: str) -> list[str]:
    """Write the page in one language."""
    lines = [
        "",
        "## " + ("中文" if lang == "zh" else "English"),
        "",
        "### " + say(lang, "Where it comes from"),
        "",
    ]
    lines += [_file_line(file, lang) for file in files]
    if licence:
        lines.append("- " + say(lang, licence))
    lines += ["", "### " + say(lang, "What was taken"), ""]
    lines += ["- " + line for line in _taken(report, lang)]
    lines += [
        "",
        "### " + say(lang, "What was assumed"),
        "",
        say(lang, "Certainty: {key}", key=_key(lang)),
        "",
    ]
    lines += ["- " + line for line in assumption_lines(report.assumptions, lang)]
    lines += ["", "### " + say(lang, "Default figures"), ""]
    return [*lines, *defaults.source_lines(lang)]


def _file_line(file: Path, lang: str) -> str:
    with file.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    size = file.stat().st_size
    return "- " + say(
        lang, "{file}: {size} bytes, SHA-256 {digest}", file=file.name, size=size, digest=digest
    )


def _taken(report: ImportReport, lang: str) -> list[str]:
    lines = [
        say(
            lang,
            "Roads: {nodes} nodes, {arcs} arcs, {km} km of arcs.",
            nodes=report.nodes,
            arcs=report.arcs,
            km=f"{report.length_km:.0f}",
        ),
        cut_line(report.cut, lang),
    ]
    if report.skipped:
        lines.append(say(lang, "Ways not taken: {list}.", list=counted(report.skipped, lang)))
    lines += [snap_line(snapped, lang) for snapped in report.snapped]
    if report.too_far:
        lines.append(say(lang, "Left out, too far from any road: {codes}.", codes=", ".join(report.too_far)))
    return lines


def _key(lang: str) -> str:
    return say(
        lang,
        "V law text read, S seen in a secondary page, R read in a project's source, D worked out, "
        "M general knowledge, unverified, A assumption",
    )
