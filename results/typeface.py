"""The report's typeface: the project's Chinese font, cut down to the characters one page uses."""

from __future__ import annotations

import base64
import io

from fontTools import subset  # type: ignore[import-untyped]

from results.style import FONT_FILE


def embedded(text: str) -> str:
    """Give the font with just the characters of a text, as a ``data:`` address for a style sheet."""
    return "data:font/woff;base64," + base64.b64encode(cut_down(text)).decode("ascii")


def cut_down(text: str) -> bytes:
    """Give the font with just the characters of a text, as WOFF."""
    options = subset.Options(hinting=False, layout_features=["kern"], flavor="woff", notdef_outline=True)
    with FONT_FILE.open("rb") as file, io.BytesIO() as out:
        font = subset.load_font(file, options)
        cutter = subset.Subsetter(options)
        cutter.populate(unicodes=sorted(map(ord, set(text))))
        cutter.subset(font)
        subset.save_font(font, out, options)
        return out.getvalue()
