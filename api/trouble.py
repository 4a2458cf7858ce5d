"""What went wrong, in words a person can act on; anything not known here is a fault of the program itself."""

from __future__ import annotations

import errno
from concurrent.futures import BrokenExecutor
from pathlib import Path
from typing import Protocol, runtime_checkable

from sim.language import tongue

say = tongue("api")

NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
NOT_ALLOWED = (errno.EACCES, errno.EPERM, errno.EROFS)
OF_THE_SYSTEM = {
    **dict.fromkeys(NO_ROOM, "The disk is full: {path} could not be written. Make room and run it again."),
    **dict.fromkeys(NOT_ALLOWED, "{path} may not be read or written here. Choose another folder with --out."),
    errno.ENOENT: "There is no file or folder {path}.",
    errno.ENOTDIR: "{path} is not a folder.",
    errno.EISDIR: "{path} is a folder; a file is needed here.",
    errno.EEXIST: "{path} is there already.",
}


@runtime_checkable
class Spoken(Protocol):
    """An error made to be read: it says itself in either language."""

    def text(self, lang: str) -> str:
        """Say it in ``"en"`` or ``"zh"``."""


class Trouble(Exception):
    """Something the user can put right, said in either language by `text`."""

    def __init__(self, sentence: str, /, **fields: object) -> None:
        super().__init__(sentence, fields)
        self.sentence, self.fields = sentence, fields

    def __str__(self) -> str:
        return self.text("en")

    def text(self, lang: str = "en") -> str:
        """Say it in ``"en"`` or ``"zh"``."""
        return say(lang, self.sentence, **self.fields)


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
    if isinstance(error, OSError) and error.errno is not None:
        return of_the_system(error, lang)
    if isinstance(error, BrokenExecutor):
        return say(
            lang, "A worker process was ended from outside, perhaps for want of memory: try fewer --workers."
        )
    if isinstance(error, MemoryError):
        return say(lang, "There is not enough memory for this. Try fewer --workers or a smaller network.")
    return None


def of_the_system(error: OSError, lang: str) -> str:
    """Say what the operating system refused, and for which file."""
    path = shown(error.filename2 or error.filename)
    sentence = OF_THE_SYSTEM.get(error.errno or 0)
    if sentence is None:
        return say(lang, "{path}: the system says: {reason}", path=path, reason=error.strerror or error)
    return say(lang, sentence, path=path)


def shown(path: object) -> str:
    """Write a path as text; a system error may come without one."""
    return str(Path(path)) if isinstance(path, (str, Path)) else "?"
