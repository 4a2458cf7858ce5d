"""The command line in the user's language: help texts, headings of help pages, and wrong usage."""

from __future__ import annotations

import re
import sys
from typing import Any

import typer

from sim.language import tongue

say = tongue("api")
Part = Any
"""A command, a group, an option: whatever typer builds that carries a help text."""

HEADINGS = {
    "DEFAULT_STRING": "[default: {}]",
    "REQUIRED_LONG_STRING": "[required]",
    "ARGUMENTS_PANEL_TITLE": "Arguments",
    "OPTIONS_PANEL_TITLE": "Options",
    "COMMANDS_PANEL_TITLE": "Commands",
}
WRONG = r"Invalid value for '?(?P<name>[^:]*?)'?: "
WRONG_USAGE = (
    (
        r"No such command '(?P<name>.*?)'\. Did you mean (?P<near>.*)\?",
        "There is no command {name}; perhaps {near}?",
    ),
    (r"No such command '(?P<name>.*?)'\.?", "There is no command {name}."),
    (r"Missing command\.", "A command is missing."),
    (r"No such option: (?P<name>\S+).*", "There is no option {name}."),
    (r"Option '(?P<name>.*?)' requires an argument\.", "The option {name} needs a value."),
    (r"Got unexpected extra argument\(s\) \((?P<name>.*)\)", "There is a word too many: {name}."),
    (r"Missing (?:argument|option|parameter) '(?P<name>.*?)'.*", "{name} is missing."),
    (WRONG + r"Input should be greater than or equal to (?P<low>\S+)", "{name} must be at least {low}."),
    (WRONG + r"Input should be less than or equal to (?P<high>\S+)", "{name} must be at most {high}."),
    (WRONG + r"Input should be a valid integer.*", "{name} must be a whole number."),
    (WRONG + r"Input should be a valid number.*", "{name} must be a number."),
    (
        WRONG + r"(?:Value error, )?'(?P<word>.*)' is not one of (?P<known>.*?)\.?",
        "{name} must be one of {known}.",
    ),
    (
        WRONG + r"(?:Value error, )?(?P<why>.*)",
        "{name} cannot be that: {why}",
    ),
)


def put_into_words(command: Part, lang: str) -> None:
    """Translate every help text of a command tree, in place.

    Parameters
    ----------
    command
        A typer command or group as ``typer.main.get_command`` gives it, with English texts.
    lang
        ``"en"`` or ``"zh"``.
    """
    for part in parts_of(command):
        for name in ("help", "rich_help_panel"):
            english = getattr(part, name, None)
            if english:
                setattr(part, name, say(lang, english))
        if getattr(part, "is_bool_flag", False):
            part.metavar = ""


def parts_of(command: Part) -> list[Part]:
    """List what carries help in a command tree."""
    helping = command.get_help_option(typer.Context(command))
    children = getattr(command, "commands", {}).values()
    return [command, helping, *command.params, *(part for child in children for part in parts_of(child))]


def put_headings(lang: str, helping: bool) -> None:
    """Set the fixed words and the line breaks of typer's help pages."""
    if lang == "en" and not helping and "typer.rich_utils" not in sys.modules:
        return
    from typer import rich_utils

    for name, sentence in HEADINGS.items():
        setattr(rich_utils, name, say(lang, sentence))
    rich_utils.highlighter = folding(rich_utils.OptionHighlighter())


def folding(highlighter: Part) -> Part:
    """Have long words broken, not cut off: Chinese has no blanks, so a sentence of it is one word."""

    def fold(text: Part) -> Part:
        lit = highlighter(text)
        lit.overflow = "fold"
        return lit

    return fold


def wrong_usage(message: str, lang: str) -> str:
    """Say typer's complaint about a command line in our own words.

    Examples
    --------
    >>> wrong_usage("No such option: --dais", "en")
    'There is no option --dais.'
    """
    for pattern, sentence in WRONG_USAGE:
        found = re.fullmatch(pattern, message, flags=re.DOTALL)
        if found:
            return say(lang, sentence, **found.groupdict())
    return message.removeprefix("Invalid value: ")
