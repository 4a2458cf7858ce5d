"""Both languages are whole: every sentence has its Chinese, with the same fields, and none is left over."""

import ast
import re
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest
import typer
import yaml

from api.cli import app
from api.commands import scenarios
from api.service import COLUMN_HEADINGS
from api.trouble import OF_THE_SYSTEM
from api.wording import HEADINGS, WRONG_USAGE, parts_of
from sim.language import catalogue

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("sim", "results", "api")
SENTENCE = ("sentence", "message", "message_id")
"""Names of the parameters that take a sentence to be said in the user's language."""
SAID_BY_LIBYAML = re.compile(
    r"(did|could) not find expected|found |mapping values are|block sequence entries"
)
FIELD = re.compile(r"{(\w*)}")


@cache
def modules(package):
    """Every module of a package, parsed, by its path."""
    return {
        path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted((ROOT / package).rglob("*.py"))
    }


@cache
def speakers():
    """Functions and classes that take a sentence, each with the places where it can stand in a call."""
    places = defaultdict(set)
    for package in PACKAGES:
        for tree in modules(package).values():
            for owner in ast.walk(tree):
                if isinstance(owner, ast.ClassDef):
                    fields = [f.target.id for f in owner.body if isinstance(f, ast.AnnAssign)]
                    note(places, owner.name, fields)
                    for one in owner.body:
                        if isinstance(one, ast.FunctionDef):
                            names = [a.arg for a in (*one.args.posonlyargs, *one.args.args)][1:]
                            note(places, owner.name if one.name == "__init__" else one.name, names)
                elif isinstance(owner, ast.FunctionDef):
                    note(places, owner.name, [a.arg for a in (*owner.args.posonlyargs, *owner.args.args)])
    places["say"] |= {0, 1}
    return places


def note(places, name, parameters):
    """Remember where a speaker's sentence stands, counted without `self`."""
    places[name] |= {place for place, parameter in enumerate(parameters) if parameter in SENTENCE}


def sentences(package):
    """Sentences that a package says: written out in a call, or under a name given in the same module."""
    for tree in modules(package).values():
        named = constants(tree)
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
            places = speakers().get(name, ())
            given = [part for place, part in enumerate(call.args) if place in places]
            given += [word.value for word in call.keywords if word.arg in SENTENCE and places]
            for part in given:
                yield from named[part.id] if isinstance(part, ast.Name) else texts(part)


def constants(tree):
    """String constants by the names they are given anywhere in a module."""
    found = defaultdict(list)
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    found[target.id] += texts(node.value)
    return found


def texts(node):
    """A string, or either string of a choice."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    return [*texts(node.body), *texts(node.orelse)] if isinstance(node, ast.IfExp) else []


def help_texts():
    """What the command line's help pages say, and the words the rooms of `api` keep in tables."""
    for part in parts_of(typer.main.get_command(app())):
        yield from (text for name in ("help", "rich_help_panel") if (text := getattr(part, name, None)))
    yield from HEADINGS.values()
    yield from (sentence for _, sentence in WRONG_USAGE)
    yield from OF_THE_SYSTEM.values()
    yield from (*scenarios.HEADINGS, *COLUMN_HEADINGS)


def at_hand(package):
    """Everything a package could say: every string in its code, its templates and its data."""
    for tree in modules(package).values():
        yield from (
            n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)
        )
    for path in (ROOT / package).rglob("*.j2"):
        yield from re.findall(r'say\("((?:[^"\\]|\\.)*)"', path.read_text(encoding="utf-8"))
    for path in (ROOT / package).rglob("*.yaml"):
        yield from scalars(yaml.safe_load(path.read_text(encoding="utf-8")))


def scalars(value):
    """Every text in a YAML document."""
    if isinstance(value, dict):
        value = [*value.keys(), *value.values()]
    if isinstance(value, list):
        for one in value:
            yield from scalars(one)
    elif isinstance(value, str):
        yield value


def is_words(text):
    """Tell a sentence or a heading from a name in code and from mere fields and signs."""
    return bool(re.search(r"[a-z]{2}", FIELD.sub("", text))) and not re.fullmatch(r"[a-z_]+", text)


@pytest.mark.parametrize("package", PACKAGES)
def test_every_sentence_has_its_chinese(package):
    said = {*sentences(package), *(help_texts() if package == "api" else ())}
    said = {sentence for sentence in said if is_words(sentence)}
    assert len(said) > 60
    assert sorted(said - catalogue(package).keys()) == []


@pytest.mark.parametrize("package", PACKAGES)
def test_no_chinese_is_left_over(package):
    possible = {*at_hand(package), *(help_texts() if package == "api" else ())}
    left = [english for english in catalogue(package) if english not in possible]
    assert [english for english in left if not SAID_BY_LIBYAML.match(english)] == []


@pytest.mark.parametrize("package", PACKAGES)
def test_chinese_keeps_the_fields(package):
    pairs = catalogue(package).items()
    assert [
        english for english, chinese in pairs if set(FIELD.findall(english)) != set(FIELD.findall(chinese))
    ] == []


@pytest.mark.parametrize("package", PACKAGES)
def test_chinese_is_chinese(package):
    same = [english for english, chinese in catalogue(package).items() if not re.search(r"[一-鿿]", chinese)]
    assert [english for english in same if is_words(english)] == []
