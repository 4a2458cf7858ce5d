"""Why a drill cannot be shown or changed: there is none, or it is not for this person to do."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from api.trouble import Trouble

if TYPE_CHECKING:
    from pydantic import ValidationError


class NoDrill(Trouble):
    """There is no such drill."""

    def __init__(self, sentence: str, /, **fields: object) -> None:
        super().__init__(sentence, **fields)


class NotAllowed(Trouble):
    """A role may not do that."""

    def __init__(self, sentence: str, /, **fields: object) -> None:
        super().__init__(sentence, **fields)


def misread(file: str, error: ValidationError) -> Trouble:
    """Say where a drill's file or an action is wrong, place by place."""
    places = "; ".join(f"{_place(one['loc'])}: {one['msg']}" for one in error.errors()[:8])
    return Trouble("{file} cannot be used: {places}", file=file, places=places)


def _place(parts: Iterable[int | str]) -> str:
    return ".".join(str(part + 1 if isinstance(part, int) else part) for part in parts) or "–"
