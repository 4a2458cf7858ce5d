"""Maps of how fast help comes: by township and by site, on the county's own roads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke

from results.contents import basis
from results.findings import FEWEST_FOR_A_QUANTILE, Findings, figures_by, slowest_sites, target_of
from results.ground import Tone, base_points, draw_bases, draw_roads, draw_scale, sheet
from results.labels import Label, place_labels
from results.style import FAIR, GOOD, HOSPITAL, INK, MUTED, NONE, POOR, SLOW, drawn
from results.wording import called, minutes, say
from sim.county import County, Site

SITES_NAMED = 8


@dataclass(frozen=True, slots=True)
class Band:
    """A step of the map's scale: what it means, and how it is drawn."""

    label: str
    tone: Tone


@dataclass(frozen=True, slots=True)
class Scale:
    """How a P90 of first arrival becomes a colour: against the target, or in minutes where there is none."""

    title: str
    bands: tuple[Band, ...]
    limits: tuple[float, ...]
    against_target: bool
    unknown: Band

    def band(self, p90_s: float | None, target_s: float | None) -> Band:
        """Find the step of a P90; unknown where it, or the target needed, is unknown."""
        if p90_s is None or (self.against_target and target_s is None):
            return self.unknown
        value = p90_s / target_s if self.against_target and target_s else p90_s
        return self.bands[sum(value > limit for limit in self.limits)]


@drawn
def township_map(findings: Findings, lang: str) -> Figure:
    """Colour each township's roads by how long 9 in 10 of its calls wait at most for the first unit."""
    county, scale = findings.county, scale_of(findings.county, lang)
    p90 = place_p90(findings)
    bands = [scale.band(p90[place.code], target_s(county, i)) for i, place in enumerate(county.places)]
    figure, axes = sheet(county)
    draw_roads(axes, county, [band.tone for band in bands])
    draw_bases(axes, county)
    draw_scale(axes, county)
    places = sorted(county.places, key=lambda place: (-place.population, place.code))
    labels = [
        Label(p.centre.lon, p.centre.lat, f"{called(p.names, lang)}\n{minutes(p90[p.code])}", 7.8)
        for p in places
    ]
    place_labels(axes, labels, base_points(county), keep_all=True, beside=False)
    _legend(figure, findings, scale, lang, as_lines=True)
    return figure


@drawn
def site_map(findings: Findings, lang: str) -> Figure:
    """Colour each hazard site by how long 9 in 10 of its calls wait at most for the first unit."""
    county, scale = findings.county, scale_of(findings.county, lang)
    rows = slowest_sites(findings)
    p90: Mapping[str, float | None] = dict(zip(rows["site"].to_list(), rows["told"].to_list(), strict=True))
    bands = [scale.band(p90.get(site.code), target_s(county, site.place)) for site in county.sites]
    figure, axes = sheet(county)
    draw_roads(axes, county)
    _sites(axes, county.sites, bands, scale)
    draw_bases(axes, county)
    draw_scale(axes, county)
    sites = {site.code: site for site in county.sites}
    slow = [sites[code] for code in rows.filter(rows["told"].is_not_null())["site"].head(SITES_NAMED)]
    labels = [
        Label(s.at.lon, s.at.lat, f"{called(s.names, lang)}\n{minutes(p90[s.code])}", 7.2) for s in slow
    ]
    marked = [
        (site.at.lon, site.at.lat)
        for site, band in zip(county.sites, bands, strict=True)
        if band is not scale.unknown
    ]
    place_labels(axes, labels, [*base_points(county), *marked], keep_all=False, beside=True)
    _legend(figure, findings, scale, lang, as_lines=False)
    return figure


def scale_of(county: County, lang: str) -> Scale:
    """Choose the scale: against first-arrival targets where the scenario names any, else in minutes."""
    few = say(lang, "fewer than {n} calls seen, or no target", n=FEWEST_FOR_A_QUANTILE)
    unknown = Band(few, Tone(NONE, "#ececec"))
    if any(target_of(county, place) for place in county.places):
        title = say(lang, "First unit on scene in 9 of 10 calls, against the target of the place")
        bands = (
            Band(say(lang, "within the target"), Tone(GOOD, "#c9dcec")),
            Band(say(lang, "up to half as long again"), Tone(FAIR, "#f8e2bd")),
            Band(say(lang, "up to twice as long"), Tone(SLOW, "#f1cdb4")),
            Band(say(lang, "longer still"), Tone(POOR, "#dfa7a1")),
        )
        return Scale(title, bands, (1.0, 1.5, 2.0), True, unknown)
    title = say(lang, "First unit on scene in 9 of 10 calls")
    steps = (
        Band(say(lang, "up to {n} min", n=5), Tone("#8fbfdc", "#e3eff7")),
        Band(say(lang, "up to {n} min", n=10), Tone("#5a9bc9", "#c6ddee")),
        Band(say(lang, "up to {n} min", n=20), Tone("#2b6ca3", "#a3c6e0")),
        Band(say(lang, "longer"), Tone("#123a63", "#7fa9cd")),
    )
    return Scale(title, steps, (300.0, 600.0, 1200.0), False, unknown)


def place_p90(findings: Findings) -> Mapping[str, float | None]:
    """Give each place's P90 of first arrival in seconds; None where too few calls were seen."""
    found = figures_by(findings.calls, "first_arrival", "place", findings.replications)
    enough = {code: one.p90.mean for code, one in found.items() if one.n >= FEWEST_FOR_A_QUANTILE}
    return {place.code: enough.get(place.code) for place in findings.county.places}


def target_s(county: County, place: int) -> float | None:
    """Give the first-arrival target of a place in seconds, None where there is none."""
    standard = target_of(county, county.places[place]) if place >= 0 else None
    return standard.within_s if standard else None


def _sites(axes: Axes, sites: Sequence[Site], bands: Sequence[Band], scale: Scale) -> None:
    """Mark sites, those of which nothing can be told small and hollow below the others."""
    for order, band in enumerate((scale.unknown, *scale.bands)):
        here = [site.at for site, own in zip(sites, bands, strict=True) if own is band]
        size, face, edge = (28, band.tone.colour, "white") if order else (8, "white", NONE)
        lon, lat = [at.lon for at in here], [at.lat for at in here]
        axes.scatter(lon, lat, size, face, edgecolors=edge, linewidths=0.8, zorder=8 + 0.1 * order)


def _legend(figure: Figure, findings: Findings, scale: Scale, lang: str, as_lines: bool) -> None:
    county = findings.county
    handles = [_handle(band, as_lines, band is scale.unknown) for band in (*scale.bands, scale.unknown)]
    handles.append(_dot("s", INK, say(lang, "station")))
    if county.hospitals:
        handles.append(_dot("P", HOSPITAL, say(lang, "hospital")))
    if np.asarray(county.roads.table.bridge).any():
        outline = [withStroke(linewidth=3.4, foreground=INK)]
        handles.append(
            Line2D([], [], color="white", linewidth=1.5, path_effects=outline, label=say(lang, "bridge"))
        )
    inch = 1 / figure.get_figheight()
    figure.text(0.022, 0.05 * inch, basis(findings, lang), color=MUTED, fontsize=7)
    figure.legend(
        handles=handles,
        loc="lower left",
        bbox_to_anchor=(0.01, 0.14 * inch),
        ncols=4,
        title=scale.title,
        alignment="left",
        handlelength=1.6,
        columnspacing=1.4,
        fontsize=8,
        title_fontsize=8.5,
    )


def _handle(band: Band, as_line: bool, unknown: bool) -> Line2D:
    if as_line:
        return Line2D([], [], color=band.tone.colour, linewidth=4, label=band.label)
    return _dot("o", "white" if unknown else band.tone.colour, band.label, NONE if unknown else "white")


def _dot(marker: str, colour: str, label: str, edge: str = "white") -> Line2D:
    return Line2D(
        [], [], linestyle="", marker=marker, markersize=6.5, color=colour, markeredgecolor=edge, label=label
    )
