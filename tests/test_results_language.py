"""Every sentence of a report is there in Chinese, with the same fields."""

import ast
import re
from pathlib import Path

import results
from sim.language import catalogue

HOME = Path(results.__file__).parent
UNSPOKEN = {"P50", "P90", "good", "poor", "unsure"}
SPEAKERS = ("say", "wrong", "_problem", "_incident", "_unit", "_at_station", "_with_patient")


def spoken_in(path):
    """Sentences given to a speaker in a module, by themselves or by the name of a constant of that module."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    constants = {
        node.targets[0].id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and name_of(node.func) in SPEAKERS:
            for argument in node.args:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield argument.value
                if isinstance(argument, ast.Name) and isinstance(constants.get(argument.id), str):
                    yield constants[argument.id]


def name_of(function):
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


def sentences():
    for path in sorted(HOME.glob("*.py")):
        yield from spoken_in(path)
    for path in sorted((HOME / "templates").glob("*.j2")):
        yield from re.findall(r'say\("((?:[^"\\]|\\.)*)"', path.read_text(encoding="utf-8"))


def test_every_sentence_is_translated():
    known = catalogue("results")
    spoken = set(sentences()) - UNSPOKEN
    assert len(spoken) > 120
    assert sorted(sentence for sentence in spoken if sentence not in known) == []


def test_translations_keep_the_fields():
    for english, chinese in catalogue("results").items():
        assert set(re.findall(r"{(\w+)}", english)) == set(re.findall(r"{(\w+)}", chinese)), english
