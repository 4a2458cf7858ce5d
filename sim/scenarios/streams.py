"""Where a stream of incidents happens: what the `where` of a demand row may say."""

from __future__ import annotations

from dataclasses import dataclass

FORMS = ("place:CODE", "places", "site:CODE", "sites:KIND", "roads", "raster:FILE.csv")
WITH_WORD = ("place", "site", "sites", "raster")
ALONE = ("places", "roads")


@dataclass(frozen=True, slots=True)
class Where:
    """One of the forms ``place``, ``places``, ``site``, ``sites``, ``roads``, ``raster``, and its word."""

    form: str
    word: str = ""


def where_of(text: str) -> Where | None:
    """Understand the `where` of a demand row; None where it is none of the six forms.

    Examples
    --------
    >>> where_of("sites:ammonia_store")
    Where(form='sites', word='ammonia_store')
    >>> where_of("somewhere") is None
    True
    """
    form, colon, word = (part.strip() for part in text.replace("：", ":").partition(":"))
    if (form in WITH_WORD and word) or (form in ALONE and not colon):
        return Where(form, word)
    return None


def raster_name(text: str) -> str | None:
    """Tell the file a demand row takes its density from, None where it takes none."""
    where = where_of(text)
    return where.word if where and where.form == "raster" else None
