"""A new scenario folder: made out of sight, put in its place only when whole."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from sim.scenarios.problems import Problem, ScenarioError

FOLDER_MODE = 0o755


def check_free(out: Path) -> None:
    """Refuse a folder that is already there with something in it.

    Raises
    ------
    ScenarioError
        If `out` is a file or a folder that is not empty.
    """
    if out.is_dir() and not any(out.iterdir()):
        return
    if out.exists() or out.is_symlink():
        message = "is already there and not empty; choose another folder, or empty this one"
        raise ScenarioError([Problem(str(out), message_id=message)])


@contextlib.contextmanager
def new_folder(out: Path) -> Iterator[Path]:
    """Give an empty folder to write in; it becomes `out` when all went well and is removed when not.

    Raises
    ------
    ScenarioError
        If `out` holds something already.
    OSError
        If it cannot be written.

    Examples
    --------
    >>> with new_folder(Path("scratch/li")) as folder:  # doctest: +SKIP
    ...     (folder / "SOURCES.md").write_text("...")
    """
    check_free(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        yield draft
        draft.chmod(FOLDER_MODE)
        if out.is_dir():
            out.rmdir()
        draft.rename(out)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def write_text(path: Path, text: str) -> None:
    """Write a text file with plain line ends."""
    path.write_text(text, encoding="utf-8", newline="\n")
