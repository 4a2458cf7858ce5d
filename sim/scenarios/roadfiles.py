"""The road files of a scenario: nodes and roads as tables for Excel or, for large networks, in Parquet."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from sim.road_table import Bools, Floats, Ints, RoadTable
from sim.scenarios.complaints import OFF_THE_MAP
from sim.scenarios.problems import Problem
from sim.scenarios.roadcells import MOST_REPORTED, Columns, due_texts, numbers, read_columns, yes_noes

NODES = ("id", "lon", "lat")
NODES_TOO = ("access",)
ROADS = ("from", "to", "length_m", "class", "oneway")
ROADS_TOO = ("speed_kph", "name", "name_en", "code", "bridge")
NAMES = ("code", "name", "name_en")
MOST_CLASSES = 1000
NO_ROWS = "has no rows; a network needs at least one"


def read_roads(folder: Path, profiles: Sequence[str], problems: list[Problem]) -> RoadTable | None:
    """Read the network of a scenario folder from its nodes and roads, CSV or Parquet.

    Parameters
    ----------
    folder
        The scenario folder.
    profiles
        Codes of the travel profiles; the column ``time_<profile>_s`` of the roads becomes a row of
        `RoadTable.times_s`.
    problems
        What is wrong is added here.

    Returns
    -------
    RoadTable or None
        Nodes in the order of the file; each row of the roads as an arc, a two-way one followed by its arc
        back. None where something is wrong.
    """
    before = len(problems)
    nodes = read_columns(folder, "nodes", NODES, NODES_TOO, problems)
    times = [f"time_{profile}_s" for profile in profiles]
    roads = read_columns(folder, "roads", ROADS, [*ROADS_TOO, *times], problems)
    points = _points(nodes, problems) if nodes else {}
    rows = _rows(roads, times, problems) if roads else {}
    if nodes and roads:
        rows |= _ends(nodes, roads, problems)
    if len(problems) > before or nodes is None or roads is None:
        return None
    return _table(nodes, points, roads, rows)


def points_of(folder: Path) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]] | None:
    """Give longitudes and latitudes of the nodes that can be read, whatever is wrong with the roads.

    None where none can.
    """
    unheard: list[Problem] = []
    nodes = read_columns(folder, "nodes", NODES, NODES_TOO, unheard)
    if nodes is None:
        return None
    lon, lat = (numbers(nodes, column, unheard) for column in ("lon", "lat"))
    good = (np.abs(lon) <= 180) & (np.abs(lat) <= 90)
    return (lon[good], lat[good]) if good.any() else None


def write_roads(
    table: RoadTable, folder: Path, profiles: Sequence[str] = (), *, parquet: bool = False
) -> None:
    """Write a network as the nodes and roads of a scenario folder.

    Two arcs there and back with equal figures become one two-way row; columns that say nothing are left out.

    Parameters
    ----------
    table
        The network.
    folder
        The scenario folder; files of the other form that stand there are removed.
    profiles
        Codes of the travel profiles, as many as there are rows in `RoadTable.times_s`.
    parquet
        Write Parquet instead of CSV (for very large networks).

    Raises
    ------
    OSError
        The folder cannot be written.
    """
    times = dict(zip(profiles, table.times_s, strict=True)) if len(table.times_s) else {}
    for name, frame in (("nodes", _nodes_frame(table)), ("roads", _roads_frame(table, times))):
        kept, other = ("parquet", "csv") if parquet else ("csv", "parquet")
        draft = folder / f"{name}.{kept}.part"
        with draft.open("wb") as file:
            frame.write_parquet(file) if parquet else frame.write_csv(file)
        draft.replace(folder / f"{name}.{kept}")
        (folder / f"{name}.{other}").unlink(missing_ok=True)


def _points(nodes: Columns, problems: list[Problem]) -> dict[str, npt.NDArray[Any]]:
    """Read where the nodes are, and check their codes."""
    if nodes.frame.height == 0 and nodes.whole and not nodes.lost.get("id"):
        problems.append(Problem(nodes.file, message_id=NO_ROWS))
    codes = due_texts(nodes, "id", problems)
    again = np.flatnonzero((~codes.is_first_distinct() & (codes != "")).to_numpy()).tolist()
    first: dict[str, int] = {}
    for row in np.flatnonzero(codes.is_in(codes[again].implode()).to_numpy()).tolist() if again else ():
        first.setdefault(codes[row], nodes.lines[row])
    for row in again[:MOST_REPORTED]:
        message = "stands twice; the first is in line {first}"
        problems.append(nodes.problem(row, "id", message, first=first[codes[row]]))
    nodes.more(problems, "id", len(again) - MOST_REPORTED)
    points: dict[str, npt.NDArray[Any]] = {}
    for column, limit in (("lon", 180), ("lat", 90)):
        degrees = points[column] = numbers(nodes, column, problems)
        off = np.flatnonzero(np.abs(degrees) > limit).tolist()
        nodes.report(problems, off, column, OFF_THE_MAP, low=-limit, high=limit)
    points["access"] = yes_noes(nodes, "access", problems, usual=True)
    return points


def _rows(roads: Columns, times: Sequence[str], problems: list[Problem]) -> dict[str, npt.NDArray[Any]]:
    """Read the figures of the roads."""
    if roads.frame.height == 0 and roads.whole and not roads.lost.get("from"):
        problems.append(Problem(roads.file, message_id=NO_ROWS))
    rows: dict[str, npt.NDArray[Any]] = {"length_m": numbers(roads, "length_m", problems)}
    for column in times:
        rows[column] = numbers(roads, column, problems, due=False)
    for column, values in rows.items():
        roads.report(
            problems, np.flatnonzero(values < 0).tolist(), column, "must be at least {limit}", limit=0
        )
    speeds = rows["speed_kph"] = numbers(roads, "speed_kph", problems, due=False)
    slow = np.flatnonzero(speeds <= 0).tolist()
    roads.report(problems, slow, "speed_kph", "must be more than {limit}", limit=0)
    classes = due_texts(roads, "class", problems).n_unique()
    if classes > MOST_CLASSES:
        message = "has {n} different values; at most {most} road classes are possible"
        limit = {"n": classes, "most": MOST_CLASSES}
        problems.append(Problem(roads.file, field="class", message_id=message, values=limit))
    for column in ("oneway", "bridge"):
        rows[column] = yes_noes(roads, column, problems, usual=False)
    return rows


def _ends(nodes: Columns, roads: Columns, problems: list[Problem]) -> dict[str, npt.NDArray[Any]]:
    """Find the nodes at which the roads begin and end."""
    codes = nodes.texts("id")
    known = codes.unique(maintain_order=True)
    ends: dict[str, npt.NDArray[Any]] = {}
    for column in ("from", "to"):
        named = due_texts(roads, column, problems)
        ends[column] = _numbered(named.to_frame("code"), known.to_frame("code"))
        if nodes.whole and "id" in nodes.positions:
            lost = named.is_in(pl.Series(nodes.lost.get("id", []), dtype=pl.String).implode()).to_numpy()
            strange = np.flatnonzero((ends[column] < 0) & ~lost & (named != "").to_numpy()).tolist()
            roads.report(problems, strange, column, "is not a node of {file}", file=nodes.file)
    return ends


def _table(
    nodes: Columns, points: dict[str, npt.NDArray[Any]], roads: Columns, rows: dict[str, npt.NDArray[Any]]
) -> RoadTable:
    """Turn rows into arcs."""
    ways = np.where(rows["oneway"], 1, 2)
    row = np.repeat(np.arange(len(ways)), ways)
    back = np.zeros(len(row), bool)
    back[1:] = row[1:] == row[:-1]
    tail, head = rows["from"][row], rows["to"][row]
    classes = roads.texts("class").to_frame("class")
    kinds = classes.unique(maintain_order=True)
    names = pl.DataFrame({name: roads.texts(name) for name in NAMES})
    named = names.filter(pl.any_horizontal(pl.all() != "")).unique(maintain_order=True)
    times = [rows[column] for column in rows if column.startswith("time_")]
    given = any(not np.isnan(time).all() for time in times)
    return RoadTable(
        node_code=tuple(nodes.texts("id").to_list()),
        lon=points["lon"],
        lat=points["lat"],
        access=points["access"],
        tail=np.where(back, head, tail).astype(np.int32),
        head=np.where(back, tail, head).astype(np.int32),
        length_m=rows["length_m"][row],
        road_class=_numbered(classes, kinds)[row].astype(np.int16),
        classes=tuple(kinds["class"].to_list()),
        speed_kph=rows["speed_kph"][row],
        times_s=np.stack(times)[:, row] if given else np.empty((0, len(row))),
        road=_numbered(names, named)[row],
        road_names=tuple(named.rows()),
        bridge=rows["bridge"][row],
    )


def _numbered(rows: pl.DataFrame, known: pl.DataFrame) -> Ints:
    """Tell at which place each row stands among the known ones; -1 for nowhere."""
    places = known.with_row_index("place")
    found = rows.join(places, on=rows.columns, how="left", maintain_order="left")["place"]
    return found.cast(pl.Int32).fill_null(-1).to_numpy()


def _nodes_frame(table: RoadTable) -> pl.DataFrame:
    frame = pl.DataFrame({"id": list(table.node_code), "lon": table.lon, "lat": table.lat})
    return frame if table.access.all() else frame.with_columns(access=_yes_no(table.access))


def _roads_frame(table: RoadTable, times: dict[str, Floats]) -> pl.DataFrame:
    """Set the arcs out as rows, those there and back with equal figures as one."""
    codes = np.array(table.node_code, dtype=object)
    names = [*table.road_names, ("", "", "")]
    columns: dict[str, Any] = {
        "from": codes[table.tail].tolist(),
        "to": codes[table.head].tolist(),
        "length_m": table.length_m,
        "class": [table.classes[kind] for kind in table.road_class.tolist()],
    }
    single, back = _paired(table)
    columns["oneway"] = _yes_no(single)
    columns |= {"speed_kph": table.speed_kph}
    columns |= {name: [names[road][at] for road in table.road.tolist()] for at, name in enumerate(NAMES)}
    columns |= {"bridge": _yes_no(table.bridge)}
    columns |= {f"time_{profile}_s": seconds for profile, seconds in times.items()}
    frame = pl.DataFrame(columns).filter(pl.Series(~back)).fill_nan(None)
    silent = [name for name in (*ROADS_TOO, *columns) if _says_nothing(frame[name], name)]
    return frame.drop(*silent)


def _paired(table: RoadTable) -> tuple[Bools, Bools]:
    """Tell which arcs have no way back with equal figures, and which are the way back of an earlier one."""
    low, high = np.minimum(table.tail, table.head), np.maximum(table.tail, table.head)
    figures = {
        "low": low,
        "high": high,
        "length": table.length_m,
        "class": table.road_class,
        "road": table.road,
        "speed": np.nan_to_num(table.speed_kph, nan=-1.0),
        "bridge": table.bridge,
    }
    figures |= {f"time {row}": np.nan_to_num(times, nan=-1.0) for row, times in enumerate(table.times_s)}
    frame = pl.DataFrame(figures).with_columns(up=pl.Series(table.tail < table.head)).with_row_index("arc")
    frame = frame.filter(pl.col("low") != pl.col("high"))
    frame = frame.with_columns(rank=pl.col("arc").cum_count().over([*figures, "up"]))
    keys = [*figures, "rank"]
    there, here = frame.filter(pl.col("up")), frame.filter(~pl.col("up"))
    pairs = there.select("arc", *keys).join(here.select("arc", *keys), on=keys)
    ends = pairs.select("arc", "arc_right").to_numpy()
    single, back = np.ones(table.n_arcs, bool), np.zeros(table.n_arcs, bool)
    single[ends.ravel()] = False
    back[ends.max(axis=1, initial=0)] = True
    return single, back


def _says_nothing(column: pl.Series, name: str) -> bool:
    usual = {"bridge": "no"}.get(name, "")
    return name in ROADS_TOO and bool((column.is_null() | (column.cast(pl.String) == usual)).all())


def _yes_no(marks: Bools) -> pl.Series:
    return pl.Series(np.where(marks, "yes", "no"))
