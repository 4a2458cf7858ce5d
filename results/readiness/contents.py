"""What a report says of readiness in sentences."""

from __future__ import annotations

import polars as pl

from results.intervals import Estimate, over_replications
from results.readiness.measured import (
    Readiness,
    delayed_share,
    lost_seconds,
    ready_rate,
    unready_though_manned,
)
from results.wording import minutes_within, percent_within, say


def readiness_headline(found: Readiness, lang: str) -> tuple[str, ...]:
    """Say in a few sentences what readiness was and what it cost."""
    lines = [_delays(found, lang), _ready(found, lang)]
    if found.mean_true.shape[1] and over_replications(found.mean_true[:, -1]).mean is not None:
        lines.append(
            say(
                lang,
                "Of the equipment {known} was in order as far as was known, and {true} in truth.",
                known=percent_within(over_replications(found.mean_known[:, -1])),
                true=percent_within(over_replications(found.mean_true[:, -1])),
            )
        )
    return tuple(lines)


def _delays(found: Readiness, lang: str) -> str:
    share = delayed_share(found)
    if share.mean is None:
        return say(lang, "Without calls nothing can be said of what readiness costs.")
    if not share.mean:
        return say(lang, "No call was delayed by readiness: whoever was nearest and free could go.")
    text = say(
        lang,
        "Readiness, not distance nor other calls, delayed {share} of calls, each by {lost} on average",
        share=percent_within(share),
        lost=minutes_within(lost_seconds(found)),
    )
    parts = _parts(found)
    return text + say(
        lang,
        "; crews were the cause in {crew}, equipment in {gear} of all calls.",
        crew=percent_within(parts[0]),
        gear=percent_within(parts[1]),
    )


def _parts(found: Readiness) -> tuple[Estimate, Estimate]:
    """Estimate the shares of calls delayed for want of people, and for want of equipment."""
    return _share_of(found, "crew_"), _share_of(found, "short", "failed")


def _share_of(found: Readiness, *words: str) -> Estimate:
    cause = pl.col("causes").list.eval(
        pl.any_horizontal(pl.element().str.starts_with(word) for word in words)
    )
    hit = found.delays.filter(cause.list.any()).select("replication", "incident").unique()
    flags = found.calls.join(hit.with_columns(hit=True), on=["replication", "incident"], how="left")
    parts = flags.group_by("replication").agg(pl.col("hit").fill_null(False).mean())
    return over_replications(parts["hit"].to_numpy())


def _ready(found: Readiness, lang: str) -> str:
    return say(
        lang,
        "Units were fully ready in {ready} of their time; with a fit crew at hand they were still not fully "
        "ready, for want of equipment, in {unready}.",
        ready=percent_within(ready_rate(found)),
        unready=percent_within(unready_though_manned(found)),
    )
