"""A page to read or print: template, style sheet, pictures and typeface in one file."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from results.style import Plate, write_picture
from results.typeface import embedded
from results.wording import say

TEMPLATES = Path(__file__).parent / "templates"
FONT_MARK = "@@font@@"
"""Where the head of a page wants the typeface."""
Album = Mapping[str, Plate]
"""Pictures by the names of their files; those of maps have `map` among their words."""


def laid_out(template: str, lang: str, fields: Mapping[str, Any], album: Album | None = None) -> str:
    """Lay a page out as HTML that needs no other file.

    Parameters
    ----------
    template
        Name of a file in ``templates/``; it finds `lang`, `say`, `css` and `pictures` besides the fields.
    lang
        ``zh`` or ``en``.
    fields
        What the template shows, by name.
    album
        The pictures it may show.
    """
    html = (
        _templates()
        .get_template(template)
        .render(
            fields,
            lang=lang,
            say=lambda sentence, **words: say(lang, sentence, **words),
            css=_style_sheet(),
            pictures={name: _inline(name, plate) for name, plate in (album or {}).items()},
        )
    )
    return html.replace(FONT_MARK, embedded(html))


def write_album(folder: Path, album: Album, lang: str) -> tuple[Path, ...]:
    """Write pictures as PNG and SVG into ``figures/`` of a folder, the language at the end of their names."""
    figures = folder / "figures"
    figures.mkdir(parents=True, exist_ok=True)
    return tuple(path for name, it in album.items() for path in write_picture(it, figures / f"{name}-{lang}"))


def _inline(name: str, plate: Plate) -> Markup:
    """Give a picture as part of a page: charts as SVG, maps as PNG, for their thousands of lines."""
    if "map" in name.split("-"):
        data = base64.b64encode(plate.png).decode("ascii")
        return Markup('<img alt="" src="data:image/png;base64,{}">').format(data)
    return Markup(plate.svg[plate.svg.index("<svg") :])  # noqa: S704 - drawn by matplotlib


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _style_sheet() -> Markup:
    return Markup((TEMPLATES / "report.css").read_text(encoding="utf-8"))  # noqa: S704 - our own file
