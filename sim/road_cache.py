"""Figures worked out once and kept on disk: the next run, and every other process, reads them from there."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Arrays = Mapping[str, npt.NDArray[Any]]

FOLDER_VARIABLE = "BEIQIN_CACHE"
"""Environment variable that names another folder; empty means that nothing is kept."""

MOST_BYTES = 4_000_000_000
"""The folder is kept below this size; what was not used for longest goes first."""

SMALL_BYTES = 4096
OURS = re.compile("[0-9a-f]{32}|draft-.*")
"""Names of entries; nothing else in the folder is ever touched."""


def kept(key: str, names: tuple[str, ...], make: Callable[[], Arrays]) -> Arrays:
    """Give the arrays kept under a key, memory-mapped and read-only; make and keep them if there are none.

    An entry is a folder that appears whole or not at all, so several processes may make the same one at once.
    Where the folder cannot be written to (read-only, full), the arrays just made are given all the same.

    Parameters
    ----------
    key
        A fingerprint of everything the arrays depend on.
    names
        The names of the arrays.
    make
        Works the arrays out.
    """
    folder = cache_folder()
    if folder is None:
        return make()
    found = _read(folder / key, names)
    if found is not None:
        return found
    made = make()
    with contextlib.suppress(OSError):
        _write(folder, key, made)
    return made


def cache_folder() -> Path | None:
    """Tell where figures are kept: in ``BEIQIN_CACHE`` or the platform's usual place; None for nowhere."""
    named = os.environ.get(FOLDER_VARIABLE)
    if named is not None:
        return Path(named, "roads") if named else None
    if sys.platform == "win32":
        home = os.environ.get("LOCALAPPDATA") or "~/AppData/Local"
    elif sys.platform == "darwin":
        home = "~/Library/Caches"
    else:
        home = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    folder = Path(home, "beiqin", "roads").expanduser()
    return folder if folder.is_absolute() else None


def _read(entry: Path, names: tuple[str, ...]) -> Arrays | None:
    """Map an entry; None where there is none. One that cannot be read is removed."""
    try:
        found = {name: _mapped(entry / f"{name}.npy") for name in names}
        with contextlib.suppress(OSError):
            os.utime(entry)
    except (OSError, ValueError, EOFError):
        shutil.rmtree(entry, ignore_errors=True)
        return None
    return found


def _mapped(path: Path) -> npt.NDArray[Any]:
    """Map a file; a small one is read."""
    small = path.stat().st_size < SMALL_BYTES
    return np.asarray(np.load(path, mmap_mode=None if small else "r", allow_pickle=False))


def _write(folder: Path, key: str, arrays: Arrays) -> None:
    """Write an entry beside the others and then give it its name in one step."""
    folder.mkdir(parents=True, exist_ok=True)
    _make_room(folder, sum(array.nbytes for array in arrays.values()))
    draft = Path(tempfile.mkdtemp(prefix="draft-", dir=folder))
    try:
        for name, array in arrays.items():
            np.save(draft / f"{name}.npy", np.ascontiguousarray(array), allow_pickle=False)
        draft.replace(folder / key)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _make_room(folder: Path, needed: int) -> None:
    """Remove the entries not used for longest until there is room for a new one."""
    ours = [entry for entry in folder.iterdir() if OURS.fullmatch(entry.name)]
    sizes = {entry: sum(file.stat().st_size for file in entry.iterdir()) for entry in ours}
    total = needed + sum(sizes.values())
    for entry in sorted(ours, key=lambda entry: (entry.stat().st_mtime, entry.name)):
        if total <= MOST_BYTES:
            return
        shutil.rmtree(entry, ignore_errors=True)
        total -= sizes[entry]
