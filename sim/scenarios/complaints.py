"""From what pydantic finds wrong to sentences a county planner can act on."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from sim.scenarios.cells import A_TIME_OF_DAY, EMPTY, NOT_A_NUMBER, NOT_WHOLE, TIME_OF_DAY
from sim.scenarios.fields import CLOCK_PATTERN, CODE_PATTERN, DURATION_TAGS, NOT_A_DAY
from sim.scenarios.gear_model import DAYS_FORMS, DAYS_TAGS
from sim.scenarios.inject_model import INJECT_FORMS, INJECT_TAGS
from sim.scenarios.problems import known_or_near
from sim.scenarios.yamlfile import PathKey, resolve

Said = tuple[str, dict[str, object]]

UNQUOTED = "is text; write the number without quotation marks"
MUST_BE_TEXT = "must be text; write it in quotation marks"
NOT_A_CODE = "must be a code: up to 40 characters, no blanks, colons, commas, semicolons or quotation marks"
OFF_THE_MAP = "is off the map (must be between {low} and {high})"
MAP_LIMITS = {"lon": (-180, 180), "lat": (-90, 90)}

PATTERNS = {CODE_PATTERN: NOT_A_CODE, CLOCK_PATTERN: "must be a time of day such as 07:00"}

PLAIN = {
    "missing": "is missing",
    "bool_type": "must be true or false",
    "dict_type": "must be a mapping, one name: value a line",
    "model_attributes_type": "must be a mapping, one name: value a line",
    "tuple_type": "must be a list, written [..., ...]",
    "finite_number": NOT_A_NUMBER,
    "datetime_type": "must be a date and time written as 2026-01-01 00:00",
    "date_type": NOT_A_DAY,
    "string_too_short": EMPTY,
    "days_form": DAYS_FORMS,
    "inject_form": INJECT_FORMS,
    "union_tag_not_found": (
        "must be one of {constant_s: ...}, {exponential_mean_s: ...}, {median_s: ..., sigma: ...}, "
        "{normal_mean_s: ..., sd_s: ...}"
    ),
}
LIMITS = {
    "greater_than": ("must be more than {limit}", "gt"),
    "greater_than_equal": ("must be at least {limit}", "ge"),
    "less_than": ("must be less than {limit}", "lt"),
    "less_than_equal": ("must be at most {limit}", "le"),
}
LENGTHS = {
    "too_short": ("must have at least {due} entries, has {n}", "min_length"),
    "too_long": ("must have at most {due} entries, has {n}", "max_length"),
}


def complaints(
    model: type[BaseModel], error: ValidationError
) -> Iterator[tuple[PathKey, object, str, dict[str, object]]]:
    """Put each thing pydantic found wrong into our own words.

    Yields
    ------
    tuple
        Path, value as it stands (None where it is missing), message and the message's values.
    """
    for detail in error.errors(include_url=False):
        if _follows_from_another(detail):
            continue
        path = tuple(part for part in detail["loc"] if part not in TAGS)
        message, values = _sentence(model, path, detail)
        value = None if detail["type"] == "missing" else _as_written(detail["input"])
        if at := detail.get("ctx", {}).get("at"):
            path, value = (*path, at), detail["input"].get(at)
        yield path, value, message, values


TAGS = (*DURATION_TAGS.values(), *DAYS_TAGS.values(), *INJECT_TAGS.values(), "[key]")


def _follows_from_another(detail: ErrorDetails) -> bool:
    """Tell a list that is only too short because entries of it were refused."""
    return detail["type"] == "too_short" and len(detail["input"]) >= detail["ctx"]["min_length"]


def _as_written(value: Any) -> object:  # noqa: ANN401
    """Give a value as it would stand in a YAML file: text that looks like a number with its quotes."""
    if value is None:
        return "null"
    return f'"{value}"' if isinstance(value, str) and not isinstance(resolve(value), str) else value


def _sentence(model: type[BaseModel], path: PathKey, detail: ErrorDetails) -> Said:
    kind, context = detail["type"], detail.get("ctx", {})
    if kind in PLAIN:
        return PLAIN[kind], {}
    if kind in LENGTHS and isinstance(detail["input"], str):
        return EMPTY, {}
    if kind in LENGTHS:
        message, key = LENGTHS[kind]
        return message, {"due": context[key], "n": len(detail["input"])}
    if kind in LIMITS:
        return _limit(path, kind, context)
    if kind == "extra_forbidden":
        return _unknown_key(model, path)
    if kind in WORDED:
        return WORDED[kind](detail["input"], context)
    return "is not right: {reason}", {"reason": detail["msg"]}


def _limit(path: PathKey, kind: str, context: Mapping[str, Any]) -> Said:
    if path and path[-1] in MAP_LIMITS:
        low, high = MAP_LIMITS[str(path[-1])]
        return OFF_THE_MAP, {"low": low, "high": high}
    message, key = LIMITS[kind]
    return message, {"limit": context[key]}


def _unknown_key(model: type[BaseModel], path: PathKey) -> Said:
    if "：" in str(path[-1]):
        return "holds a Chinese colon (：); a plain colon and a space are due", {}
    ending, values = known_or_near(str(path[-1]), keys_at(model.model_json_schema(), path[:-1]))
    if ending == "near":
        return "is not known here; did you mean {near}?", values
    return ("is not known here; known: {known}", values) if ending == "known" else ("is not known here", {})


def _not_a_number(message: str) -> Callable[[Any, Mapping[str, Any]], Said]:
    def sentence(value: Any, context: Mapping[str, Any]) -> Said:  # noqa: ANN401, ARG001
        if isinstance(value, str) and TIME_OF_DAY.fullmatch(value):
            return A_TIME_OF_DAY, {}
        quoted = isinstance(value, str) and isinstance(resolve(value), int | float)
        return (UNQUOTED if quoted else message), {}

    return sentence


def _not_text(value: Any, context: Mapping[str, Any]) -> Said:  # noqa: ANN401, ARG001
    return (EMPTY if value is None else MUST_BE_TEXT), {}


def _not_a_part(value: Any, context: Mapping[str, Any]) -> Said:  # noqa: ANN401, ARG001
    if context["class_name"] == "Names":
        return "must be written {zh: ..., en: ...}", {}
    return PLAIN["dict_type"], {}


def _not_listed(value: Any, context: Mapping[str, Any]) -> Said:  # noqa: ANN401
    options = re.findall(r"'([^']*)'", context["expected"])
    ending, near = known_or_near(str(value), options)
    listed: dict[str, object] = {"options": ", ".join(options)}
    if ending == "near":
        return "must be one of {options}; did you mean {near}?", {**listed, **near}
    return "must be one of {options}", listed


def _pattern(value: Any, context: Mapping[str, Any]) -> Said:  # noqa: ANN401, ARG001
    return PATTERNS.get(context["pattern"], NOT_A_CODE), {}


def _own(value: Any, context: Mapping[str, Any]) -> Said:  # noqa: ANN401, ARG001
    return context["sentence"], {key: said for key, said in context.items() if key not in ("sentence", "at")}


WORDED: dict[str, Callable[[Any, Mapping[str, Any]], Said]] = {
    "int_type": _not_a_number(NOT_WHOLE),
    "float_type": _not_a_number(NOT_A_NUMBER),
    "string_type": _not_text,
    "model_type": _not_a_part,
    "literal_error": _not_listed,
    "string_pattern_mismatch": _pattern,
    "beiqin": _own,
}


def keys_at(schema: Mapping[str, Any], path: PathKey) -> list[str]:
    """List the keys a JSON Schema allows at a path.

    Parameters
    ----------
    schema
        The whole schema, with its ``$defs``.
    path
        Keys and positions from the top.
    """
    found = [_resolved(schema, schema)]
    for part in path:
        found = [below for level in found for below in _below(schema, level, part)]
    return sorted({key for level in found for key in level.get("properties", {})})


def _below(
    schema: Mapping[str, Any], level: Mapping[str, Any], part: str | int
) -> Iterator[Mapping[str, Any]]:
    below = level.get("items") if isinstance(part, int) else level.get("properties", {}).get(part)
    below = below or (
        level.get("additionalProperties") or next(iter(level.get("patternProperties", {}).values()), None)
    )
    if isinstance(below, Mapping):
        for choice in (below, *below.get("anyOf", ()), *below.get("oneOf", ())):
            yield _resolved(schema, choice)


def _resolved(schema: Mapping[str, Any], level: Mapping[str, Any]) -> Mapping[str, Any]:
    reference = level.get("$ref")
    return schema["$defs"][reference.rpartition("/")[2]] if reference else level
