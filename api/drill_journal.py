"""A drill's own record: what was done in it, line by line, on the disk before anybody is told."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Entry = dict[str, Any]


def append(path: Path, entry: Entry) -> None:
    """Add a line and see it onto the disk.

    Raises
    ------
    OSError
        The disk is full, or the file may not be written.
    """
    line = json.dumps(entry, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
    with path.open("ab") as file:
        if file.tell() and not _ends_whole(path):
            file.truncate(whole_length(path))
        file.write(line)
        file.flush()
        os.fsync(file.fileno())


def read(path: Path) -> Iterator[Entry]:
    """Go through the lines that are whole; one cut short by a crash was never answered, and is left out."""
    data = path.read_bytes()
    for line in data[: whole_length(path)].splitlines():
        yield json.loads(line)


def whole_length(path: Path) -> int:
    """Tell how many bytes of a record are whole lines."""
    return path.read_bytes().rfind(b"\n") + 1


def _ends_whole(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"
