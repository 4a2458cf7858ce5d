"""How every picture looks: the font, the colours, the paper; and how pictures are written."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, cached_property, wraps
from pathlib import Path
from typing import Any, ParamSpec

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from results.wording import minutes

FONT_FILE = Path(__file__).parent / "fonts" / "BeiqinSansSC-Regular.otf"
FONT = "Beiqin Sans SC"

INK = "#222222"
MUTED = "#6b6b6b"
HAIRLINE = "#d0d0d0"
GOOD = "#2b6ca3"
FAIR = "#e8a33d"
SLOW = "#cf6a32"
POOR = "#9b2a22"
NONE = "#a9a9a9"
ROAD = "#9a9a9a"
HOSPITAL = "#2a8c6e"
ACCENT = "#2b6ca3"
SECOND = "#8fb4d3"

CATEGORY_COLOURS = {
    "fire": "#c8553d",
    "rescue": "#2b6ca3",
    "accident": "#7a4e9e",
    "medical": "#2a8c6e",
    "assistance": "#e0a72e",
    "other": "#9a9a9a",
}
"""Categories of incident; told apart also by readers who do not see red and green, and on a grey printer."""

DPI = 180
P = ParamSpec("P")


@cache
def settings() -> dict[Any, Any]:
    """Give matplotlib's settings for the house style, with the project's font made known."""
    font_manager.fontManager.addfont(FONT_FILE)
    return {
        "font.family": [FONT, "DejaVu Sans"],
        "font.size": 9.0,
        "text.color": INK,
        "axes.edgecolor": MUTED,
        "axes.labelcolor": INK,
        "axes.labelsize": 9.0,
        "axes.linewidth": 0.7,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.titlesize": 10.0,
        "axes.titlelocation": "left",
        "axes.unicode_minus": True,
        "axes.axisbelow": True,
        "grid.color": HAIRLINE,
        "grid.linewidth": 0.6,
        "xtick.color": MUTED,
        "ytick.color": MUTED,
        "xtick.labelcolor": INK,
        "ytick.labelcolor": INK,
        "xtick.labelsize": 8.5,
        "ytick.labelsize": 8.5,
        "legend.frameon": False,
        "legend.fontsize": 8.5,
        "figure.dpi": 100.0,
        "figure.facecolor": "white",
        "savefig.facecolor": "white",
        "svg.fonttype": "path",
        "svg.hashsalt": "beiqin",
        "text.parse_math": False,
    }


@contextmanager
def house_style() -> Iterator[None]:
    """Draw in the house style for a while."""
    with mpl.rc_context(settings()):
        yield


def drawn(picture: Callable[P, Figure]) -> Callable[P, Figure]:
    """Let a function draw its picture in the house style."""

    @wraps(picture)
    def in_style(*args: P.args, **kwargs: P.kwargs) -> Figure:
        with house_style():
            figure = picture(*args, **kwargs)
            if figure.get_layout_engine() is not None:
                figure.draw_without_rendering()
                figure.set_layout_engine(None)
            return figure

    return in_style


def paper(width_in: float, height_in: float) -> Figure:
    """Give an empty picture of a size in inches, laid out so that nothing is cut off."""
    return Figure(figsize=(width_in, height_in), layout="constrained")


def minutes_axis(axes: Axes, which: str = "x") -> None:
    """Write an axis that counts seconds as minutes:seconds."""
    axis = axes.xaxis if which == "x" else axes.yaxis
    axis.set_major_formatter(FuncFormatter(lambda seconds, _: minutes(seconds)))


@dataclass(frozen=True, eq=False)
class Plate:
    """A picture ready to be shown: written as SVG or PNG when first asked for, and only once."""

    figure: Figure

    @cached_property
    def svg(self) -> str:
        """The picture as SVG text, the same for the same picture."""
        return _written(self.figure, "svg").decode("utf-8")

    @cached_property
    def png(self) -> bytes:
        """The picture as PNG."""
        return _written(self.figure, "png")


def write_picture(plate: Plate, stem: Path) -> tuple[Path, Path]:
    """Write a picture as PNG and SVG beside each other, each whole or not at all."""
    paths = stem.with_name(f"{stem.name}.png"), stem.with_name(f"{stem.name}.svg")
    for path, content in zip(paths, (plate.png, plate.svg.encode()), strict=True):
        write_whole(path, content)
    return paths


def write_whole(path: Path, content: bytes) -> None:
    """Write a file beside its place and move it there when it is whole."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.write_bytes(content)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _written(figure: Figure, form: str) -> bytes:
    metadata = {"Date": None, "Creator": "Beiqin"} if form == "svg" else {"Software": "Beiqin"}
    with house_style(), io.BytesIO() as file:
        figure.savefig(file, format=form, dpi=DPI, metadata=metadata)
        return file.getvalue()
