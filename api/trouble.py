"""What went wrong, in words a person can act on; anything not known here is a fault of the program itself."""

from __future__ import annotations

import errno
import os
import re
from concurrent.futures import BrokenExecutor
from typing import Protocol, runtime_checkable

from sim.language import tongue

say = tongue("api")

NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
NOT_ALLOWED = (errno.EACCES, errno.EPERM, errno.EROFS)
OF_THE_SYSTEM = {
    **dict.fromkeys(NO_ROOM, "the disk is full; make room and run it again"),
    **dict.fromkeys(NOT_ALLOWED, "may not be read or written here; choose another folder"),
    errno.ENOENT: "there is no such file or folder",
    errno.ENOTDIR: "a part of this path is a file, not a folder",
    errno.EISDIR: "is a folder; a file is needed here",
    errno.EEXIST: "is a file; a folder is needed here",
}
WORKER_ENDED = (
    "A worker process was ended from outside, perhaps for want of memory. What was finished is kept: "
    "go on with beiqin run --resume and fewer --workers."
)


@runtime_checkable
class Spoken(Protocol):
    """An error made to be read: it says itself in either language."""

    def text(self, lang: str) -> str:
        """Say it in ``"en"`` or ``"zh"``."""


class Trouble(Exception):
    """Something the user can put right, said in either language by `text`."""

    exit_code = 1

    def __init__(self, sentence: str, /, **fields: object) -> None:
        super().__init__(sentence, fields)
        self.sentence, self.fields = sentence, fields

    def __str__(self) -> str:
        return self.text("en")

    def text(self, lang: str = "en") -> str:
        """Say it in ``"en"`` or ``"zh"``."""
        return say(lang, self.sentence, **self.fields)


class WrongUsage(Trouble):
    """The command itself asks for what cannot be, whatever the files hold."""

    exit_code = 2


def explain(error: BaseException, lang: str) -> str | None:
    """Say what a person can do about an error; None means it is not theirs to put right.

    Parameters
    ----------
    error
        Whatever ended the work.
    lang
        ``"en"`` or ``"zh"``.
    """
    if isinstance(error, Spoken):
        return error.text(lang)
    refusal = refusal_in(error)
    if refusal is not None:
        return of_the_system(*refusal, lang)
    if isinstance(error, BrokenExecutor):
        return say(lang, WORKER_ENDED)
    if isinstance(error, MemoryError):
        return say(lang, "There is not enough memory for this. Try fewer --workers or a smaller network.")
    return None


def refusal_in(error: BaseException) -> tuple[int, str | None] | None:
    """Find what the operating system refused, and for which file where that is known.

    polars tells it in words only: ``... (os error 28)``, sometimes followed by the file.
    """
    if isinstance(error, OSError) and error.errno is not None:
        path = error.filename2 or error.filename
        return error.errno, None if path is None else str(path)
    found = re.search(r"\(os error (\d+)\)(?:: (\S.*?)(?: \(set POLARS_VERBOSE.*)?$)?", str(error))
    return (int(found.group(1)), found.group(2)) if found else None


def of_the_system(number: int, path: str | None, lang: str) -> str:
    """Say what the operating system refused."""
    sentence = OF_THE_SYSTEM.get(number)
    reason = say(lang, sentence) if sentence else os.strerror(number)
    colon = "：" if lang == "zh" else ": "
    return f"{path}{colon}{reason}" if path else reason
