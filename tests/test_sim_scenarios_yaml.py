"""YAML as Beiqin reads it: no surprises in what words mean, the place of every key, nothing overloads it."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.scenarios.save import yaml_text
from sim.scenarios.yamlfile import dotted, read_yaml, resolve

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=20)
NUMBERS = st.integers(-(10**17), 10**17) | st.floats(allow_nan=False, allow_infinity=False)
DATA = st.recursive(
    st.none() | st.booleans() | NUMBERS | WORDS,
    lambda below: st.lists(below, max_size=4).map(tuple) | st.dictionaries(WORDS, below, max_size=4),
    max_leaves=20,
)


def read(folder, text):
    path = folder / "scenario.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    problems = []
    document = read_yaml(path, problems)
    return document, [problem.text() for problem in problems]


@pytest.mark.parametrize(
    ("word", "meaning"),
    [
        ("12", 12),
        ("-3", -3),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("true", True),
        ("false", False),
        ("~", None),
        ("", None),
        ("12:30", "12:30"),
        ("22:00:05", "22:00:05"),
        ("no", "no"),
        ("on", "on"),
        ("True", "True"),
        ("0x1F", "0x1F"),
        ("010", "010"),
        ("1_000", "1_000"),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("2026-01-01", "2026-01-01"),
        ("1" * 5000, "1" * 5000),
    ],
)
def test_what_unquoted_words_mean(word, meaning):
    found = resolve(word)
    assert found == meaning
    assert type(found) is type(meaning)


def test_marks_tell_line_and_column_of_keys_and_entries(tmp_path):
    document, problems = read(tmp_path, "a: 1\nb:\n  - {c: x, 名: 2}\n  - [y, z]\n12:\n  d: ~\n")
    assert problems == []
    assert document.data == {"a": 1, "b": ({"c": "x", "名": 2}, ("y", "z")), "12": {"d": None}}
    assert document.marks["a",] == (1, 1)
    assert document.marks["b", 0] == (3, 5)
    assert document.marks["b", 0, "名"] == (3, 12)
    assert document.marks["b", 1, 1] == (4, 9)
    assert document.marks["12", "d"] == (6, 3)
    assert dotted(("b", 0, "名")) == "b.1.名"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_encodings(tmp_path, encoding):
    document, problems = read(tmp_path, "name: {zh: 岚水县}\r\n".encode(encoding))
    assert (document.data, problems) == ({"name": {"zh": "岚水县"}}, [])


@given(st.dictionaries(WORDS, DATA, max_size=4))
def test_what_we_write_reads_back(tmp_path_factory, data):
    document, problems = read(tmp_path_factory.mktemp("yaml"), yaml_text(data))
    assert problems == []
    assert document.data == data


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[" * 100_000, "scenario.yaml:1:21: nests too deep here"),
        ("a: &a [*a]\n", "scenario.yaml:1:8: stands for something that is not complete yet"),
        ("a: *b\n", "scenario.yaml:1:4: stands for something that is not complete yet"),
        ("a: 1\n---\nb: 2\n", "scenario.yaml:2:1: a second document starts here (---); one is due"),
        ("? [a]\n: b\n", "scenario.yaml:1:3: a key must be a word, not a list or mapping"),
        ("a: 1\nb: \x07\n", "scenario.yaml:2: holds a character that no text may hold"),
        ("a: [1\nb: 2\n", "scenario.yaml:2:2: is not well-formed YAML: did not find expected ',' or ']'"),
        (
            "a：1\nb: 2\n",
            "scenario.yaml:1:2: a Chinese colon (：) stands here; a plain colon and a space are due",
        ),
        (
            "a:\n\t- 1\n",
            "scenario.yaml:2:1: is not well-formed YAML: found character that cannot start any token",
        ),
    ],
)
def test_what_is_refused_as_a_whole(tmp_path, text, message):
    document, problems = read(tmp_path, text)
    assert document is None
    assert problems == [message]


def test_aliases_may_stand_for_little_but_not_for_too_much(tmp_path):
    document, problems = read(tmp_path, "a: &speeds {street: 30}\nb: *speeds\n")
    assert (document.data["b"], problems) == ({"street": 30}, [])
    letters = "abcdefghijk"
    bomb = "a0: &a [1,1,1,1,1,1,1,1,1,1]\n" + "".join(
        f"{low}1: &{high} [{','.join([f'*{low}'] * 10)}]\n" for low, high in pairwise(letters)
    )
    document, problems = read(tmp_path, bomb)
    assert document is None
    assert len(problems) == 1
    assert problems[0].endswith("holds too much; large tables belong in CSV files")


def test_no_object_is_ever_made(tmp_path):
    document, problems = read(tmp_path, 'a: !!python/object/apply:os.getcwd []\nb: !!int "5"\n')
    assert document.data == {"a": (), "b": "5"}
    assert problems == [
        "scenario.yaml:1:4 a = !!python/object/apply:os.getcwd: carries a tag; plain values are due",
        "scenario.yaml:2:4 b = !!int: carries a tag; plain values are due",
    ]
