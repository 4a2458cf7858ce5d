"""What a report says in sentences: the main results, and what cannot be told."""

from __future__ import annotations

from results.chain.contents import reports_headline
from results.findings import (
    FEWEST_FOR_A_QUANTILE,
    Findings,
    Verdict,
    figures,
    rate,
    share,
    slowest_sites,
    verdicts,
)
from results.intervals import LEVEL
from results.measures import DAY_S
from results.readiness.contents import readiness_headline
from results.wording import (
    called,
    minutes,
    minutes_within,
    number,
    number_within,
    percent,
    percent_within,
    say,
)


def headline(findings: Findings, lang: str) -> tuple[str, ...]:
    """Say the main results in a few sentences."""
    first = figures(findings.calls, "first_arrival", findings.replications)
    lines = [_calls_sentence(findings, lang)]
    if first.n:
        lines.append(
            say(
                lang,
                "The first unit is on scene within {p50} of the alarm in half of all calls, "
                "and within {p90} in 9 of 10.",
                p50=minutes_within(first.p50),
                p90=minutes_within(first.p90),
            )
        )
    lines += [verdict_sentence(found, lang) for found in verdicts(findings)]
    if findings.calls.is_empty():
        return tuple(lines)
    lines.append(
        say(
            lang,
            "No suitable unit was free when the call was taken in {none} of calls; "
            "in {short} at least one of the units needed was missing at first.",
            none=percent_within(share(findings.calls, "none_free", findings.replications)),
            short=percent_within(share(findings.calls, "short", findings.replications)),
        )
    )
    if findings.readiness is not None:
        lines += readiness_headline(findings.readiness, lang)[:1]
    if findings.compliance is not None and len(findings.compliance.duties):
        lines += reports_headline(findings.compliance, lang)[:2]
    return tuple(lines)


def verdict_sentence(found: Verdict, lang: str) -> str:
    """Say how a standard fared."""
    standard = found.standard
    if not found.n:
        return say(lang, "{name}: no call to judge it by.", name=called(standard.names, lang))
    text = say(
        lang,
        "{name}: {share} within {limit}",
        name=called(standard.names, lang),
        share=percent_within(found.share),
        limit=minutes(standard.within_s),
    )
    if standard.share is None:
        return text + say(lang, ".")
    asked = percent(standard.share, 0)
    ending = {True: "; {asked} is asked: met.", False: "; {asked} is asked: not met.", None: UNSURE}[
        found.met
    ]
    return text + say(lang, ending, asked=asked)


UNSURE = "; {asked} is asked: too close to tell with this many replications."


def caveats(findings: Findings, lang: str) -> tuple[str, ...]:
    """Say what this run cannot tell."""
    calls = dict(findings.calls.group_by("place").len().iter_rows())
    few = sum(calls.get(place.code, 0) < FEWEST_FOR_A_QUANTILE for place in findings.county.places)
    still_open = int(findings.calls["open"].sum())
    told = int(slowest_sites(findings)["told"].count())
    texts = [_certainty(findings, lang)]
    if still_open:
        texts.append(say(lang, STILL_OPEN, n=still_open))
    if few:
        texts.append(
            say(lang, "In {n} places fewer than 10 calls were seen; their figures say little.", n=few)
        )
    if told < len(findings.county.sites):
        texts.append(say(lang, FEW_SITES, told=told, all=len(findings.county.sites), n=FEWEST_FOR_A_QUANTILE))
    texts.append(say(lang, NOT_A_FORECAST))
    texts.append(say(lang, AS_GOOD_AS))
    return tuple(texts)


STILL_OPEN = (
    "{n} calls were still open when their replication ended. They count as calls; times they had not reached "
    "are left out, except that a limit already passed counts as missed."
)
FEW_SITES = (
    "Only {told} of {all} hazard sites had at least {n} calls at or near them; "
    "nothing is said of how fast help reaches the others."
)
NOT_A_FORECAST = (
    "How often accidents happen rests on published base rates, which count too few of the small ones. "
    "The figures show what the county's rescue force can do under such a load; "
    "they are no forecast for any one site."
)
AS_GOOD_AS = (
    "The intervals cover chance alone. Whether travel speeds, turnout times and times on scene are right for "
    "this county can only be told by comparing them with the county's own dispatch log."
)


def basis(findings: Findings, lang: str, intervals: bool = False) -> str:
    """Say in a line what a picture rests on."""
    text = say(
        lang,
        "{n} calls in {replications} replications of {days} days",
        n=number(float(len(findings.calls)), 0),
        replications=len(findings.replications),
        days=f"{findings.window.length_s / DAY_S:g}",
    )
    return text + say(lang, "; intervals: 95%") if intervals else text


def _calls_sentence(findings: Findings, lang: str) -> str:
    return say(
        lang,
        "{n} calls were simulated, {rate} a day.",
        n=number(float(len(findings.calls)), 0),
        rate=number_within(rate(findings.calls, DAY_S, findings), 2),
    )


def _certainty(findings: Findings, lang: str) -> str:
    if len(findings.replications) == 1:
        text = say(lang, ONE_REPLICATION, level=f"{100 * LEVEL:.0f}")
        doubtful = figures(findings.calls, "first_arrival", findings.replications).mean.doubtful
        return text + say(lang, STILL_CORRELATED) if doubtful else text
    return say(lang, MANY_REPLICATIONS, n=len(findings.replications), level=f"{100 * LEVEL:.0f}")


ONE_REPLICATION = (
    "There is one replication only. The ± figures come from 20 batches of its calls in the order of time and "
    "hold with {level}% certainty if the batches are independent; figures without ± have none."
)
STILL_CORRELATED = " Here they are still correlated, so that ± is too small: simulate longer, or more often."
MANY_REPLICATIONS = (
    "Each figure is the average of {n} replications; with {level}% certainty the true value lies within ± "
    "the figure beside it (Student's t). Where a group has fewer than 10 calls a replication, its P50 and "
    "P90 are those of all replications together and have no ±; with fewer than 10 calls in all they are left "
    "out."
)
