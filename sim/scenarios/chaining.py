"""Reporting as the files write it becomes the chain of reports as the clock knows it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from dispatch.reporting import RuleSet, Tier
from sim import county
from sim.scenarios import reporting_model as written
from sim.scenarios.fields import Duration
from sim.scenarios.planfiles import RULES
from sim.scenarios.ranks import Ranks
from sim.scenarios.reporting_model import DEFAULT_WORD
from sim.scenarios.rulefiles import rule_set
from sim.scenarios.scenario import Scenario
from sim.scenarios.sections import rule_classes
from sim.scenarios.timing import drawn

TIER_OF_KIND = {
    "site": Tier.UNIT_HEAD,
    "call_centre": Tier.CALL_CENTRE,
    "township": Tier.TOWNSHIP,
    "street": Tier.TOWNSHIP,
    "park": Tier.TOWNSHIP,
    "bureau": Tier.BUREAU,
    "department": Tier.DEPARTMENT,
    "county_government": Tier.COUNTY_GOVERNMENT,
    "city": Tier.CITY_BUREAU,
    "city_bureau": Tier.CITY_BUREAU,
    "city_government": Tier.CITY_GOVERNMENT,
    "province": Tier.PROVINCE,
    "ministry": Tier.MINISTRY,
}
"""The tier for which a duty post answers, by the word for its kind."""

AT_ONCE = county.Duration("constant", 0.0)


def chain_of(scenario: Scenario, ranks: Ranks) -> county.Chain | None:
    """Make the chain of reports of a scenario; None where nothing is said of reporting."""
    said = scenario.settings.reporting
    if said is None:
        return None
    return county.Chain(
        rules=in_force(said.rules, scenario.rule_texts),
        conduct=conduct_of(scenario, said.conduct, ranks),
        desks=_desks(scenario, said, ranks),
        departments=_departments(scenario, said, ranks),
    )


def in_force(name: str, own: Mapping[str, str]) -> RuleSet:
    """Read the rules in force together, those of a scenario's own files before those that come with Beiqin.

    Raises
    ------
    ScenarioError
        With everything that is wrong.
    """
    if not own:
        return rule_set(name)
    with TemporaryDirectory() as place:
        folder = Path(place)
        (folder / RULES).mkdir()
        for file, text in own.items():
            (folder / RULES / f"{file}.yaml").write_text(text, encoding="utf-8")
        return rule_set(name, folder)


def conduct_of(scenario: Scenario, said: written.Conduct, ranks: Ranks) -> county.Conduct:
    """Say how people report."""
    classes = {code: at for at, code in enumerate(class_codes_of(scenario))}
    return county.Conduct(
        notice=drawn(said.notice),
        decide=drawn(said.decide),
        verify=_by_tier(said.verify),
        draft=_by_tier(said.draft),
        sign=drawn(said.sign),
        tip_off=drawn(said.tip_off),
        city_decides=drawn(said.city_decides),
        grade=drawn(said.grade),
        conceal_p=said.conceal_p,
        conceal_by_kind=_by_number(said.conceal_by_kind, ranks.kinds),
        conceal_by_class=_by_number(said.conceal_by_class, classes),
        authority_conceal_p=said.authority_conceal_p,
        enforcement=said.enforcement,
        forget_p=said.forget_p,
        short_p=said.short_p,
        short_share=said.short_share,
        public_p=said.public_p,
        ring_s=said.ring_s,
        retry_s=said.retry_s,
    )


def class_codes_of(scenario: Scenario) -> list[str]:
    """List the codes of the classes of accident, the lowest first."""
    own = scenario.settings.accident_classes
    return [it.code for it in own] if own is not None else [str(row["code"]) for row in rule_classes()]


def _by_tier(said: Mapping[written.TierOrDefault, Duration]) -> dict[int, county.Duration]:
    """Give every tier its duration: its own, else the default, else none."""
    usual = drawn(said["default"]) if DEFAULT_WORD in said else AT_ONCE
    given = {Tier[word.upper()]: drawn(it) for word, it in said.items() if word != DEFAULT_WORD}
    return {int(tier): given.get(tier, usual) for tier in Tier}


def _by_number(said: Mapping[str, float], numbers: Mapping[str, int]) -> dict[int, float]:
    """Give figures by number; that of `default` to all that have none of their own."""
    if DEFAULT_WORD not in said:
        return {numbers[code]: figure for code, figure in said.items()}
    return {number: said.get(code, said[DEFAULT_WORD]) for code, number in numbers.items()}


def _desks(scenario: Scenario, said: written.Reporting, ranks: Ranks) -> dict[int, tuple[int, ...]]:
    """List the posts that answer for each tier: as the settings say, else by the posts' kinds."""
    desks: dict[int, tuple[int, ...]] = {}
    for row in scenario.posts:
        if row.kind in TIER_OF_KIND:
            tier = int(TIER_OF_KIND[row.kind])
            desks[tier] = (*desks.get(tier, ()), ranks.posts[row.code])
    own = {int(Tier[word.upper()]): codes for word, codes in said.desks.items()}
    return {**desks, **{tier: tuple(ranks.posts[code] for code in codes) for tier, codes in own.items()}}


def _departments(scenario: Scenario, said: written.Reporting, ranks: Ranks) -> dict[int, int]:
    """Tell the post of the competent department of each kind; `default` holds for the other accidents."""
    usual = said.departments.get(DEFAULT_WORD)
    found = {}
    for code, kind in scenario.settings.kinds.items():
        post = said.departments.get(code, usual if kind.category == "accident" else None)
        if post is not None:
            found[ranks.kinds[code]] = ranks.posts[post]
    return found
