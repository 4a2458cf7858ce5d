# coding: utf-8
"""Make the project's private environment (.venv) fit for running, testing or measuring Beiqin.

Written so that any Python 3 can read it: a Python that is too old gets a sentence, not a syntax error.
"""

import hashlib
import os
import subprocess
import sys

OLDEST = (3, 11)
NEWER = ("python3.14", "python3.13", "python3.12", "python3.11")
LOCKS = {
    "run": ("requirements.lock",),
    "dev": ("requirements-dev.lock",),
    "bench": ("requirements.lock", "requirements-bench.lock"),
}
COVERED_BY = {"run": ("run", "dev", "bench"), "dev": ("dev",), "bench": ("bench",)}
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
HOME = os.path.join(ROOT, ".venv")
BIN = os.path.join(HOME, "Scripts" if os.name == "nt" else "bin")
VENV_PYTHON = os.path.join(BIN, "python.exe" if os.name == "nt" else "python")

TOO_OLD = """Beiqin needs Python 3.11 or newer; {0} is Python {1}.
Install a newer Python, or name one you have:  make PYTHON=/path/to/python3.12 demo
备勤需要 Python 3.11 或更高版本；{0} 是 Python {1}。请安装新版本，或用 PYTHON=… 指定。"""
NO_VENV = """The Python at {0} cannot make a private environment: its '{1}' module is missing.
On Debian or Ubuntu:  sudo apt install python3-venv   Then run the same command again.
{0} 缺少 {1} 模块，无法建立独立环境；Debian/Ubuntu 请先安装 python3-venv，再重试。"""
NO_INDEX = """The libraries could not be installed (pip's own words are above).
Without internet: put the wheels in a folder and set PIP_NO_INDEX=1 PIP_FIND_LINKS=/that/folder.
依赖库未能安装（原因见上）。离线时：wheel 文件放入一个目录，并设置 PIP_NO_INDEX=1 PIP_FIND_LINKS=该目录。"""


def main(arguments):
    """Bring .venv to the level asked for (run, dev or bench); do nothing when it is there already."""
    level = arguments[0] if arguments else "run"
    if level not in LOCKS:
        sys.exit("usage: python tools/set_up.py [run|dev|bench]")
    if sys.version_info < OLDEST:
        return use_newer(arguments) or sys.exit(TOO_OLD.format(sys.executable, version()))
    if any(is_fresh(name) for name in COVERED_BY[level]):
        return None
    make_venv()
    install(level)
    write_stamp(level)
    return None


def use_newer(arguments):
    """Start over with a newer Python from the path; tell whether there was one."""
    for name in NEWER:
        if works([name, "-c", "import venv, ensurepip"]):
            sys.exit(subprocess.call([name, os.path.abspath(__file__)] + list(arguments)))  # noqa: RUF005
    return False


def make_venv():
    """Make .venv where there is none that works."""
    if works([VENV_PYTHON, "-c", "import sys, pip; sys.exit(sys.version_info < (3, 11))"]):
        return
    for module in ("venv", "ensurepip"):
        try:
            __import__(module)
        except ImportError:
            sys.exit(NO_VENV.format(sys.executable, module))
    tell("Making a private environment in .venv with Python {0}".format(version()))
    run([sys.executable, "-m", "venv", "--clear", HOME], NO_VENV.format(sys.executable, "venv"))


def install(level):
    """Install the locked libraries, then the project itself as it stands in this folder."""
    tell("Installing the libraries of {0} (once; a minute or two)".format(" + ".join(LOCKS[level])))
    pip = [VENV_PYTHON, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    locked = [word for lock in LOCKS[level] for word in ("--requirement", os.path.join(ROOT, lock))]
    # The lock names all; without --no-deps, old pips trip over extras ("coverage[toml]") of newer versions.
    run(pip + ["--require-hashes", "--no-deps"] + locked, NO_INDEX)  # noqa: RUF005
    run(pip + ["--no-deps", "--no-build-isolation", "--editable", ROOT], NO_INDEX)  # noqa: RUF005


def is_fresh(level):
    """Tell whether .venv was set up for this level from the files as they are now, in this place."""
    try:
        with open(stamp_of(level)) as file:
            return file.read() == fingerprint(level) and works([VENV_PYTHON, "-c", "import api"])
    except OSError:
        return False


def write_stamp(level):
    """Note what .venv was set up from; a level that shares its place is no longer vouched for."""
    for name in LOCKS:
        if name != level and not is_fresh(name) and os.path.exists(stamp_of(name)):
            os.remove(stamp_of(name))
    with open(stamp_of(level), "w") as file:
        file.write(fingerprint(level))


def stamp_of(level):
    """Name the file that says .venv is ready for a level."""
    return os.path.join(HOME, "ready-" + level)


def fingerprint(level):
    """Sum up everything an environment depends on: locks, project file, place."""
    whole = hashlib.sha256(ROOT.encode("utf-8"))
    for name in LOCKS[level] + ("pyproject.toml",):
        with open(os.path.join(ROOT, name), "rb") as file:
            whole.update(file.read())
    return whole.hexdigest()


def works(command):
    """Tell whether a command can be run and ends well; what it says is not heard."""
    with open(os.devnull, "w") as nowhere:
        try:
            return subprocess.call(command, stdout=nowhere, stderr=nowhere, cwd=ROOT) == 0
        except OSError:
            return False


def run(command, sentence):
    """Run a command; where it fails, say the sentence and stop."""
    if subprocess.call(command) != 0:
        sys.exit(sentence)


def tell(words):
    """Say what is being done, at once."""
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


def version():
    """Tell this Python's version in words."""
    return "{0}.{1}.{2}".format(*sys.version_info[:3])


if __name__ == "__main__":
    main(sys.argv[1:])
