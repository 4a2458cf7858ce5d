"""The ground of a map: a sheet in the county's proportions, its roads, bases, scale bar and north."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from numpy.typing import NDArray

from results.findings import METRES_A_DEGREE
from results.style import HOSPITAL, INK, ROAD
from sim.county import County, Hospital, Station

WIDE_IN = 7.2
TALLEST_IN = 8.0
SHORTEST_IN = 3.0
LEGEND_IN = 0.85
CLASS_WIDTHS = {"motorway": 1.7, "national": 1.4, "provincial": 1.2, "county": 0.8, "township": 0.5}
OTHER_WIDTH = 0.3
"""Widths of roads in points, by class."""
WASH_PT = 9.0
MOST_ROADS = 150_000
"""Roads drawn at most, main roads first: more could not be told apart on paper."""
MOST_BRIDGES = 400
SCALE_KM = (0.5, 1, 2, 5, 10, 20, 50, 100, 200)


@dataclass(frozen=True, slots=True)
class Extent:
    """What the map shows, in degrees."""

    west: float
    east: float
    south: float
    north: float

    @property
    def stretch(self) -> float:
        """How many degrees of longitude are as long as one of latitude."""
        return 1 / math.cos(math.radians((self.south + self.north) / 2))


@dataclass(frozen=True, slots=True)
class Tone:
    """How a road is drawn: its own colour, and the wash under it."""

    colour: str
    pale: str


def sheet(county: County) -> tuple[Figure, Axes]:
    """Lay out the paper in the county's own proportions, a strip for the legend below."""
    extent = extent_of(county)
    wide = extent.east - extent.west
    tall = (extent.north - extent.south) * extent.stretch
    height = max(min(WIDE_IN * tall / wide, TALLEST_IN), SHORTEST_IN)
    spare = max(tall * WIDE_IN / height - wide, 0.0) / 2, max(wide * height / WIDE_IN - tall, 0.0) / 2
    figure = Figure(figsize=(WIDE_IN, height + LEGEND_IN))
    FigureCanvasAgg(figure)
    strip = LEGEND_IN / (height + LEGEND_IN)
    axes = figure.add_axes((0.0, strip, 1.0, 1.0 - strip))
    axes.set_xlim(extent.west - spare[0], extent.east + spare[0])
    axes.set_ylim(extent.south - spare[1] / extent.stretch, extent.north + spare[1] / extent.stretch)
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set_visible(False)
    return figure, axes


def draw_roads(axes: Axes, county: County, tones: Sequence[Tone] | None = None) -> None:
    """Draw roads and bridges; with a tone for each place, in the tone of the place nearest to each road."""
    arcs, ends = segments(county)
    table = county.roads.table
    widths = np.array([CLASS_WIDTHS.get(name, OTHER_WIDTH) for name in table.classes])
    main = np.argsort(-widths[np.asarray(table.road_class)[arcs]], kind="stable")[:MOST_ROADS]
    arcs, ends = arcs[main], ends[main]
    colours: str | list[str] = ROAD
    if tones and county.places:
        own = nearest_places(county, ends.mean(axis=1))
        _lines(axes, ends, WASH_PT, [tones[place].pale for place in own], 1.0)
        colours = [tones[place].colour for place in own]
    _lines(axes, ends, widths[np.asarray(table.road_class)[arcs]], colours, 2.0)
    bridges = ends[np.asarray(table.bridge)[arcs]]
    if 0 < len(bridges) <= MOST_BRIDGES:
        _lines(axes, bridges, 3.4, INK, 2.4)
        _lines(axes, bridges, 1.5, "white", 2.5)


def draw_bases(axes: Axes, county: County) -> None:
    """Mark stations and hospitals."""
    _points(axes, county.stations, "s", 30, INK)
    _points(axes, county.hospitals, "P", 36, HOSPITAL)


def draw_scale(axes: Axes, county: County) -> None:
    """Draw the scale bar and the arrow to the north."""
    (west, east), (south, north) = axes.get_xlim(), axes.get_ylim()
    degree_m = METRES_A_DEGREE / extent_of(county).stretch
    km = scale_length_km((east - west) * degree_m / 1000)
    long, x = km * 1000 / degree_m, west + 0.03 * (east - west)
    y = south + 0.02 * (north - south)
    halo = [withStroke(linewidth=2.5, foreground="white")]
    axes.plot(
        [x, x + long], [y, y], color=INK, linewidth=2, solid_capstyle="butt", zorder=9, path_effects=halo
    )
    text: dict[str, Any] = {"textcoords": "offset points", "ha": "center", "fontsize": 8, "zorder": 9}
    axes.annotate(f"{km:g} km", (x + long / 2, y), (0, 3), path_effects=halo, **text)
    arrow = {"arrowstyle": "-|>", "color": INK, "linewidth": 1.0, "shrinkB": 0}
    axes.annotate("", (0.97, 0.985), (0.97, 0.94), xycoords="axes fraction", arrowprops=arrow)
    axes.text(0.97, 0.925, "N", transform=axes.transAxes, ha="center", va="center", fontsize=9)


def base_points(county: County) -> list[tuple[float, float]]:
    """List where stations and hospitals stand, in degrees."""
    spots = [station.at for station in county.stations] + [hospital.at for hospital in county.hospitals]
    return [(at.lon, at.lat) for at in spots]


def extent_of(county: County) -> Extent:
    """Tell what a map of all the county's roads shows, with a margin."""
    lon, lat = np.asarray(county.roads.table.lon), np.asarray(county.roads.table.lat)
    pad = 0.04 * max(float(np.ptp(lon)), float(np.ptp(lat)), 0.01)
    return Extent(
        float(lon.min()) - pad, float(lon.max()) + pad, float(lat.min()) - pad, float(lat.max()) + pad
    )


def segments(county: County) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Give each road once: one of its arcs, and its two ends as ``[[lon, lat], [lon, lat]]``."""
    table = county.roads.table
    tail, head = np.asarray(table.tail, dtype=np.int64), np.asarray(table.head, dtype=np.int64)
    pair = np.minimum(tail, head) * len(table.lon) + np.maximum(tail, head)
    _, arcs = np.unique(pair, return_index=True)
    points = np.column_stack([table.lon, table.lat])
    return arcs, np.stack([points[tail[arcs]], points[head[arcs]]], axis=1)


def nearest_places(county: County, points: NDArray[np.float64]) -> NDArray[np.intp]:
    """Give each point the place whose centre is nearest."""
    stretch = extent_of(county).stretch
    centres = np.array([(place.centre.lon, place.centre.lat * stretch) for place in county.places])
    best = np.full(len(points), np.inf)
    nearest = np.zeros(len(points), dtype=np.intp)
    for number, centre in enumerate(centres):
        gap = ((points * (1.0, stretch) - centre) ** 2).sum(axis=1)
        closer = gap < best
        nearest[closer], best[closer] = number, gap[closer]
    return nearest


def scale_length_km(width_km: float) -> float:
    """Choose the scale bar's length: the longest round one under a quarter of the map's width.

    Examples
    --------
    >>> scale_length_km(47.0)
    10
    """
    return max((km for km in SCALE_KM if km <= width_km / 4), default=SCALE_KM[0])


def _lines(
    axes: Axes,
    ends: NDArray[np.float64],
    widths: float | NDArray[np.float64],
    colours: str | list[str],
    order: float,
) -> None:
    axes.add_collection(
        LineCollection(
            list(ends), linewidths=widths, colors=colours, zorder=order, rasterized=True, capstyle="round"
        ),
        autolim=False,
    )


def _points(axes: Axes, things: Sequence[Station | Hospital], marker: str, size: float, colour: str) -> None:
    spots = [thing.at for thing in things]
    lon, lat = [at.lon for at in spots], [at.lat for at in spots]
    axes.scatter(lon, lat, size, colour, marker=marker, edgecolors="white", linewidths=0.9, zorder=8.6)
