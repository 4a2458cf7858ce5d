"""Pictures of coverage: a week in lines, and the county at one moment, in both languages."""

from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest
from matplotlib.collections import LineCollection
from matplotlib.colors import to_hex

from results.coverage import COLOURS, HOURS, coverage_week, ready_map
from results.style import Plate
from sim.county import Standard
from sim.scenarios.build import build_county
from sim.scenarios.load import load_scenario

NOON = datetime(2026, 7, 15, 12, 0)


@pytest.fixture
def county(tiny_folder):
    return build_county(load_scenario(tiny_folder))


@pytest.fixture
def week():
    """Single, double and expected cover: less on working days from 8 to 17."""
    hour = np.arange(HOURS)
    away = (hour < 120) & (hour % 24 >= 8) & (hour % 24 < 17)
    return np.where(away, 0.6, 0.9), np.where(away, 0.2, 0.7), np.where(away, 0.5, 0.8)


def words(figure):
    """Everything that is written in a picture."""
    found = [text.get_text() for axes in figure.axes for text in axes.texts]
    found += [label.get_text() for axes in figure.axes for label in axes.get_xticklabels(minor=True)]
    found += [figure.axes[0].get_ylabel()]
    for legend in figure.legends:
        found += [legend.get_title().get_text(), *(text.get_text() for text in legend.get_texts())]
    return found


def curves(figure):
    """Each curve's values by its name."""
    lines = figure.axes[0].get_lines()
    return {line.get_label(): np.asarray(line.get_ydata()) for line in lines if len(line.get_ydata()) > 2}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_week_holds_what_it_was_given(county, week, lang):
    figure = coverage_week(county, *week, 300.0, lang, county.standards[0])
    double, single, expected = curves(figure).values()
    for shown, given in zip((single, double, expected), week, strict=True):
        np.testing.assert_array_equal(shown, [*given, given[-1]])
    assert Plate(figure).png.startswith(b"\x89PNG")


def test_a_week_is_written_in_words(county, week):
    said = words(coverage_week(county, *week, 300.0, "zh", county.standards[0]))
    assert {"周一", "周日", "5分内可到达的人口占比", "夜间", "至少1支备勤力量可及"} <= set(said)
    said = words(coverage_week(county, *week, 300.0, "en", county.standards[0], of_sites=True))
    assert {"Mon", "Sun", "Sites reached within 5 min", "Five minutes in town: 90% asked"} <= set(said)


def test_nights_are_shaded_round_midnight(county, week):
    shaded = [
        (patch.get_x(), patch.get_x() + patch.get_width())
        for patch in coverage_week(county, *week, 300.0, "en").axes[0].patches
    ]
    assert shaded == [(0, 6), *((24 * d + 22, 24 * d + 30) for d in range(6)), (166, 168)]
    plain = coverage_week(replace(county, night_turnout=None), *week, 300.0, "en")
    assert not plain.axes[0].patches
    assert "night" not in words(plain)


def test_what_is_not_given_is_not_drawn(county, week):
    open_ended = Standard("s", county.names, "first_arrival", 300.0, None, None, "A")
    figure = coverage_week(county, week[0], week[1], None, 300.0, "en", open_ended)
    assert len(curves(figure)) == 2
    assert not [text for text in words(figure) if "asked" in text]


def test_a_week_has_168_hours(county, week):
    with pytest.raises(ValueError, match="168 hours"):
        coverage_week(county, week[0][:24], week[1], None, 300.0, "en")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_roads_take_the_colour_of_their_worse_end(county, lang):
    """Roads of the tiny county: n1-n2-n3, n4-n5-n6, n1-n4, n3-n6."""
    figure = ready_map(county, [0, 1, 2, 3, 4, 7], 300.0, NOON, lang)
    drawn = {
        to_hex(lines.get_colors()[0]): len(lines.get_segments())
        for lines in figure.axes[0].collections
        if isinstance(lines, LineCollection) and len(lines.get_segments())
    }
    assert drawn == {COLOURS[0]: 2, COLOURS[1]: 1, COLOURS[2]: 1, COLOURS[3]: 1, COLOURS[4]: 1}
    assert Plate(figure).png.startswith(b"\x89PNG")


def test_the_map_tells_when_and_how_many(county):
    said = words(ready_map(county, [0, 1, 2, 3, 4, 7], 300.0, NOON, "zh", [40, 30, 0, 0, 20, 10]))
    assert "5分内可到达的备勤力量数（支，2026-07-15 12:00 周三）；括号内为人口占比" in said
    assert {"无 (40.0%)", "1 (30.0%)", "2 (0.0%)", "4及以上 (30.0%)", "站点", "医院"} <= set(said)
    assert {"城关\n0", "河口\n7"} <= set(said)


def test_a_map_without_people_or_hospitals_says_nothing_of_them(county):
    said = words(ready_map(replace(county, hospitals=()), np.zeros(6), 300.0, NOON, "en", np.zeros(6)))
    assert "none" in said
    assert "hospital" not in said


def test_a_map_needs_one_count_a_node(county):
    with pytest.raises(ValueError, match="6 road nodes"):
        ready_map(county, [1, 2], 300.0, NOON, "en")
