"""Making scenarios: from other people's files, from nothing, from another scenario."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api import service
from api.commands.shared import Lang, Seed, answer, busy, err, say, spoken

Out = Annotated[Path, typer.Option("--out", help="Folder of the new scenario.")]
Replace = Annotated[bool, typer.Option("--replace", help="Write over another scenario in that folder.")]
MapFile = Annotated[Path, typer.Argument(metavar="FILE", help="The file to read.")]
Nodes = Annotated[Path, typer.Argument(metavar="NODES", help="CSV table of nodes: id, lon, lat.")]
Arcs = Annotated[Path, typer.Argument(metavar="ARCS", help="CSV table of arcs: from, to, length_m, class.")]
City = Annotated[Path, typer.Argument(metavar="FOLDER", help="The city's folder as JEMSS lays it out.")]
Name = Annotated[str | None, typer.Option("--name", help="Name of the county; by default the file's.")]
Country = Annotated[
    str | None,
    typer.Option("--country", help="Two letters (CN, DE, US): whose legal speeds hold where none is given."),
]
Population = Annotated[
    int | None, typer.Option("--population", min=1, help="People; by default what the map says.")
]
TimeZone = Annotated[str | None, typer.Option("--time-zone", help="Time zone, such as Asia/Shanghai.")]
Medical = Annotated[bool, typer.Option("--medical", help="Medical calls (120) too.")]
Readiness = Annotated[
    bool,
    typer.Option("--readiness/--no-readiness", help="Teams, shifts, equipment and duty posts too."),
]
Calls = Annotated[
    Path | None,
    typer.Option("--calls", help="Take the calls of this file (.csv, .csv.gz) instead of drawing them."),
]
Redispatch = Annotated[
    Path | None, typer.Option("--redispatch", help="Another redispatch table than the city's own.")
]
FirstDays = Annotated[
    float | None, typer.Option("--days", min=0.01, help="Take only the calls of the first days.")
]
People = Annotated[int, typer.Option("--population", min=20_000, max=3_000_000, help="People in the county.")]
Area = Annotated[float, typer.Option("--area", min=100, max=30_000, help="Square kilometres of the county.")]
RoadNodes = Annotated[
    int, typer.Option("--nodes", min=1_500, max=5_000_000, help="Nodes of the road network.")
]
Model = Annotated[
    str, typer.Argument(metavar="SCENARIO", help="A scenario's folder or a built-in county's name.")
]


def import_map(
    ctx: typer.Context,
    file: MapFile,
    out: Out,
    name: Name = None,
    country: Country = None,
    population: Population = None,
    time_zone: TimeZone = None,
    medical: Medical = False,
    replace: Replace = False,
    lang: Lang = None,
) -> None:
    """Read a map of the kind the command is called after."""
    options = {"name": name, "country": country, "population": population, "time_zone": time_zone}
    bring(ctx, (file,), out, replace, lang, medical=medical, **options)


def import_arcs(
    ctx: typer.Context,
    nodes: Nodes,
    arcs: Arcs,
    out: Out,
    name: Name = None,
    country: Country = None,
    population: Population = None,
    time_zone: TimeZone = None,
    medical: Medical = False,
    replace: Replace = False,
    lang: Lang = None,
) -> None:
    """Read a road network from a table of nodes and a table of arcs (CSV)."""
    options = {"name": name, "country": country, "population": population, "time_zone": time_zone}
    bring(ctx, (nodes, arcs), out, replace, lang, medical=medical, **options)


def import_jemss(
    ctx: typer.Context,
    folder: City,
    out: Out,
    calls: Calls = None,
    redispatch: Redispatch = None,
    days: FirstDays = None,
    replace: Replace = False,
    lang: Lang = None,
) -> None:
    """Read a city of the JEMSS ambulance simulator, its calls drawn or given."""
    bring(ctx, (folder,), out, replace, lang, calls=calls, redispatch=redispatch, days=days)


def bring(
    ctx: typer.Context,
    sources: tuple[Path, ...],
    out: Path,
    replace: bool,
    lang: str | None,
    **options: object,
) -> None:
    """Import, say what was found and assumed, and print the new folder."""
    language = spoken(ctx, lang)
    with busy(say(language, "Reading {file}", file=sources[-1])):
        lines = service.import_file(
            str(ctx.info_name), sources, out, lang=language, replace=replace, **options
        )
    for line in lines:
        err().print(line, markup=False)
    answer(out)


def new_county(
    ctx: typer.Context,
    out: Out,
    population: People = 500_000,
    area: Area = 1200.0,
    seed: Seed = 7,
    nodes: RoadNodes = 8000,
    medical: Medical = False,
    readiness: Readiness = False,
    replace: Replace = False,
    lang: Lang = None,
) -> None:
    """Make a plausible county from nothing: towns, roads, stations, units, hazard sites."""
    with busy(say(spoken(ctx, lang), "Making a county")):
        service.new_county(
            out,
            replace=replace,
            population=population,
            area_km2=area,
            seed=seed,
            nodes=nodes,
            medical=medical,
            readiness=readiness,
        )
    answer(out)


def new_copy(
    ctx: typer.Context, scenario: Model, out: Out, replace: Replace = False, lang: Lang = None
) -> None:
    """Copy a scenario into a folder of your own, to change it there."""
    spoken(ctx, lang)
    service.copy_scenario(scenario, out, replace=replace)
    answer(out)
