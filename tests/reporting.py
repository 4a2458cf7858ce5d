"""A small chain of reports made in code: a cold store, its township, the county and the city above."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from counties import NOTHING, alarm, line_county, names

from dispatch.reporting import NEAR_MISS, Report, Rule, RuleSet, Source, Tier
from readiness.force import Answering, Channel, Force, Lasting, Post, Role, Rostered, Shift
from sim.county import AccidentClass, Chain, Conduct, County, Duration, Harm

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
LAW = Source("Decree 493", "Art. 9-13", "2007-06-01", "V")
CLASSES = (
    AccidentClass("ORDINARY", names("ordinary"), 1, 1, 1.0, "Art. 3"),
    AccidentClass("LARGER", names("larger"), 3, 10, 1e7, "Art. 3"),
    AccidentClass("MAJOR", names("major"), 10, 50, 5e7, "Art. 3"),
)
ALL = (NEAR_MISS, 0, 1, 2)


def lasts(seconds: float) -> Duration:
    return Duration("constant", seconds)


def within(seconds: float, classes: Sequence[int] = ALL) -> dict[int, float]:
    return dict.fromkeys(classes, seconds)


INITIAL, UPDATE, SUPPLEMENT, FINAL = Report.INITIAL, Report.UPDATE, Report.SUPPLEMENT, Report.FINAL
UNIT, CALLS, BUREAU, CITY = Tier.UNIT_HEAD, Tier.CALL_CENTRE, Tier.BUREAU, Tier.CITY_BUREAU
GOVERNMENT, PROVINCE = Tier.COUNTY_GOVERNMENT, Tier.PROVINCE

RULES = (
    Rule("unit", UNIT, BUREAU, INITIAL, LAW, within(HOUR)),
    Rule("calls", CALLS, BUREAU, INITIAL, LAW, within(10 * MINUTE), at_once=True),
    Rule("county", BUREAU, CITY, INITIAL, LAW, within(2 * HOUR), written=True),
    Rule("own", BUREAU, GOVERNMENT, INITIAL, LAW, within(2 * HOUR)),
    Rule("city", CITY, PROVINCE, INITIAL, LAW, within(2 * HOUR, (1, 2))),
    Rule("daily", BUREAU, CITY, UPDATE, LAW, every_s=within(DAY)),
    Rule("unit_news", UNIT, BUREAU, SUPPLEMENT, LAW, within(HOUR), window_s=30 * DAY),
    Rule("county_news", BUREAU, CITY, SUPPLEMENT, LAW, within(HOUR), window_s=30 * DAY),
    Rule("end", BUREAU, CITY, FINAL, LAW, within(7 * DAY), written=True),
    Rule("skip", UNIT, GOVERNMENT, INITIAL, LAW, necessary=True),
)
CONDUCT = Conduct(
    notice=lasts(5 * MINUTE),
    decide=lasts(4 * MINUTE),
    verify={UNIT: lasts(MINUTE), CALLS: lasts(30.0), BUREAU: lasts(6 * MINUTE), CITY: lasts(10 * MINUTE)},
    draft={BUREAU: lasts(20 * MINUTE)},
    sign=lasts(9 * MINUTE),
    tip_off=lasts(5 * HOUR),
    city_decides=lasts(10 * MINUTE),
    grade=lasts(5 * MINUTE),
)
ALWAYS = Shift("always", 0.0, 24.0)
LANDLINE, MOBILE = Channel("landline"), Channel("mobile")
KINDS: Mapping[Tier, str] = {UNIT: "site", BUREAU: "bureau", GOVERNMENT: "county_government", CITY: "city"}
OFFICER, LEADER = range(2)


def answers(seconds: float, p: float = 1.0) -> tuple[Answering, ...]:
    """Both telephones, answered after so long with a chance."""
    return tuple(Answering(c.code, (p,) * 24, Lasting("constant", seconds)) for c in (LANDLINE, MOBILE))


def desks(seconds: float = 10.0, p: float = 1.0, tiers: Sequence[Tier] = (BUREAU, GOVERNMENT, CITY)) -> Force:
    """A post for each tier, manned by an officer at any hour; a leader is at the city's desk."""
    posts = tuple(Post(f"D{k}", KINDS[tier], channels=answers(seconds, p)) for k, tier in enumerate(tiers))
    roster = [Rostered(k, 0, OFFICER) for k in range(len(tiers))]
    roster += [Rostered(k, 0, LEADER) for k, tier in enumerate(tiers) if tier == CITY]
    return Force(
        roles=(Role("duty_officer"), Role("duty_leader")),
        shifts=(ALWAYS,),
        posts=posts,
        post_roster=tuple(roster),
        channels=(LANDLINE, MOBILE),
    )


def chain_of_desks(
    tiers: Sequence[Tier] = (BUREAU, GOVERNMENT, CITY), rules: Sequence[Rule] = RULES, **conduct: Any
) -> Chain:
    return Chain(
        RuleSet("tests", tuple(rules)),
        replace(CONDUCT, **conduct),
        {int(tier): (number,) for number, tier in enumerate(tiers)},
    )


HARM = Harm(1.0, 4.0, 0.0, 0.0, 5e4, 0.0, 0.5, lasts(2 * HOUR))
"""Two hurt at once, four in all two hours later; 50,000 yuan."""


def leak_county(chain: Chain | None, force: Force | None = None, **more: Any) -> County:
    """A cold-store leak at 00:10 one node away: on scene after 100 s, under control after three hours."""
    fields = {
        "listed": (alarm(10 * MINUTE, 1, handling_s=60.0),),
        "control": lasts(3 * HOUR),
        "harm": HARM,
        **more,
    }
    harm, times_s = fields.pop("harm"), fields.pop("times_s", (100.0,))
    county = line_county(times_s, accident_classes=CLASSES, chain=chain, force=force, **fields)
    kinds = tuple(replace(kind, category="accident", harm=harm, handling=NOTHING) for kind in county.kinds)
    return replace(county, kinds=kinds)
