"""Files from outside: a packed scenario folder or a workbook, opened only when it can do no harm."""

from __future__ import annotations

import io
import re
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from api.trouble import Trouble

SETTINGS = "scenario.yaml"
WORKBOOK = "scenario.xlsx"
FOLDERS = ("plans", "rules")
ENDINGS = (".yaml", ".yml", ".csv", ".parquet", ".xlsx", ".md")
NAME = re.compile(r"[\w][\w.\- ]{0,99}")
PASSED_OVER = ("__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini")
ENCRYPTED = 0x1
MIB = 1024 * 1024


class BadUpload(Trouble):
    """What was sent is not what it should be."""


class TooLarge(Trouble):
    """What was sent is more than is taken."""


@dataclass(frozen=True, slots=True)
class Room:
    """How much is taken from outside: bytes packed and unpacked, files, how far packing may shrink it."""

    packed: int = 64 * MIB
    unpacked: int = 512 * MIB
    files: int = 500
    ratio: int = 200


def unpack(data: bytes, room: Room = Room()) -> dict[str, bytes]:
    """Take the files of a scenario out of a zip file.

    Parameters
    ----------
    data
        The zip file; a single folder around everything is taken off.
    room
        How much may be in it.

    Returns
    -------
    dict
        Contents by path within the scenario folder.

    Raises
    ------
    BadUpload
        It is no zip file, is damaged or locked, or holds what is not a scenario's file.
    TooLarge
        It holds more than is taken; nothing of it is unpacked then.
    """
    with _opened(data, room) as packed:
        entries = [entry for entry in packed.infolist() if not entry.is_dir() and not _passed_over(entry)]
        _check_sizes(entries, room)
        names = _without_top([_path_of(entry) for entry in entries])
        files = {
            _known(name): _content(packed, entry, room) for name, entry in zip(names, entries, strict=True)
        }
    if SETTINGS not in files:
        raise BadUpload("The zip file holds no scenario.yaml, neither at its top nor in its one folder.")
    return files


def with_workbook(files: Mapping[str, bytes], book: bytes, room: Room = Room()) -> dict[str, bytes]:
    """Put a workbook in a scenario's files, in place of the tables that it holds.

    Raises
    ------
    BadUpload
        It is no workbook.
    TooLarge
        It holds more than is taken.
    """
    with _opened(book, room) as packed:
        _check_sizes(packed.infolist(), room)
    replaced = {f"{table}.csv" for table in _tables_of(book)}
    return {name: data for name, data in files.items() if name not in replaced} | {WORKBOOK: book}


def packed_files(files: Mapping[str, bytes]) -> bytes:
    """Pack files, always into the same bytes."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in sorted(files):
            packed.writestr(zipfile.ZipInfo(name), files[name], zipfile.ZIP_DEFLATED, 6)
    return whole.getvalue()


def unpacked_files(data: bytes) -> dict[str, bytes]:
    """Give the files that `packed_files` packed."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def is_workbook(data: bytes) -> bool:
    """Tell whether a zip file is an Excel workbook."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            return "xl/workbook.xml" in packed.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return False


def _opened(data: bytes, room: Room) -> zipfile.ZipFile:
    if len(data) > room.packed:
        raise TooLarge("The file has more than {most} MiB, the most that is taken.", most=room.packed // MIB)
    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, UnicodeDecodeError):
        raise BadUpload("The file is neither a zip file nor a workbook, or it is damaged.") from None


def _check_sizes(entries: list[zipfile.ZipInfo], room: Room) -> None:
    """Refuse what would fill the disk, by what the file says of itself; `_content` holds it to its word."""
    whole = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if len(entries) > room.files:
        raise TooLarge("The zip file holds more than {most} files.", most=room.files)
    if whole > room.unpacked or whole > MIB + room.ratio * packed:
        raise TooLarge("The zip file would unpack to far too much; it is not unpacked.")


def _passed_over(entry: zipfile.ZipInfo) -> bool:
    parts = PurePosixPath(entry.filename).parts
    return any(part in PASSED_OVER for part in parts)


def _path_of(entry: zipfile.ZipInfo) -> PurePosixPath:
    """Give an entry's path, where it stays inside the folder and is a plain file."""
    name = entry.filename
    path = PurePosixPath(name)
    kind = stat.S_IFMT(entry.external_attr >> 16)
    outside = path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name or "\0" in name
    if outside or kind not in (0, stat.S_IFREG):
        raise BadUpload(
            "The zip file holds {name}, which is no plain file inside the folder.", name=name[:99]
        )
    return path


def _without_top(paths: list[PurePosixPath]) -> list[PurePosixPath]:
    """Take the one folder off that holds everything, where there is one."""
    tops = {path.parts[0] for path in paths if path.parts}
    if len(tops) == 1 and all(len(path.parts) > 1 for path in paths):
        return [PurePosixPath(*path.parts[1:]) for path in paths]
    return paths


def _known(path: PurePosixPath) -> str:
    """Give a path back where a scenario may have a file there."""
    *folders, name = path.parts or ("",)
    right = NAME.fullmatch(name) and path.suffix.lower() in ENDINGS
    if not right or not (not folders or (len(folders) == 1 and folders[0] in FOLDERS)):
        raise BadUpload("The zip file holds {name}, which is no file of a scenario.", name=str(path)[:99])
    return path.as_posix()


def _content(packed: zipfile.ZipFile, entry: zipfile.ZipInfo, room: Room) -> bytes:
    if entry.flag_bits & ENCRYPTED:
        raise BadUpload("The zip file is locked by a password.")
    try:
        with packed.open(entry) as file:
            data = file.read(min(entry.file_size, room.unpacked) + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError):
        raise BadUpload("The file is neither a zip file nor a workbook, or it is damaged.") from None
    if len(data) != entry.file_size:
        raise BadUpload("The file is neither a zip file nor a workbook, or it is damaged.")
    return data


def _tables_of(book: bytes) -> list[str]:
    """Name the tables that a workbook holds rows of; a damaged one is told when the scenario is read."""
    from sim.scenarios.drafts import Draft
    from sim.scenarios.workbook import holds_rows, open_book

    with tempfile.TemporaryDirectory(prefix="beiqin-") as name:
        folder = Path(name)
        (folder / WORKBOOK).write_bytes(book)
        opened = open_book(folder, Draft(folder))
        return [table for table in opened.sheets if holds_rows(opened, table)] if opened else []
