"""Where reporting names something (posts, kinds, classes of accident, rules in force): does it exist?"""

from __future__ import annotations

from dataclasses import replace

from sim.scenarios.chaining import in_force
from sim.scenarios.drafts import Draft, unknown
from sim.scenarios.planfiles import RULES
from sim.scenarios.problems import Problem, ScenarioError, known_or_near
from sim.scenarios.reporting_model import DEFAULT_WORD
from sim.scenarios.rulefiles import rule_files
from sim.scenarios.sections import rule_classes

WORDS = (
    (("reporting", "desks", "*", "*"), "posts", "duty post"),
    (("reporting", "departments", "*"), "posts", "duty post"),
)
"""Setting that names something (``*``: every entry), where that is defined, and what it is called."""

KEYS = (
    (("reporting", "departments"), "kinds", "kind of incident"),
    (("reporting", "conduct", "conceal_by_kind"), "kinds", "kind of incident"),
    (("reporting", "conduct", "conceal_by_class"), "classes", "class of accident"),
)
"""Mapping whose keys name something."""


def check_chain(draft: Draft) -> None:
    """Report codes that name nothing, and rules that cannot be had."""
    known = {**draft.known, "classes": class_codes(draft)}
    for pattern, section, thing in WORDS:
        for path, word in draft.said(*pattern) if section in known else ():
            if word not in known[section]:
                message, values = unknown(thing, word, known[section])
                draft.misnamed(draft.setting(path, word, message, **values))
    for keyed, section, thing in KEYS:
        for path, found in draft.mappings(*keyed) if section in known else ():
            for word in found:
                if word not in (*known[section], DEFAULT_WORD):
                    message, values = unknown(thing, word, known[section])
                    draft.misnamed(draft.setting((*path, word), None, message, **values))
    _rules(draft)


def class_codes(draft: Draft) -> list[str]:
    """List the codes of the classes of accident: the scenario's own, or those of Decree 493."""
    own = draft.raw.get("accident_classes")
    return draft.known.get("accident_classes", []) if own else [str(row["code"]) for row in rule_classes()]


def _rules(draft: Draft) -> None:
    """Report rules that are not there, and all that is wrong with a rule file of the scenario's own."""
    known = list(dict.fromkeys([*draft.rule_texts, *rule_files()]))
    for path, name in draft.said("reporting", "rules"):
        if name in known:
            draft.problems += _of_the_rules(name, draft)
            continue
        ending, values = known_or_near(name, known)
        message = {
            "near": "names no rule set; did you mean {near}?",
            "known": "names no rule set; known: {known}",
            "none": "names no rule set",
        }[ending]
        draft.misnamed(draft.setting(path, name, message, **values))


def _of_the_rules(name: str, draft: Draft) -> list[Problem]:
    """Tell what is wrong with rules, with the place of their files in the scenario's folder."""
    try:
        in_force(name, draft.rule_texts)
    except ScenarioError as error:
        return [replace(problem, file=f"{RULES}/{problem.file}") for problem in error.problems]
    return []
