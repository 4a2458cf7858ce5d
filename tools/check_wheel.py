"""Build the wheel, install it with the locked libraries into a clean environment, and use it there."""

import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMMANDS = (
    ("--version",),
    ("--help",),
    ("scenarios",),
    ("run", "lanshui", "--days", "2", "--replications", "1", "--seed", "1", "--out", "two-days"),
    ("report", "two-days", "--lang", "zh"),
)


def main() -> None:
    """Do it all in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="beiqin-wheel-") as folder:
        clean = Path(folder)
        wheel = build(clean)
        scripts = install(clean, wheel)
        for command in COMMANDS:
            use(clean, scripts, command)
    print(f"wheel: {wheel.name} runs in a clean environment")


def build(folder: Path) -> Path:
    """Build the wheel with the hatchling of the lock."""
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return next(folder.glob("beiqin-*.whl"))


def install(folder: Path, wheel: Path) -> Path:
    """Fill a new environment with the locked libraries and the wheel; give the folder of its commands."""
    venv.create(folder / "clean", symlinks=os.name != "nt")
    scripts = folder / "clean" / ("Scripts" if os.name == "nt" else "bin")
    pip = [sys.executable, "-m", "pip", "--python", str(scripts / "python"), "--disable-pip-version-check"]
    pip += ["install", "--quiet", "--no-compile"]
    subprocess.run([*pip, "--require-hashes", "-r", str(ROOT / "requirements.lock")], check=True)
    subprocess.run([*pip, "--no-deps", str(wheel)], check=True)
    return scripts


def use(folder: Path, scripts: Path, command: tuple[str, ...]) -> None:
    """Run one command of the installed program away from the checkout; say what it said where it fails."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "COV"))
    }
    done = subprocess.run(
        [str(scripts / "beiqin"), *command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        sys.exit(
            f"wheel: beiqin {' '.join(command)} ended with {done.returncode}\n{done.stdout}{done.stderr}"
        )


if __name__ == "__main__":
    main()
