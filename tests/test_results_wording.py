"""Figures in words: no more certainty than there is, and notes in the reader's language."""

import pytest

from results.intervals import Estimate, over_replications
from results.wording import in_language, minutes_within, number_within, percent_within


@pytest.mark.parametrize(
    ("write", "seen", "text"),
    [
        (percent_within, [0.86, 0.88], "87.0 ± 12.7%"),
        (percent_within, [0.0, 0.0001, 0.0, 0.0], "0.0 ± 0.1%"),
        (percent_within, [0.0, 0.0], "0.0%"),
        (percent_within, [0.5], "50.0%"),
        (percent_within, [], "–"),
        (minutes_within, [50.0, 50.01], "0:50 ± 0:01"),
        (minutes_within, [485.0], "8:05"),
        (number_within, [0.1, 0.1, 0.1], "0.1"),
        (number_within, [1.0, 2.0, 3.0], "2.0 ± 2.5"),
    ],
)
def test_uncertainty_is_never_written_as_nought(write, seen, text):
    assert write(over_replications(seen)) == text


def test_digits_of_a_figure_are_those_of_its_uncertainty():
    assert number_within(Estimate(2.394, 0.0311, 20), 2) == "2.39 ± 0.03"


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        ("就近调派 / the closest goes", "就近调派", "the closest goes"),
        ("NFPA 1710：480秒 / NFPA 1710: 480 s", "NFPA 1710：480秒", "NFPA 1710: 480 s"),
        (
            "火灾：90.8万起（S） / Fires (S) 事故：7起 / Accidents: 7",
            "火灾：90.8万起（S） 事故：7起",
            "Fires (S) Accidents: 7",
        ),
        ("50 km/h / A", "50 km/h / A", "50 km/h / A"),
        ("只有中文", "只有中文", "只有中文"),
        ("只有 / 中文", "只有 / 中文", "只有 / 中文"),
        ("", "", ""),
    ],
)
def test_notes_in_both_languages_are_parted(text, zh, en):
    assert (in_language(text, "zh"), in_language(text, "en")) == (zh, en)
