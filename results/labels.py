"""Names on a map, placed so that they neither cover one another nor what they name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.patheffects import withStroke
from matplotlib.text import Annotation
from matplotlib.transforms import Bbox

OFFSETS_PT = (
    (0, 0, "center", "center"),
    (5, 0, "left", "center"),
    (-5, 0, "right", "center"),
    (0, 6, "center", "bottom"),
    (0, -6, "center", "top"),
    (5, 5, "left", "bottom"),
    (-5, 5, "right", "bottom"),
    (5, -5, "left", "top"),
    (-5, -5, "right", "top"),
    (14, 0, "left", "center"),
    (-14, 0, "right", "center"),
    (0, 16, "center", "bottom"),
    (0, -16, "center", "top"),
)
"""Where a label may stand from its point, in points, best first."""
CROSSING = 10.0
OUTSIDE = 25.0
COVERING = 4.0


@dataclass(frozen=True, slots=True)
class Label:
    """A name to be written near a point of the map."""

    x: float
    y: float
    text: str
    size_pt: float


def place_labels(
    axes: Axes,
    labels: Sequence[Label],
    obstacles: Sequence[tuple[float, float]],
    *,
    keep_all: bool,
    beside: bool,
) -> list[Annotation]:
    """Write labels, the first ones where they stand best, the others where there is room.

    Parameters
    ----------
    axes
        The map, its limits settled.
    labels
        In order of importance.
    obstacles
        Points (in data coordinates) that should stay visible.
    keep_all
        Write also those for which there is no room; otherwise these are left out.
    beside
        Keep off the label's own point, where something is drawn.

    Returns
    -------
    list
        What was written.
    """
    taken: list[Bbox] = []
    points = [tuple(axes.transData.transform(point)) for point in obstacles]
    written = []
    for label in labels:
        note = _written(axes, label)
        cost, offset, box = min(_options(axes, note, taken, points, beside), key=lambda option: option[0])
        if cost >= CROSSING and not keep_all:
            note.remove()
            continue
        _settle(note, offset)
        taken.append(box)
        written.append(note)
    return written


def _written(axes: Axes, label: Label) -> Annotation:
    return axes.annotate(
        label.text,
        (label.x, label.y),
        (0, 0),
        textcoords="offset points",
        fontsize=label.size_pt,
        linespacing=1.1,
        zorder=9,
        path_effects=[withStroke(linewidth=2.4, foreground="white")],
    )


def _options(
    axes: Axes, note: Annotation, taken: Sequence[Bbox], points: Sequence[tuple[float, ...]], beside: bool
) -> list[tuple[float, int, Bbox]]:
    """Weigh every place a label could stand: what it would cross, cover, or stick out of."""
    canvas = axes.figure.canvas
    assert isinstance(canvas, FigureCanvasAgg)  # noqa: S101 - the map's own paper
    renderer = canvas.get_renderer()  # type: ignore[no-untyped-call]
    options = []
    for number in range(1 if beside else 0, len(OFFSETS_PT)):
        _settle(note, number)
        box = note.get_window_extent(renderer).padded(1.5)
        options.append((_cost(axes, box, taken, points) + 0.3 * number, number, box))
    return options


def _cost(axes: Axes, box: Bbox, taken: Sequence[Bbox], points: Sequence[tuple[float, ...]]) -> float:
    frame = axes.bbox
    outside = box.x0 < frame.x0 or box.x1 > frame.x1 or box.y0 < frame.y0 or box.y1 > frame.y1
    crossed = sum(box.overlaps(other) for other in taken)
    covered = sum(box.contains(x, y) for x, y in points)
    return CROSSING * int(crossed) + COVERING * int(covered) + OUTSIDE * int(outside)


def _settle(note: Annotation, number: int) -> None:
    x, y, across, up = OFFSETS_PT[number]
    note.set_position((x, y))
    note.set(ha=across, va=up)
