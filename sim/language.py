"""Two tongues: sentences are written in English in the code and found in Chinese in each room's catalogue."""

from __future__ import annotations

import functools
import importlib.util
import locale
import os
from collections.abc import Callable, Mapping
from pathlib import Path

LANGUAGES = ("en", "zh")


def tongue(package: str) -> Callable[..., str]:
    """Give the speaker of a package: ``say(lang, "A sentence with {field}.", field=value)``.

    Parameters
    ----------
    package
        The package whose ``locale/zh.po`` holds the Chinese sentences.

    Returns
    -------
    Callable
        A function of language (``"en"`` or ``"zh"``), English sentence, and the fields in braces.

    Examples
    --------
    >>> tongue("sim")("en", "{n} units", n=3)
    '3 units'
    """

    def say(lang: str, sentence: str, /, **fields: object) -> str:
        found = catalogue(package).get(sentence, sentence) if lang == "zh" else sentence
        return found.format(**fields) if fields else found

    return say


def default_language() -> str:
    """Tell the user's language from ``BEIQIN_LANG`` or the locale: ``"zh"`` or ``"en"``."""
    named = os.environ.get("BEIQIN_LANG") or os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    named = named or (locale.getlocale()[0] or "")
    return "zh" if named.lower().startswith(("zh", "chinese")) else "en"


@functools.cache
def catalogue(package: str) -> Mapping[str, str]:
    """Read a package's Chinese catalogue: English sentence to Chinese sentence."""
    from babel.messages.pofile import read_po

    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise LookupError(f"no package {package}")
    path = Path(spec.origin).parent / "locale" / "zh.po"
    with path.open("rb") as file:
        messages = read_po(file, locale="zh")
    return {str(message.id): str(message.string) for message in messages if message.id and message.string}
