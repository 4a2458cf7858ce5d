"""Folders the program makes: named, put in place only when whole, and found again."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from api.trouble import Trouble

SETTINGS = "scenario.yaml"
MANIFEST = "manifest.json"
RUNS = Path("runs")
MADE_BY_A_RUN = ("log-*.parquet", "incidents-*.parquet", "report*.html", "summary.json", MANIFEST)
FOLDERS_OF_A_RUN = ("scenario", "figures")


@contextmanager
def staged(out: Path, replace: bool = False) -> Iterator[Path]:
    """Give a folder to write a scenario into; it becomes `out` only when all is written.

    What `out` held before stays, unless it is the same or `replace` is said: no half-written scenario is ever
    left, and writing the same again is harmless.

    Raises
    ------
    Trouble
        `out` holds something else.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    with beside_of(out) as beside:
        draft = Path(beside) / out.name
        draft.mkdir()
        yield draft
        if settle(draft, out, replace):
            draft.replace(out)


def beside_of(out: Path) -> tempfile.TemporaryDirectory[str]:
    """Make a folder for drafts next to `out`; where that may not be, `out` is named as the trouble."""
    try:
        return tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent)
    except OSError as error:
        error.filename = str(out)
        raise


def settle(draft: Path, out: Path, replace: bool) -> bool:
    """Make way for a draft; tell whether it is still to be moved, or the same is there already."""
    if out.is_dir() and not any(out.iterdir()):
        out.rmdir()
    if not out.exists():
        return True
    if out.is_dir() and contents(draft) == contents(out):
        return False
    if not (replace and (out / SETTINGS).is_file()):
        raise Trouble("{path} holds something else already. Name another folder, or add --replace.", path=out)
    out.replace(draft.parent / "before")
    return True


def contents(folder: Path) -> Mapping[str, bytes]:
    """Read all files of a folder by their paths within it."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def new_run_folder(scenario: Path, seed: int, now: datetime) -> Path:
    """Name the folder of a new run: ``runs/<time>-<scenario>-s<seed>``, numbered on where that is taken."""
    name = re.sub(r"[^\w.-]+", "-", scenario.resolve().name)
    first = RUNS / f"{now:%Y%m%d-%H%M%S}-{name}-s{seed}"
    taken = 1
    folder = first
    while folder.exists():
        taken += 1
        folder = first.with_name(f"{first.name}-{taken}")
    return folder


def newest_unfinished() -> Path:
    """Find the run in ``runs`` that was begun last and is not finished.

    Raises
    ------
    Trouble
        There is none.
    """
    begun = [
        path.parent for path in RUNS.glob(f"*/{MANIFEST}") if not manifest_of(path.parent).get("complete")
    ]
    if not begun:
        raise Trouble("There is no unfinished run in {path}.", path=RUNS.resolve())
    return max(begun, key=lambda folder: (str(manifest_of(folder).get("started")), folder.name))


def manifest_of(run: Path) -> Mapping[str, Any]:
    """Read a run's manifest; nothing where there is none that can be read."""
    try:
        content = json.loads((run / MANIFEST).read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def clear_run(run: Path) -> None:
    """Remove what a run wrote into its folder, and nothing else."""
    for pattern in MADE_BY_A_RUN:
        for path in sorted(run.glob(pattern)):
            path.unlink()
    for name in FOLDERS_OF_A_RUN:
        shutil.rmtree(run / name, ignore_errors=True)
