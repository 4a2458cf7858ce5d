"""Where a made-up county comes from: the text of its SOURCES.md, in Chinese and English."""

from __future__ import annotations

from sim.scenarios.defaults import source_lines
from sim.scenarios.generate import people, settlements, sites, stations, streets
from sim.scenarios.generate.geography import Geography
from sim.scenarios.generate.names import words
from sim.scenarios.generate.network import TOWNSHIP_VILLAGES
from sim.scenarios.generate.paving import WINDING
from sim.scenarios.generate.readiness import readiness_account

LANGUAGES = ("zh", "en")


def sources_text(
    geography: Geography, notes: dict[str, list[str]] | None = None, *, ready: bool = False
) -> str:
    """Write the account of a made-up county: Chinese first, then English.

    Parameters
    ----------
    geography
        What was drawn.
    notes
        Further assumptions by language, put after those of the generator.
    ready
        Whether the county says who and what stands by.
    """
    notes = notes or {}
    parts = [
        [*_part(geography, lang, notes.get(lang, [])), *(readiness_account(lang) if ready else [])]
        for lang in LANGUAGES
    ]
    return "\n".join("\n".join([*lines, ""]) for lines in parts)


def assumptions(lang: str) -> list[str]:
    """List what the generator assumes, with its figures, in ``"zh"`` or ``"en"``."""
    figures = _figures()
    return [said[lang].format(**figures) for said in words()["account"]["assumptions"]]


def _part(geography: Geography, lang: str, notes: list[str]) -> list[str]:
    said, order = words()["account"], geography.order
    made = said["order"][lang].format(
        people=order.population,
        area_km2=f"{order.area_km2:g}",
        seed=order.seed,
        nodes=geography.table.n_nodes,
        medical=said["medical"][lang][order.medical],
    )
    assumed, taken = said["headings"][lang]
    lines = [said["introduction"][lang], "", made, "", said["certainty"][lang], "", assumed, ""]
    lines += [f"- {sentence}" for sentence in [*assumptions(lang), *notes]]
    return [*lines, "", taken, "", *source_lines(lang)]


def _figures() -> dict[str, object]:
    """Give the generator's figures by the names they bear in ``words.yaml``."""
    least, most = sites.UNITS_OF_EQUIPMENT
    return {
        "seat_share": f"{100 * settlements.SEAT_SHARE:g}",
        "park_share": f"{100 * settlements.PARK_SHARE:g}",
        "street_shares": "/".join(f"{100 * share:g}" for share in people.SEAT_SHARES[2]),
        "town_share": f"{100 * people.TOWN_SHARE:g}",
        "seat_density": f"{settlements.SEAT_PEOPLE_PER_KM2:g}",
        "core_share": f"{100 * settlements.TOWN_CORE_SHARE:g}",
        "town_density": f"{settlements.TOWN_PEOPLE_PER_KM2:g}",
        "township_villages": TOWNSHIP_VILLAGES,
        "dropped": f"{100 * streets.DROPPED:g}",
        "winding": ", ".join(f"{factor:g}" for factor in WINDING),
        "station_people": stations.PEOPLE_PER_STATION,
        "brigade_share": f"{100 * stations.BRIGADE_SHARE:g}",
        "ambulance_people": stations.PEOPLE_PER_AMBULANCE_BASE,
        "police_people": stations.PEOPLE_PER_POLICE_BASE,
        "site_count": sum(count for count, _ in sites.PLAN.values()),
        "site_plan": ", ".join(f"{kind} {count}" for kind, (count, _) in sites.PLAN.items()),
        "rate_sigma": f"{sites.RATE_SIGMA:g}",
        "least_units": least,
        "most_units": most,
    }
