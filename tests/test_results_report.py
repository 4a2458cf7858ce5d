"""The report, its pictures and its typeface: complete, self-contained, the same for the same run."""

import io
import json
import re
from html.parser import HTMLParser

import numpy as np
import pytest
from fontTools.ttLib import TTFont
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image
from synthetic_runs import arrivals_nowhere, made_up, write_run

from results.figures import response_times
from results.ground import extent_of, nearest_places, scale_length_km, segments
from results.labels import Label, place_labels
from results.maps import scale_of
from results.report import (
    PICTURES,
    main_figures,
    read_run,
    report_html,
    write_all,
    write_figures,
    write_report,
    write_summary,
)
from results.runs import RunError
from results.style import FONT_FILE, Plate, house_style
from results.typeface import cut_down
from sim.language import catalogue


@pytest.fixture
def run_folder(tmp_path, tiny_folder):
    (tiny_folder / "SOURCES.md").write_text(
        "# Notes\n\n| a | b |\n|---|---|\n| 1 | <b>2</b> |\n", encoding="utf-8"
    )
    return write_run(tmp_path / "run", tiny_folder, [made_up(seed) for seed in (1, 2, 3)])


@pytest.fixture
def reading(run_folder):
    return read_run(run_folder)


class Page(HTMLParser):
    """Collects a page's tags, texts, and addresses."""

    def __init__(self, html):
        super().__init__()
        self.opened, self.tags, self.texts, self.addresses = [], [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        if tag not in ("meta", "img", "br", "hr", "path", "use", "image", "rect", "stop"):
            self.opened.append(tag)
        self.addresses += [value for name, value in attrs if name in ("src", "href", "xlink:href")]

    def handle_endtag(self, tag):
        if tag not in ("meta", "img", "br", "hr", "path", "use", "image", "rect", "stop"):
            assert self.opened.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        (
            "en",
            [
                "Tiny County: how fast help comes",
                "Are the standards met?",
                "Cold store 1",
                "Engine 1",
                "not met",
            ],
        ),
        ("zh", ["小县应急救援响应时间报告", "是否达到标准", "冷库一", "首达", "未达标", "假设与依据"]),
    ],
)
def test_report_says_what_it_should(reading, lang, words):
    html = report_html(reading, lang)
    page = Page(html)
    text = "".join(page.texts)
    for word in words if lang == "zh" else words[:3] + words[4:]:
        assert word in text
    assert page.opened == []
    assert "beiqin run run/scenario --days 10 --warm-up 1 --replications 3 --seed 7 --policy closest" in text
    assert not re.search(r"{\w+}", text)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_report_needs_nothing_else(reading, lang):
    html = report_html(reading, lang)
    page = Page(html)
    assert all(address.startswith(("#", "data:")) for address in page.addresses)
    assert "url(http" not in html
    assert "<script" not in html
    assert html.count("<svg") == len(PICTURES) - 2
    assert html.count("data:image/png") == 2


def test_notes_of_the_scenario_cannot_smuggle_html(reading):
    html = report_html(reading, "en")
    assert "<td>&lt;b&gt;2&lt;/b&gt;</td>" in html


def test_names_are_escaped(run_folder):
    path = run_folder / "scenario" / "places.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("Chengguan", "<i>Cheng</i>"), encoding="utf-8")
    html = report_html(read_run(run_folder), "en")
    assert "&lt;i&gt;Cheng&lt;/i&gt;" in html
    assert "<i>Cheng" not in html


def test_typeface_holds_just_the_characters_asked_for():
    font = TTFont(io.BytesIO(cut_down("备勤 county 12:30")))
    assert set(font.getBestCmap()) == {ord(c) for c in "备勤 county 12:30"}
    assert font["name"].getDebugName(1) == "Beiqin Sans SC"
    assert font.flavor == "woff"


def test_typeface_can_write_all_the_chinese_there_is():
    known = set(TTFont(FONT_FILE).getBestCmap())
    for package in ("results", "sim", "api"):
        for sentence in catalogue(package).values():
            assert {c for c in sentence if ord(c) not in known} <= {"\n"}, sentence
    common = [bytes([row, cell]).decode("gb2312") for row in range(0xB0, 0xD7) for cell in range(0xA1, 0xFA)]
    assert all(ord(c) in known for c in common)


def test_pictures_are_written_and_show_something(run_folder, reading):
    written = write_figures(run_folder, "zh", reading)
    assert len(written) == 2 * len(PICTURES)
    for path in written:
        if path.suffix == ".png":
            pixels = np.asarray(Image.open(path).convert("L"))
            assert pixels.min() < 90
            assert pixels.std() > 8
        else:
            assert path.read_text(encoding="utf-8").lstrip().startswith("<?xml")
    assert not [p for p in (run_folder / "figures").iterdir() if p.name.startswith(".")]


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_says_what_it_rests_on(reading, name):
    figure = PICTURES[name](reading.findings, "en")
    written = " ".join(text.get_text() for text in figure.findobj(Text))
    assert f"{len(reading.findings.calls)} calls in 3 replications of" in written


def test_a_standard_is_drawn_with_its_interval(reading):
    written = [text.get_text() for text in response_times(reading.findings, "zh").findobj(Text)]
    assert any(re.match(r"时限5:00：[\d.]+ ± [\d.]+%达到", text) for text in written)
    assert any(re.search(r"\(n = \d+\)$", text) for text in written)


def test_the_same_run_gives_the_same_files(tmp_path, tiny_folder):
    folders = [write_run(tmp_path / name, tiny_folder, [made_up(5), made_up(6)]) for name in ("a", "b")]
    contents = [write_summary(folder).read_bytes() for folder in folders]
    assert contents[0] == contents[1]
    pages = [report_html(read_run(folder), "en") for folder in folders]
    assert pages[0].replace("run a/", "") == pages[1].replace("run b/", "")


def test_summary_is_json_with_rounded_figures(run_folder):
    content = json.loads(write_summary(run_folder).read_text(encoding="utf-8"))
    assert content["replications"] == 3
    assert set(content["first_arrival_by_place"]) == {"T1", "T2"}
    mean = content["measures"]["first_arrival"]["mean"]["value"]
    assert mean == round(mean, 3)


def test_all_at_once(run_folder):
    path = write_all(run_folder, "en", name="report.en.html")
    assert path == run_folder / "report.en.html"
    assert (run_folder / "summary.json").is_file()
    assert (run_folder / "figures" / "busy-share-en.svg").is_file()
    assert write_report(run_folder, "zh") == run_folder / "report.html"


def test_main_figures(run_folder):
    lines = main_figures(run_folder, "en")
    assert re.match(r"\d+ calls were simulated, [\d.]+ a day\.", lines[0])
    assert re.search(r"within \d+:\d\d ± \d+:\d\d of the alarm in half of all calls", lines[1])
    assert any("Five minutes in town" in line for line in lines)
    assert all(main_figures(run_folder, "zh"))


def test_a_run_broken_off_says_so(tmp_path, tiny_folder):
    folder = write_run(
        tmp_path / "run", tiny_folder, [made_up(1), made_up(2)], replications=9, complete=False
    )
    with pytest.raises(RunError, match="broken off after 2 of 9"):
        write_report(folder, "en")
    assert "(broken off; 9 were planned)" in report_html(read_run(folder, partial=True), "en")


def test_a_run_without_calls_still_gives_a_report(tmp_path, tiny_folder):
    folder = write_run(tmp_path / "run", tiny_folder, [arrivals_nowhere(), arrivals_nowhere()])
    for lang in ("en", "zh"):
        assert Page(report_html(read_run(folder), lang)).opened == []


def test_a_read_only_place_leaves_no_half_file(run_folder, reading, monkeypatch):
    def full(_self, _content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.write_bytes", full)
    with pytest.raises(OSError, match="No space"):
        write_report(run_folder, "en", reading=reading)
    assert not (run_folder / "report.html").exists()
    assert not list(run_folder.glob(".report*"))


def test_each_road_is_drawn_once(reading):
    county = reading.findings.county
    arcs, ends = segments(county)
    assert ends.shape == (6, 2, 2)
    assert len(set(arcs.tolist())) == 6
    assert np.asarray(county.roads.table.bridge)[arcs].sum() == 1


def test_roads_belong_to_the_nearest_place(reading):
    county = reading.findings.county
    points = np.array([[104.001, 30.0], [104.019, 30.01], [104.0, 30.01]])
    assert nearest_places(county, points).tolist() == [0, 1, 0]
    assert extent_of(county).west < 104.0


def test_scale_bar_is_a_round_length():
    assert [scale_length_km(width) for width in (1, 9, 47, 300)] == [0.5, 2, 10, 50]


def test_scale_against_targets(reading):
    scale = scale_of(reading.findings.county, "en")
    labels = [scale.band(p90, 300.0).label for p90 in (300.0, 301.0, 450.0, 451.0, 601.0)]
    assert labels == [
        "within the target",
        "up to half as long again",
        "up to half as long again",
        "up to twice as long",
        "longer still",
    ]
    assert scale.band(None, 300.0) is scale.unknown
    assert scale.band(300.0, None) is scale.unknown


def test_scale_in_minutes_where_there_is_no_target(run_folder):
    path = run_folder / "scenario" / "scenario.yaml"
    text = re.sub(r"standards:\n( .*\n)*", "", path.read_text(encoding="utf-8"))
    path.write_text(text, encoding="utf-8")
    reading = read_run(run_folder)
    scale = scale_of(reading.findings.county, "en")
    assert [scale.band(s, None).label for s in (300.0, 301.0, 1200.0, 1201.0)] == [
        "up to 5 min",
        "up to 10 min",
        "up to 20 min",
        "longer",
    ]
    assert Page(report_html(reading, "en")).opened == []


def test_labels_do_not_cover_one_another():
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    with house_style():
        figure = Figure(figsize=(4, 4))
        canvas = FigureCanvasAgg(figure)
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set(xlim=(0, 10), ylim=(0, 10))
        labels = [Label(5 + 0.01 * n, 5, f"Station {n}", 8) for n in range(6)]
        notes = place_labels(axes, labels, [(5, 5)], keep_all=False, beside=True)
        boxes = [note.get_window_extent(canvas.get_renderer()) for note in notes]
        everyone = place_labels(axes, labels, [], keep_all=True, beside=False)
    assert 4 <= len(boxes) <= 6
    assert len(everyone) == 6
    assert not any(a.overlaps(b) for n, a in enumerate(boxes) for b in boxes[:n])


def test_pictures_keep_their_bytes(reading):
    picture = PICTURES["load-by-hour"]
    one, other = (Plate(picture(reading.findings, "zh")) for _ in range(2))
    assert one.svg == other.svg
    assert one.png == other.png
