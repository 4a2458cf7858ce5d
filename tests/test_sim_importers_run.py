"""Imported maps run: a year in each, with as many calls as its people make, all of them answered."""

from pathlib import Path

import numpy as np
import pytest

from sim.engine import simulate
from sim.events import Kind
from sim.fate import draw_fate
from sim.scenarios.build import county_of
from sim.scenarios.importers.graphml import import_graphml
from sim.scenarios.importers.osm import import_osm

DATA = Path(__file__).parents[2] / "shared" / "data"
YEAR_S = 365 * 86_400.0
CALLS_PER_1000 = 1.74  # a year, NFRA for 2025
MEDICAL_PER_1000 = 15.0


def times(rows, kind):
    """When each incident first met an event of a kind, seconds, by incident."""
    found = rows[rows["kind"] == int(kind)][::-1]
    return dict(zip(found["incident"].tolist(), found["time_s"].tolist(), strict=True))


@pytest.mark.parametrize(
    ("bring", "file", "options", "per_1000"),
    [
        (import_osm, "osm_liechtenstein/liechtenstein-latest.osm.pbf", {"country": "LI"}, CALLS_PER_1000),
        (import_osm, "osm_beatty_nv/beatty.osm", {"population": 100_000}, CALLS_PER_1000),
        (
            import_graphml,
            "graphml_turkoglu/graph_turkoglu.graphml",
            {"population": 75_000, "medical": True},
            CALLS_PER_1000 + MEDICAL_PER_1000,
        ),
    ],
    ids=["liechtenstein", "beatty", "turkoglu"],
)
def test_an_imported_map_runs(tmp_path, bring, file, options, per_1000):
    if not (DATA / file).exists():
        pytest.skip(f"{file} is not in the shared data folder")
    report = bring(DATA / file, tmp_path / "out", **options)
    county = county_of(tmp_path / "out")
    fate = draw_fate(county, seed=1, replication=0, horizon_s=YEAR_S)
    rows = simulate(county, fate).log.rows()
    reported, arrived = times(rows, Kind.REPORTED), times(rows, Kind.ARRIVED)
    expected = per_1000 * report.population / 1000
    assert abs(len(reported) - expected) < 5 * np.sqrt(expected)
    assert len(arrived) >= 0.97 * len(reported)
    first = np.array([arrived[incident] - reported[incident] for incident in arrived])
    assert 120 < np.median(first) < 1500
    assert np.array_equal(rows, simulate(county, fate).log.rows())
