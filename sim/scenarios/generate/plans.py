"""The emergency plans (应急预案) of the built-in county, from the short form of ``plans.yaml``."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from sim.scenarios.plan_model import PlanFile

STROKE = " / "
KEPT = ("work", "owner", "after", "level", "needs", "resource", "tells", "weight")


@functools.cache
def plan_data() -> Mapping[str, Any]:
    """Read ``plans.yaml``; the tree is shared, copy what you change."""
    with Path(__file__).with_name("plans.yaml").open("rb") as file:
        return dict(yaml.load(file, Loader=yaml.CSafeLoader))


def list_plans() -> tuple[PlanFile, ...]:
    """List the plans, in the order of ``plans.yaml``."""
    known = plan_data()
    return tuple(PlanFile.model_validate(_plan(known, said)) for said in known["plans"])


def _plan(known: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    """Write a plan out in full."""
    tasks = [_task(known, _whole(known, task)) for task in said["tasks"]]
    covers = {"kinds": said.get("covers", []), "sites": said.get("sites", [])}
    return {
        "code": said["code"],
        "name": _names(said["name"]),
        "kind": said["kind"],
        "covers": covers,
        "triggers": said["triggers"],
        "tasks": tasks,
        "contacts": {post: telephone(known, post) for post in _called(tasks)},
        "ends_after_min": float(said["ends_after_min"]),
        "people": said["people"],
        "source": known["sources"][said["source"]],
    }


def _whole(known: Mapping[str, Any], task: str | Mapping[str, Any]) -> dict[str, Any]:
    """Give a task as it is written, one of the common ones with its changes."""
    if isinstance(task, str):
        return {"code": task, **known["common"][task]}
    if "common" in task:
        return {"code": task["common"], **known["common"][task["common"]], **task}
    return dict(task)


def _task(known: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    within, lasts = said["min"]
    kept = {key: said[key] for key in KEPT if key in said}
    if "weight" in kept:
        kept["weight"] = float(kept["weight"])
    figures = {"within_min": float(within), "lasts_min": float(lasts)}
    source = known["sources"][said.get("source", "own")]
    return {"code": said["code"], "name": _names(said["name"]), **figures, **kept, "source": source}


def _names(text: str) -> dict[str, str]:
    zh, en = text.split(STROKE)
    return {"zh": zh, "en": en}


def _called(tasks: Sequence[Mapping[str, Any]]) -> list[str]:
    """List the posts that tasks call on or tell, in the order of their codes."""
    return sorted({post for task in tasks for post in (task["owner"], *task.get("tells", ()))})


def telephone(known: Mapping[str, Any], post: str) -> str:
    """Give a post's telephone: the emergency numbers, else a made-up one that ends in the post's number.

    Examples
    --------
    >>> telephone(plan_data(), "D01"), telephone(plan_data(), "D04")
    ('119', '0700-6200004')
    """
    return str(known["telephones"].get(post) or f"{known['prefix']}{int(post[1:]):02d}")
