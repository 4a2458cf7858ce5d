"""Speed classes: how fast one kind of vehicle is in one regime, and all that is worked out from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property

import numpy as np

from sim.dissection import Dissection, dissect, dissection_key
from sim.facility_trees import Trees, grow, regrow, share
from sim.hub_labels import HubLabels, Slots, can_label, make_labels, slots_of
from sim.road_cache import Arrays, kept
from sim.road_links import Links, link_times_s, links_of
from sim.road_search import AroundClosures, Searches
from sim.road_table import Floats, RoadTable, TravelProfile, arc_times_s, class_factors, fingerprint
from sim.snapping import Snapper
from sim.ways import PointToPoint

Regime = Mapping[str, float]
"""Factor on speed by road class; ``"default"`` holds for the classes not named, otherwise 1."""

KEPT_FROM_NODES = 2_000
"""Figures of smaller networks are worked out faster than they are read from disk."""

LABELLED_NODES = 150_000
"""Networks of more nodes are searched instead of labelled."""

ROWS = ("from_s", "from_rows", "from_nearer", "to_s", "to_rows", "to_nearer")
CELLS = ("nodes", "first", "parent", "second", "rim", "first_rim")
LABELS = ("out", "out_step", "into", "into_step")


class SpeedClass:
    """Travel times of one profile in one regime, with the closures in force.

    `times_s` are the seconds of each link, `outward` and `inward` the shortest ways from and to facilities.
    """

    __slots__ = ("_make_points", "_points", "inward", "outward", "times_s")

    def __init__(
        self, times_s: Floats, outward: Trees, inward: Trees, make_points: Callable[[], PointToPoint]
    ) -> None:
        self.times_s, self.outward, self.inward = times_s, outward, inward
        self._make_points = make_points
        self._points: PointToPoint | None = None

    def points(self) -> PointToPoint:
        """Give what answers for any two nodes; made when first asked for."""
        if self._points is None:
            self._points = self._make_points()
        return self._points


class Ground:
    """What all speed classes and all states of closure of one network share.

    Regimes whose factors are in proportion share a speed class: `shared_with[r]` gives for regime r the
    lowest regime it shares with, and by how much its times are longer.
    """

    def __init__(
        self,
        table: RoadTable,
        facilities: Sequence[int],
        profiles: Sequence[TravelProfile],
        regimes: Sequence[Regime],
    ) -> None:
        self.table, self.facilities = table, tuple(int(node) for node in facilities)
        self.profiles, self.regimes = tuple(profiles), tuple(regimes)
        self.links: Links = links_of(table)
        self.usual: dict[tuple[int, int], SpeedClass] = {}
        self._arc_times: dict[tuple[int, int], Floats] = {}
        self.shared_with = in_proportion(table, self.regimes)

    @cached_property
    def snapper(self) -> Snapper:
        """What finds the road nodes nearest to places."""
        return Snapper(self.table.lon, self.table.lat, self.table.access)

    @cached_property
    def layout(self) -> tuple[Dissection, Slots] | None:
        """The dissection and the layout of labels; None where the network is too large or too tangled."""
        table, links = self.table, self.links
        if links.n_nodes > LABELLED_NODES:
            return None

        def make() -> Arrays:
            made = dissect(links, table.lon, table.lat)
            return {name: getattr(made, name) for name in CELLS}

        cells = Dissection(**self._kept(dissection_key(links, table.lon, table.lat), CELLS, make))
        slots = slots_of(cells)
        return (cells, slots) if can_label(cells, slots) else None

    def times_s(self, profile: int, regime: int, closed: Sequence[int] = ()) -> Floats:
        """Give the seconds of each link under a profile and a regime, shape (links,)."""
        times = self._arc_times.get((profile, regime))
        if times is None:
            times = arc_times_s(self.table, profile, self.profiles[profile], self.regimes[regime])
            self._arc_times[profile, regime] = times
        if len(closed):
            times = times.copy()
            times[np.asarray(closed)] = np.inf
        return link_times_s(self.links, times)

    def speed_class(self, profile: int, regime: int) -> SpeedClass:
        """Compile a speed class with all roads open, once."""
        found = self.usual.get((profile, regime))
        if found is None:
            times_s = self.times_s(profile, regime)
            found = SpeedClass(times_s, *self._trees(times_s), lambda: self._points(times_s))
            self.usual[profile, regime] = found
        return found

    def changed(self, before: SpeedClass, usual: SpeedClass, times_s: Floats) -> SpeedClass:
        """Compile a speed class anew after some links closed or opened, sharing what they do not touch."""
        links, where = self.links, self.facilities
        outward = regrow(before.outward, links, links.onward, where, before.times_s, times_s)
        inward = regrow(before.inward, links, links.backward, where, before.times_s, times_s)
        return SpeedClass(times_s, outward, inward, lambda: self._points_around(usual, times_s))

    def _trees(self, times_s: Floats) -> tuple[Trees, Trees]:
        nodes = sorted(set(self.facilities))

        def make() -> Arrays:
            out = grow(self.links, self.links.onward, times_s, nodes)
            into = grow(self.links, self.links.backward, times_s, nodes)
            parts = (out.seconds, out.rows, out.nearer, into.seconds, into.rows, into.nearer)
            return dict(zip(ROWS, map(np.array, parts), strict=True))

        rows = self._kept(
            fingerprint("rows 1", self._links_hash, times_s, np.array(nodes, np.int32)), ROWS, make
        )
        out, into = [rows[name] for name in ROWS[:3]], [rows[name] for name in ROWS[3:]]
        return share(self.facilities, *out), share(self.facilities, *into)

    def _points(self, times_s: Floats) -> PointToPoint:
        """Make what answers for any two nodes with all roads open."""
        layout = self.layout
        if layout is None:
            return Searches(self.links, times_s)
        cells, slots = layout
        key = fingerprint("labels 1", dissection_key(self.links, self.table.lon, self.table.lat), times_s)
        labels = self._kept(key, LABELS, lambda: make_labels(cells, slots, self.links, times_s))
        return HubLabels(slots, self.links, labels)

    def _points_around(self, usual: SpeedClass, times_s: Floats) -> PointToPoint:
        """Make what answers for any two nodes with some roads closed."""
        links, layout = self.links, self.layout
        searches = Searches(links, times_s)
        if layout is None:
            return searches
        slower = np.flatnonzero(times_s > usual.times_s)
        ends = (links.onward.near[slower], links.onward.far[slower], usual.times_s[slower])
        changed = list(zip(*(end.tolist() for end in ends), strict=True))
        cells, slots = layout

        def own() -> PointToPoint:
            return HubLabels(slots, links, make_labels(cells, slots, links, times_s))

        return AroundClosures(usual.points(), changed, searches, own)

    @cached_property
    def _links_hash(self) -> str:
        return self.links.content_hash()

    def _kept(self, key: str, names: tuple[str, ...], make: Callable[[], Arrays]) -> Arrays:
        return kept(key, names, make) if self.links.n_nodes >= KEPT_FROM_NODES else make()


def in_proportion(table: RoadTable, regimes: Sequence[Regime]) -> tuple[tuple[int, float], ...]:
    """Find for each regime the first one with factors in proportion, and how much longer its times are."""
    met = np.unique(table.road_class)
    first: dict[tuple[float, ...], tuple[int, float]] = {}
    shared = []
    for number, regime in enumerate(regimes):
        factors = class_factors(table.classes, regime)[met]
        fastest = float(factors.max(initial=0.0)) or 1.0
        pattern = tuple(np.round(factors / fastest, 12).tolist())
        regime_before, speed_before = first.setdefault(pattern, (number, fastest))
        shared.append((regime_before, speed_before / fastest))
    return tuple(shared)
