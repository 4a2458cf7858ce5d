"""Renew the lock files from pyproject.toml: names, versions and hashes only, one set for every platform.

Versions already locked stay where they still fit; ``--upgrade`` moves them to the newest.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FORM = (
    "--universal",
    "--python-version=3.11",
    "--generate-hashes",
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--no-header",
    "--quiet",
)
LOCKS = {
    "requirements-dev.lock": ("pyproject.toml", "--group=dev"),
    "requirements.lock": ("pyproject.toml", "--group=build", "--constraints=requirements-dev.lock"),
    "requirements-bench.lock": ("--group=bench", "--constraints=requirements-dev.lock"),
}


def main() -> None:
    """Write each lock in turn; the later ones keep to the versions of the first."""
    for name, inputs in LOCKS.items():
        command = [sys.executable, "-m", "uv", "pip", "compile", *FORM, *inputs, "-o", name, *sys.argv[1:]]
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        print(f"{name}: {(ROOT / name).read_text(encoding='utf-8').count('==')} libraries")


if __name__ == "__main__":
    main()
