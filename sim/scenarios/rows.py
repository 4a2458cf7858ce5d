"""The rows of a scenario's tables: places, stations, units, sites, run cards, demand, incidents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from sim.scenarios.fields import (
    AtLeastZero,
    Code,
    Latitude,
    Longitude,
    NamedRow,
    Part,
    Positive,
    StationKind,
    Text,
    about,
    wrong,
)
from sim.scenarios.force_rows import FORCE_ROWS, Codes, CrewNeeds, RoleCounts
from sim.scenarios.model import PlaceKind

DemandCode = Annotated[str, StringConstraints(pattern=r"^\S{1,200}$")]

MAP = "map or survey"
COUNTY = "county records"
LOG = "dispatch log"


class PlaceRow(NamedRow):
    """A township, street or park: where people live and work."""

    kind: PlaceKind = about("township, street or park", "", COUNTY)
    population: Annotated[int, Field(ge=0)] = about("people living there", "people", "statistical yearbook")
    area_km2: Positive = about("area", "km²", "statistical yearbook")
    lon: Longitude = about("longitude of its centre", "degrees (WGS84)", MAP)
    lat: Latitude = about("latitude of its centre", "degrees (WGS84)", MAP)
    source: Text = about("where the row comes from", "", "own choice", default="")


class StationRow(NamedRow):
    """A base where units stand by."""

    kind: StationKind = about("kind of station", "", COUNTY)
    place: Code | None = about("code of the place it stands in", "", COUNTY, default=None)
    lon: Longitude = about("longitude", "degrees (WGS84)", MAP)
    lat: Latitude = about("latitude", "degrees (WGS84)", MAP)
    source: Text = about("where the row comes from", "", "own choice", default="")


class HospitalRow(NamedRow):
    """A hospital that takes patients."""

    lon: Longitude = about("longitude", "degrees (WGS84)", MAP)
    lat: Latitude = about("latitude", "degrees (WGS84)", MAP)
    source: Text = about("where the row comes from", "", "own choice", default="")


class UnitRow(NamedRow):
    """A vehicle with its crew."""

    station: Code = about("code of its station", "", "duty roster")
    vehicle_class: Code = about("its class of vehicle", "", COUNTY)
    capabilities: Annotated[Codes, Field(min_length=1)] = about(
        "what it can do: codes parted by semicolons", "", COUNTY
    )
    turnout_median_s: AtLeastZero = about("median time from the order to rolling", "s", LOG)
    turnout_sigma: Annotated[float, Field(ge=0, le=5)] = about(
        "standard deviation of its natural logarithm; 0: always the median", "", LOG
    )
    refit_s: AtLeastZero = about("time to clean and refill at the station", "s", LOG, default=0.0)
    team: Code | None = about(
        "code of the team that mans it; left out: always manned", "", "duty roster", default=None
    )
    crew: Code | None = about(
        "code of its crew; units of a team with one code share one crew; left out: a crew of its own",
        "",
        "duty roster",
        default=None,
    )
    crew_min: Annotated[int, Field(ge=1, le=100)] | None = about(
        "people needed to roll; left out: as many as crew_roles asks for, at least 1",
        "people",
        "standard or plan",
        default=None,
    )
    crew_roles: RoleCounts = about(
        "roles needed to roll: ROLE:COUNT parted by semicolons", "", "standard or plan", default=()
    )
    crew_for: CrewNeeds = about(
        "people needed for a capability: CAPABILITY:COUNT or CAPABILITY:ROLE:COUNT parted by semicolons",
        "",
        "standard or plan",
        default=(),
    )
    forward: Code | None = about(
        "code of the station it moves to while standby is raised", "", "standard or plan", default=None
    )
    aid: bool = about(
        "whether it is the city's or a neighbour's and comes only where help was granted",
        "",
        "mutual-aid agreement",
        default=False,
    )
    source: Text = about("where the row comes from", "", "own choice", default="")

    @model_validator(mode="after")
    def _drawable(self) -> UnitRow:
        if self.turnout_sigma > 0 and self.turnout_median_s <= 0:
            raise wrong("must be more than 0 where turnout_sigma is", at="turnout_median_s")
        return self


class SiteRow(NamedRow):
    """A hazard site: an ammonia store, a fuel station, a school."""

    kind: Code = about("kind of site, any word", "", COUNTY)
    place: Code | None = about(
        "code of the place it stands in; left out: the one whose centre is nearest", "", COUNTY, default=None
    )
    lon: Longitude = about("longitude", "degrees (WGS84)", MAP)
    lat: Latitude = about("latitude", "degrees (WGS84)", MAP)
    rate_factor: AtLeastZero = about(
        "how much likelier than an average site of its kind an accident is", "", "inspection", default=1.0
    )
    owner: Text = about("who answers for the site", "", COUNTY, default="")
    source: Text = about("where the row comes from", "", "own choice", default="")


class RunCardRow(Part):
    """One line of a run card: so many units of a capability for a grade of a kind."""

    kind: Code = about("kind of incident", "", "standard or plan")
    grade: Annotated[int, Field(ge=1, le=5)] = about("grade of the incident", "", "standard or plan")
    capability: Code = about("what is needed", "", "standard or plan")
    count: Annotated[int, Field(ge=1, le=1000)] = about("so many units", "vehicles", "standard or plan")
    source: Text = about("where the row comes from", "", "own choice", default="")


class DemandRow(Part):
    """A stream of incidents: so many a year of a kind somewhere."""

    kind: Code = about("kind of incident", "", LOG)
    where: Annotated[Text, Field(min_length=1)] = about(
        "place:CODE, places, site:CODE, sites:KIND, roads or raster:FILE.csv", "", LOG
    )
    per_year: AtLeastZero = about("incidents a year (for sites:KIND a year and site)", "1/year", LOG)
    hourly: Code = about("name of its weights by hour; `flat`: even", "", LOG, default="flat")
    monthly: Code = about("name of its weights by month; `flat`: even", "", LOG, default="flat")
    priority: Code | None = about("priority, where not that of the kind", "", LOG, default=None)
    code: DemandCode | None = about(
        "code of the stream; left out: <kind>@<where>", "", "own choice", default=None
    )
    source: Text = about("where the row comes from", "", "own choice", default="")

    @property
    def stream(self) -> str:
        """Code of the stream: the row's own, or ``<kind>@<where>``."""
        return self.code or f"{self.kind}@{self.where}"


class IncidentRow(Part):
    """An incident given instead of drawn; what is left out is left to chance."""

    time_s: AtLeastZero = about("seconds after the scenario's start", "s", LOG)
    kind: Code = about("kind of incident", "", LOG)
    lon: Longitude = about("longitude", "degrees (WGS84)", LOG)
    lat: Latitude = about("latitude", "degrees (WGS84)", LOG)
    priority: Code | None = about("its priority", "", LOG, default=None)
    handling_s: AtLeastZero | None = about("call handling", "s", LOG, default=None)
    control_s: AtLeastZero | None = about("needs assembled to under control", "s", LOG, default=None)
    transport: bool | None = about("whether a patient is taken to hospital", "", LOG, default=None)
    hospital: Code | None = about("which hospital", "", LOG, default=None)
    handover_s: AtLeastZero | None = about("handover at the hospital", "s", LOG, default=None)


class CellRow(Part):
    """A cell of a density raster."""

    lon: Longitude = about("longitude of its centre", "degrees (WGS84)", MAP)
    lat: Latitude = about("latitude of its centre", "degrees (WGS84)", MAP)
    weight: AtLeastZero = about("relative weight", "", "statistical yearbook")
    size_lon: Positive = about("width, the same for all cells", "degrees", MAP)
    size_lat: Positive = about("height, the same for all cells", "degrees", MAP)


class NodeRow(Part):
    """A point where roads meet or end."""

    id: Code = about("code of the node, unique", "", "road data")
    lon: Longitude = about("longitude", "degrees (WGS84)", "road data")
    lat: Latitude = about("latitude", "degrees (WGS84)", "road data")
    access: bool = about(
        "whether one may leave the road here to reach a site beside it", "", "road data", default=True
    )


class RoadRow(Part):
    """A road between two nodes; besides these, columns time_<profile>_s may give seconds for a profile."""

    from_: Code = about("node at which it begins", "", "road data", alias="from")
    to: Code = about("node at which it ends", "", "road data")
    length_m: AtLeastZero = about("length", "m", "road data")
    class_: Code = about("class of road", "", "road data", alias="class")
    oneway: bool = about("whether one may drive only from its begin to its end", "", "road data")
    speed_kph: Positive | None = about(
        "speed, where not that of the profile for the class", "km/h", "road data", default=None
    )
    name: Text = about("Chinese or local name", "", "road data", default="")
    name_en: Text = about("English name", "", "road data", default="")
    code: Code | None = about(
        "code of the road or bridge; several rows may share it", "", "road data", default=None
    )
    bridge: bool = about("whether it is a bridge", "", "road data", default=False)


ROWS: dict[str, type[Part]] = {
    "places": PlaceRow,
    "stations": StationRow,
    "hospitals": HospitalRow,
    "units": UnitRow,
    "sites": SiteRow,
    "run_cards": RunCardRow,
    "demand": DemandRow,
    "incidents": IncidentRow,
    **FORCE_ROWS,
}
"""The tables read row by row, by the stem of their file name."""

OPTIONAL_TABLES = ("hospitals", "sites", "incidents", *FORCE_ROWS)

FORMS = ("place:CODE", "places", "site:CODE", "sites:KIND", "roads", "raster:FILE.csv")
WITH_WORD = ("place", "site", "sites", "raster")
ALONE = ("places", "roads")


@dataclass(frozen=True, slots=True)
class Where:
    """One of the forms ``place``, ``places``, ``site``, ``sites``, ``roads``, ``raster``, and its word."""

    form: str
    word: str = ""


def where_of(text: str) -> Where | None:
    """Understand the `where` of a demand row; None where it is none of the six forms.

    Examples
    --------
    >>> where_of("sites:ammonia_store")
    Where(form='sites', word='ammonia_store')
    >>> where_of("somewhere") is None
    True
    """
    form, colon, word = (part.strip() for part in text.replace("：", ":").partition(":"))
    if (form in WITH_WORD and word) or (form in ALONE and not colon):
        return Where(form, word)
    return None


def raster_name(text: str) -> str | None:
    """Tell the file a demand row takes its density from, None where it takes none."""
    where = where_of(text)
    return where.word if where and where.form == "raster" else None
