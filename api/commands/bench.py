"""Measuring the program's speed on this machine; only in a checkout, the package lacks the measures."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import typer

import api
from api.commands.shared import Lang, spoken
from api.trouble import Trouble

CHECKOUT = Path(api.__file__).resolve().parent.parent


def bench(ctx: typer.Context, lang: Lang = None) -> None:
    """Measure the speed on this machine against what is promised (in a checkout of the project)."""
    spoken(ctx, lang)
    if not (CHECKOUT / "benchmarks" / "__main__.py").is_file():
        raise Trouble(
            "The benchmarks are not part of the installed package; clone the project and type: make bench"
        )
    raise typer.Exit(
        subprocess.run([sys.executable, "-m", "benchmarks"], cwd=CHECKOUT, check=False).returncode
    )
