"""A comparison in sentences and tables: what each variant changes, for whom, and what cannot be told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from results.choosing import Choice
from results.compare import FEWEST_OF_A_PLACE, Comparison, Difference, Stopped, needed
from results.factorial import Effect
from results.intervals import Estimate
from results.outcome import A_YEAR, OF_PLACES, SECONDS, SHARE, Measure
from results.tables import Cell, Table
from results.wording import (
    NOTHING,
    called,
    minutes_within,
    number,
    number_within,
    percent_within,
    say,
)
from sim.county import Place

FIRST = "first_arrival"
AS_IT_IS = "base"
"""The name of the county without any change, among those the best is chosen from."""
SCALES = {SECONDS: 1.0, SHARE: 100.0, A_YEAR: 1.0}
"""From a figure's unit to the one its changes are told in: seconds, percentage points, a year."""
DIGITS = {SECONDS: 1, SHARE: 2, A_YEAR: 2}


def told(found: Comparison, variant: str, lang: str) -> tuple[str, ...]:
    """Say what a variant does, in a few sentences."""
    lines = [_first_arrival(found, variant, lang)]
    rows = found.differences[variant]
    for sentence, better in (("Better: {figures}.", True), ("Worse: {figures}.", False)):
        codes = [one for one in found.measures if is_better(one, rows[one.code]) is better]
        figures = [f"{m.called(found.county, lang)} {change(m, rows[m.code], lang)}" for m in codes]
        if figures:
            lines.append(say(lang, sentence, figures=_apart(figures, lang)))
    lines += _for_whom(found, variant, lang)
    return tuple(line for line in lines if line)


def cannot_be_told(found: Comparison, variant: str, lang: str) -> tuple[str, ...]:
    """Say what the replications done do not tell of a variant."""
    rows = found.differences[variant]
    same = [m for m in found.measures if _unchanged(rows[m.code])]
    open_ones = [m for m in found.measures if not rows[m.code].sign and m not in same]
    lines = []
    if same:
        names = _apart([m.called(found.county, lang) for m in same], lang)
        lines.append(say(lang, "The same in every replication: {figures}.", figures=names))
    if open_ones:
        figures = [f"{m.called(found.county, lang)} {change(m, rows[m.code], lang)}" for m in open_ones]
        sentence = "From {n} replications it cannot be told whether these rise or fall: {figures}."
        lines.append(say(lang, sentence, n=found.replications, figures=_apart(figures, lang)))
    lines += _more_needed(found, rows[FIRST], lang) if FIRST in rows else []
    quiet = [p for p in found.county.places if p not in by_loss(found, variant)]
    if quiet and found.replications < FEWEST_OF_A_PLACE:
        sentence = "Fewer than {n} replications: nothing is said of single places."
        lines.append(say(lang, sentence, n=FEWEST_OF_A_PLACE))
    elif quiet:
        names = _listed([called(place.names, lang) for place in quiet], lang)
        lines.append(say(lang, "Too few calls to say anything of: {places}.", places=names))
    return tuple(lines)


def how_compared(found: Comparison, lang: str) -> tuple[str, ...]:
    """Say how the figures came about, and how far they are to be trusted."""
    level = f"{100 * found.level:.0f}"
    lines = [
        say(
            lang,
            "Base and variants met the same chance in {n} replications of {days} days: the same accidents, "
            "failures and weather. Each change is the mean of the differences replication by replication.",
            n=found.replications,
            days=f"{found.days:g}",
        ),
        say(lang, LEVELS, level=level),
        say(lang, MANY_FIGURES),
    ]
    ratios = sorted(row[FIRST].variance_ratio or 0.0 for row in found.differences.values() if FIRST in row)
    if ratios and ratios[-1]:
        lines.append(say(lang, PAIRED, ratio=number(ratios[len(ratios) // 2], 1)))
    return tuple(lines)


LEVELS = (
    "± gives {level}% intervals of Student's t; with several variants those of one figure hold together at "
    "that level (Bonferroni). Whether a figure rises or falls is told by Holm's procedure at the same level; "
    "it tells a little more, so that an interval may touch nil all the same."
)
MANY_FIGURES = (
    "Each figure is judged by itself: of twenty figures that do not change at all, one may seem to by "
    "chance. A change of a figure that nobody had in mind before wants another look with another seed."
)
PAIRED = (
    "Pairing was worth it: without the same chance the variance of the change of mean first arrival would be "
    "{ratio} times as large, and as many times more replications would be needed."
)


def differences_table(found: Comparison, lang: str) -> Table:
    """List every figure as it is, and what each variant changes in it."""
    headings = [say(lang, "Figure"), say(lang, "As it is")]
    headings += [say(lang, "Change: {variant}", variant=name) for name in found.variants]
    rows = []
    for measure in found.measures:
        mine = [found.differences[name][measure.code] for name in found.variants]
        cells = [Cell(measure.called(found.county, lang)), Cell(level(measure, mine[0].base))]
        cells += [Cell(change(measure, one, lang), _mark(measure, one)) for one in mine]
        rows.append(tuple(cells))
    return Table(tuple(headings), tuple(rows))


def places_table(found: Comparison, variant: str, lang: str) -> Table:
    """List the places by what a variant changes for them, those that lose most first."""
    headings = (
        "Place",
        "Inhabitants",
        "First arrival, mean",
        "Difference",
        "Full assembly, mean",
        "Difference",
    )
    rows = []
    for place in by_loss(found, variant):
        cells = [Cell(called(place.names, lang)), Cell(number(float(place.population), 0))]
        for measure in OF_PLACES:
            one = found.places[variant][measure].get(place.code)
            cells += [Cell(NOTHING), Cell(NOTHING)] if one is None else _place_cells(one, lang)
        rows.append(tuple(cells))
    return Table(tuple(say(lang, heading) for heading in headings), tuple(rows))


def by_loss(found: Comparison, variant: str) -> list[Place]:
    """Order the places that something can be said of: those first that wait longest for more."""
    rows = found.places[variant]

    def lost(place: Place) -> tuple[float, str]:
        gaps = [it.change.mean or 0.0 for m in OF_PLACES if (it := rows[m].get(place.code))]
        return -max(gaps, key=abs), place.code

    seen = [p for p in found.county.places if any(p.code in rows[m] for m in OF_PLACES)]
    return sorted(seen, key=lost)


def effects_table(found: Comparison, measure: Measure, effects: Sequence[Effect], lang: str) -> Table:
    """List the effects of levers and of levers together on a figure."""
    rows = []
    for one in effects:
        sign = _good_or_bad(measure, one.sign)
        rows.append((Cell(" × ".join(one.levers)), Cell(_signed(measure, one.change, lang), MARKS[sign])))
    name = measure.called(found.county, lang)
    return Table(
        (say(lang, "Lever, or levers together"), say(lang, "Effect: {figure}", figure=name)), tuple(rows)
    )


def chosen(found: Comparison, choice: Choice, names: Sequence[str], measure: Measure, lang: str) -> str:
    """Say which variant is the best, and how sure that is."""
    shown = [say(lang, "as it is") if name == AS_IT_IS else name for name in names]
    fields = {
        "best": shown[choice.best],
        "figure": measure.called(found.county, lang),
        "probability": f"{100 * choice.probability:.0f}",
        "worth": _amount(measure, choice.worth, lang),
        "n": choice.replications,
    }
    if choice.sure:
        return say(lang, CHOSEN, **fields)
    return say(lang, NOT_CHOSEN, left=_listed([shown[n] for n in choice.left], lang), **fields)


def stopped(found: Comparison, why: Stopped, measure: Measure, lang: str) -> str:
    """Say why replications ended."""
    fields = {
        "n": found.replications,
        "figure": measure.called(found.county, lang),
        "wanted": _amount(measure, why.wanted, lang),
    }
    if why.reached:
        sentence = "Stopped after {n} replications: the change of {figure} is known to ± {wanted}."
        return say(lang, sentence, **fields)
    sentence = "Ended by the cap of {n} replications: the change of {figure} is not known to ± {wanted} yet."
    return say(lang, sentence, **fields)


CHOSEN = (
    "Best by {figure}: {best}, chosen after {n} replications in all. Where one is better than all others by "
    "{worth} or more, the procedure (KN) picks it with a probability of at least {probability}%."
)
NOT_CHOSEN = (
    "After {n} replications in all, still in the race by {figure}: {left}. {best} is the best seen; that it "
    "is the best to {worth} cannot be said with {probability}% (procedure KN, ended by its cap)."
)
MARKS = {1: "poor", -1: "good", 0: ""}


def is_better(measure: Measure, one: Difference) -> bool | None:
    """Tell whether a change is for the better; None where its sign cannot be told."""
    sign = _good_or_bad(measure, one.sign)
    return None if sign == 0 else sign < 0


def level(measure: Measure, estimate: Estimate) -> str:
    """Write a figure as it is, with its uncertainty."""
    if measure.unit == SECONDS:
        return minutes_within(estimate)
    return percent_within(estimate) if measure.unit == SHARE else number_within(estimate, 2)


def change(measure: Measure, one: Difference, lang: str) -> str:
    """Write a change with its sign, its uncertainty and its unit."""
    return _signed(measure, one.change, lang)


def seconds_change(one: Difference, lang: str) -> str:
    """Write a change in seconds."""
    return _signed(Measure("", "", SECONDS), one.change, lang)


def scaled(measure: Measure, value: float | None) -> float:
    """Give a change in the unit it is told in; not a number where there is none."""
    return float("nan") if value is None else SCALES[measure.unit] * value


def unit_of(unit: str, lang: str) -> str:
    """Name the unit in which changes are told."""
    names = {
        SECONDS: say(lang, "s"),
        SHARE: say(lang, "pp"),
        A_YEAR: say(lang, "a year"),
    }
    return names[unit]


def _signed(measure: Measure, estimate: Estimate, lang: str) -> str:
    if estimate.mean is None:
        return NOTHING
    digits, value = DIGITS[measure.unit], scaled(measure, estimate.mean)
    sign = "" if round(value, digits) == 0 else "+" if value > 0 else "−"
    text = f"{sign}{number(abs(value), digits)}"
    if estimate.half_width is not None and estimate.half_width > 0.0:
        text += f" ± {number(max(scaled(measure, estimate.half_width), 10.0**-digits), digits)}"
    return f"{text} {unit_of(measure.unit, lang)}"


def _amount(measure: Measure, value: float, lang: str) -> str:
    return f"{scaled(measure, value):g} {unit_of(measure.unit, lang)}"


def _mark(measure: Measure, one: Difference) -> str:
    return MARKS[_good_or_bad(measure, one.sign)]


def _good_or_bad(measure: Measure, sign: int) -> int:
    """Turn rising and falling into worse (1) and better (-1)."""
    return sign if measure.less_is_better else -sign


def _first_arrival(found: Comparison, variant: str, lang: str) -> str:
    one = found.differences[variant].get(FIRST)
    if one is None or one.change.mean is None:
        return ""
    sentences = {
        1: "The first unit comes later: {before} on average as it is, {change} with {variant}.",
        -1: "The first unit comes sooner: {before} on average as it is, {change} with {variant}.",
        0: "Whether the first unit comes sooner or later cannot be told: {before} on average as it is, "
        "{change} with {variant}.",
    }
    sentence = sentences[one.sign]
    if _unchanged(one):
        sentence = "The first unit comes as fast as before in every replication: {before} on average."
    fields = {"before": minutes_within(one.base), "change": seconds_change(one, lang), "variant": variant}
    return say(lang, sentence, **fields)


def _for_whom(found: Comparison, variant: str, lang: str) -> list[str]:
    """Say for how many people help comes later, and for how many sooner."""
    lines = []
    for measure, sentence in (
        ("first_arrival", "The first unit comes {parts}."),
        ("full_assembly", "All that is needed is there {parts}."),
    ):
        parts = _parts(found, found.places[variant][measure], lang)
        if parts:
            lines.append(say(lang, sentence, parts=say(lang, "; ").join(parts)))
    return lines or [say(lang, "Of no place can it be told that help comes sooner or later.")]


def _parts(found: Comparison, rows: Mapping[str, Difference], lang: str) -> list[str]:
    """Name the places where it is later, and where sooner, with their people."""
    parts = []
    for sign, sentence in (
        (1, "later for {people} people in {places}"),
        (-1, "sooner for {people} people in {places}"),
    ):
        places = [p for p in found.county.places if p.code in rows and rows[p.code].sign == sign]
        if places:
            count = number(float(sum(place.population for place in places)), 0)
            names = _listed([called(place.names, lang) for place in places], lang)
            parts.append(say(lang, sentence, people=count, places=names))
    return parts


def _more_needed(found: Comparison, one: Difference, lang: str) -> list[str]:
    """Say how many replications would tell a change as small as the one seen."""
    if one.sign or not one.change.mean or one.change.half_width is None or _unchanged(one):
        return []
    wanted = needed(one.change, abs(one.change.mean))
    if wanted is None or wanted <= found.replications:
        return []
    if wanted > MOST_ADVISED:
        return [say(lang, "A change of mean first arrival as small as the one seen is beyond telling.")]
    sentence = "If the change of mean first arrival is what it seems, about {n} replications would tell."
    return [say(lang, sentence, n=wanted)]


MOST_ADVISED = 10_000


def _unchanged(one: Difference) -> bool:
    return one.change.mean == 0.0 and one.change.half_width == 0.0


def _place_cells(one: Difference, lang: str) -> list[Cell]:
    return [Cell(minutes_within(one.base)), Cell(seconds_change(one, lang), MARKS[one.sign])]


def _listed(texts: Sequence[str], lang: str) -> str:
    return say(lang, ", ").join(texts)


def _apart(texts: Sequence[str], lang: str) -> str:
    return say(lang, "; ").join(texts)
