"""What is written reads back the same, and the same files always have the same fingerprint."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.scenarios.drafts import Draft
from sim.scenarios.load import load_scenario, scenario_hash
from sim.scenarios.model import Settings
from sim.scenarios.rosters import read_table
from sim.scenarios.rows import DemandRow, PlaceRow, SiteRow, UnitRow
from sim.scenarios.save import row_columns, save_scenario, settings_text, write_rows
from sim.scenarios.sections import read_settings

CODES = st.text("abcXYZ019县镇_-.", min_size=1, max_size=8)
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=12).map(
    lambda text: " ".join(text.split())
)
FINITE = {"allow_nan": False, "allow_infinity": False}
POSITIVE = st.floats(min_value=1e-6, max_value=1e9, **FINITE)
LON, LAT = st.floats(-180, 180, **FINITE), st.floats(-90, 90, **FINITE)

UNITS = st.builds(
    UnitRow,
    code=CODES,
    name=TEXTS,
    name_en=TEXTS,
    station=CODES,
    vehicle_class=CODES,
    capabilities=st.lists(CODES, min_size=1, max_size=3).map(tuple),
    turnout_median_s=POSITIVE,
    turnout_sigma=st.floats(0, 5, **FINITE),
    refit_s=POSITIVE,
    source=TEXTS,
)
PLACES = st.builds(
    PlaceRow,
    code=CODES,
    name=TEXTS,
    name_en=TEXTS,
    kind=st.sampled_from(["township", "street", "park"]),
    population=st.integers(0, 10**9),
    area_km2=POSITIVE,
    lon=LON,
    lat=LAT,
    source=TEXTS,
)
SITES = st.builds(
    SiteRow,
    code=CODES,
    name=TEXTS,
    name_en=TEXTS,
    kind=CODES,
    place=st.none() | CODES,
    lon=LON,
    lat=LAT,
    rate_factor=POSITIVE,
    owner=TEXTS,
    source=TEXTS,
)
DEMAND = st.builds(
    DemandRow,
    kind=CODES,
    where=st.just("places") | CODES.map("site:{}".format),
    per_year=POSITIVE,
    hourly=CODES,
    monthly=CODES,
    priority=st.none() | CODES,
    code=st.none() | CODES,
    source=TEXTS,
)


@pytest.mark.parametrize(
    ("name", "rows"), [("units", UNITS), ("places", PLACES), ("sites", SITES), ("demand", DEMAND)]
)
def test_rows_written_read_back(tmp_path, name, rows):
    @given(st.lists(rows, max_size=5))
    def reads_back(rows):
        model = {"units": UnitRow, "places": PlaceRow, "sites": SiteRow, "demand": DemandRow}[name]
        write_rows(tmp_path / f"{name}.csv", row_columns(model, rows))
        draft = Draft(tmp_path)
        read_table(tmp_path, name, draft)
        assert draft.problems == []
        assert draft.tables[name].rows == rows

    reads_back()


@given(
    names=st.tuples(TEXTS, TEXTS).filter(any),
    profile=st.tuples(POSITIVE, st.none() | st.dictionaries(CODES, POSITIVE, max_size=3)),
    sources=st.dictionaries(TEXTS, TEXTS, max_size=3),
    hours=st.lists(POSITIVE, min_size=24, max_size=24),
)
def test_settings_written_read_back(tmp_path_factory, names, profile, sources, hours):
    settings = Settings.model_validate(
        {
            "format": 1,
            "code": "x",
            "name": {"zh": names[0], "en": names[1]},
            "time_zone": "UTC",
            "start": "2026-02-28 23:59",
            "call_taking": {"call_takers": 0},
            "profiles": {"12": {"off_road_kph": profile[0], "speeds_kph": profile[1]}},
            "vehicle_classes": {"no": {"name": {"en": "x"}, "emergency": "12", "ordinary": "12"}},
            "capabilities": {"1e5": {"en": "yes"}},
            "priorities": ({"code": "true", "name": {"zh": "22:00"}},),
            "kinds": {
                "null": {
                    "name": {"en": "~"},
                    "category": "other",
                    "priority": "true",
                    "handling": {"constant_s": 0},
                    "control": {"normal_mean_s": 3, "sd_s": 0.1},
                }
            },
            "hourly": {"h": tuple(hours)},
            "sources": sources,
        }
    )
    folder = tmp_path_factory.mktemp("settings")
    (folder / "scenario.yaml").write_text(settings_text(settings), encoding="utf-8")
    draft = Draft(folder)
    assert read_settings(folder, draft)
    assert draft.problems == []
    assert Settings(**draft.sections) == settings


def test_a_scenario_saved_reads_back_the_same(edited_county, tmp_path):
    scenario = load_scenario(
        edited_county(
            ("demand.csv", "fire,roads", "fire,raster:people.csv"),
            ("people.csv", "lon,lat,weight,size_lon,size_lat\n104.0123456789,30,3,0.01,0.01\n"),
            ("incidents.csv", "time_s,kind,lon,lat,transport\n0.1,fire,104,30,\n7,leak,104,30,no\n"),
        )
    )
    save_scenario(scenario, tmp_path / "copy")
    again = load_scenario(tmp_path / "copy")
    assert again == scenario
    save_scenario(again, tmp_path / "second")
    assert scenario_hash(tmp_path / "second") == scenario_hash(tmp_path / "copy")


def test_optional_columns_without_content_are_left_out(tiny_folder, tmp_path):
    save_scenario(load_scenario(tiny_folder), tmp_path)
    header = (tmp_path / "units.csv").read_text(encoding="utf-8").splitlines()[0]
    assert header == (
        "code,name,name_en,station,vehicle_class,capabilities,turnout_median_s,turnout_sigma,refit_s"
    )
    assert not (tmp_path / "incidents.csv").exists()


def test_a_folder_half_written_is_no_scenario(tiny_folder, tmp_path):
    """scenario.yaml goes first and comes last: writing that fails in between leaves no scenario behind."""
    scenario = load_scenario(tiny_folder)
    save_scenario(scenario, tmp_path)
    (tmp_path / "units.csv").unlink()
    (tmp_path / "units.csv").mkdir()
    with pytest.raises(IsADirectoryError):
        save_scenario(scenario, tmp_path)
    assert not (tmp_path / "scenario.yaml").exists()


def test_the_fingerprint_tells_inputs_apart_and_ignores_prose(tiny_folder, tmp_path, write_tiny_county):
    digest, files = scenario_hash(tiny_folder)
    assert list(files) == sorted(files)
    assert set(files) == {path.name for path in tiny_folder.iterdir()}
    other = write_tiny_county(tmp_path / "other")
    assert scenario_hash(other) == (digest, files)
    (other / "SOURCES.md").write_text("other prose", encoding="utf-8")
    (other / "diary.txt").write_text("nothing", encoding="utf-8")
    assert scenario_hash(other)[0] == digest
    with (other / "units.csv").open("a", encoding="utf-8") as file:
        file.write("\n")
    assert scenario_hash(other)[0] != digest


def test_the_fingerprint_covers_rasters(edited_county):
    folder = edited_county(
        ("demand.csv", "fire,roads", "fire,raster:people.csv"),
        ("people.csv", "lon,lat,weight,size_lon,size_lat\n104,30,3,0.01,0.01\n"),
    )
    digest, files = scenario_hash(folder)
    assert "people.csv" in files
    (folder / "people.csv").write_text("lon,lat,weight,size_lon,size_lat\n104,30,4,0.01,0.01\n")
    assert scenario_hash(folder)[0] != digest
