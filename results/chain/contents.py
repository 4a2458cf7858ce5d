"""What a run says of its reports in sentences."""

from __future__ import annotations

from dispatch.reporting import Verdict
from results.chain.words import rules_called
from results.compliance import BAD, Compliance, accidents_a_year, counts_a_year, share_of_due
from results.findings import figures
from results.wording import minutes_within, number_within, percent_within, say


def reports_headline(found: Compliance, lang: str) -> tuple[str, ...]:
    """Say how the reports of accidents fared."""
    lines = [
        say(
            lang,
            "{accidents} accidents a year had to be reported; {share} of the reports due came within their "
            "limit (rules: {rules}).",
            accidents=number_within(accidents_a_year(found)),
            share=percent_within(share_of_due(found, Verdict.ON_TIME)),
            rules=rules_called(found.rules, lang),
        )
    ]
    late, omitted, false, concealed = (number_within(counts_a_year(found, it)) for it in BAD)
    lines.append(
        say(
            lang,
            "A year {late} reports came late, {omitted} were omitted, {false} false, {concealed} concealed.",
            late=late,
            omitted=omitted,
            false=false,
            concealed=concealed,
        )
    )
    bureau = figures(found.accidents, "bureau_told", found.replications)
    city = figures(found.accidents, "city_told", found.replications)
    if bureau.n and city.n:
        lines.append(
            say(
                lang,
                "The county bureau knew of half of the accidents within {bureau}, the city within {city}; "
                "of 9 in 10 within {bureau90} and {city90}.",
                bureau=minutes_within(bureau.p50),
                city=minutes_within(city.p50),
                bureau90=minutes_within(bureau.p90),
                city90=minutes_within(city.p90),
            )
        )
    return tuple(lines)
