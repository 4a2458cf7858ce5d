"""The store: one database (SQLite in a folder, or PostgreSQL by its address) and the folder beside it."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.orm import Session, sessionmaker

from api.models import AuditRow
from api.trouble import Trouble

DATABASE = "beiqin.sqlite3"
MIGRATIONS = Path(__file__).parent / "migrations"
HOME_VARIABLE = "BEIQIN_DATA"
DATABASE_VARIABLE = "BEIQIN_DATABASE"
WAIT_S = 30
"""How long SQLite waits for another's turn to end."""
MIGRATING = 0x62656971
"""Number of the lock under which PostgreSQL lets one process at a time bring the tables up to date."""


class NotThere(Trouble):
    """What was asked for is not in the store."""


class NotNow(Trouble):
    """The store cannot be asked at the moment."""


class Conflict(Trouble):
    """What is asked does not fit what is there."""


@dataclass(frozen=True, slots=True)
class Store:
    """An open store: `url` of its database, `folder` for files, and how to begin a piece of work on it."""

    url: str
    folder: Path
    engine: Engine = field(repr=False)
    sessions: sessionmaker[Session] = field(repr=False)

    @contextmanager
    def work(self) -> Iterator[Session]:
        """Do something whole or not at all: committed at the end, undone when anything goes wrong."""
        with self.sessions.begin() as session:
            yield session

    def is_well(self) -> bool:
        """Tell whether the database answers."""
        try:
            with self.engine.connect() as connection:
                return bool(connection.execute(text("SELECT 1")).scalar_one() == 1)
        except DBAPIError:
            return False

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()


def open_store(folder: Path | None = None, url: str | None = None) -> Store:
    """Open the store, made or brought up to date where need be.

    Parameters
    ----------
    folder
        Where files lie, and the SQLite database where no other is named; by default ``BEIQIN_DATA``, else
        ``beiqin-data`` in the current folder.
    url
        Address of a PostgreSQL database; by default ``BEIQIN_DATABASE``, else SQLite in the folder.

    Raises
    ------
    Trouble
        The address is none, or the database cannot be reached.
    OSError
        The folder cannot be made.
    """
    home = (folder or Path(os.environ.get(HOME_VARIABLE) or "beiqin-data")).resolve()
    home.mkdir(parents=True, exist_ok=True)
    address = database_url(url or os.environ.get(DATABASE_VARIABLE), home)
    engine = _engine(address)
    try:
        migrate(engine)
    except DBAPIError as error:
        raise Trouble(
            "The database {url} cannot be used: {why}",
            url=address.render_as_string(),
            why=str(error.orig).strip(),
        ) from error
    spelt = address.render_as_string(hide_password=False)
    return Store(spelt, home, engine, sessionmaker(engine, expire_on_commit=False))


def database_url(url: str | None, home: Path) -> URL:
    """Give the full address of a database; PostgreSQL is spoken to through psycopg."""
    if not url:
        return URL.create("sqlite", database=str(home / DATABASE))
    try:
        address = make_url(url)
    except ArgumentError:
        raise Trouble("{url} is no address of a database; write it like {like}.", **_like(url)) from None
    kind = address.get_backend_name()
    if kind not in ("sqlite", "postgresql", "postgres"):
        raise Trouble("{url} is no address of a database; write it like {like}.", **_like(url))
    return address if kind == "sqlite" else address.set(drivername="postgresql+psycopg")


def _like(url: str) -> Mapping[str, object]:
    return {"url": url.rpartition("@")[2], "like": "postgresql://user:password@host/beiqin"}


def _engine(address: URL) -> Engine:
    try:
        if address.get_backend_name() != "sqlite":
            return create_engine(address, pool_pre_ping=True)
        engine = create_engine(address, connect_args={"timeout": WAIT_S})
    except (ModuleNotFoundError, NoSuchModuleError):
        raise Trouble("PostgreSQL needs the driver psycopg: pip install 'beiqin[postgres]'") from None
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_at_once)
    return engine


def _set_up_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401 - sqlite3's own
    """Let readers and one writer work at once, and leave beginning to us."""
    connection.isolation_level = None
    cursor = connection.cursor()
    _journal_ahead(cursor)
    for pragma in ("synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _journal_ahead(cursor: Any) -> None:  # noqa: ANN401 - sqlite3's own
    """Switch to WAL; unlike all else this does not wait by itself while another process does the same."""
    until = time.monotonic() + WAIT_S
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.02)
        else:
            return


def _begin_at_once(connection: Connection) -> None:
    """Take SQLite's turn at the beginning, so that what was read still holds when it is written."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def migrate(engine: Engine) -> None:
    """Bring the tables up to date, one process at a time."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": MIGRATING})
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def note(session: Session, who: str, role: str, action: str, subject: str, **detail: object) -> None:
    """Write down who changed what."""
    session.add(
        AuditRow(at=time.time(), who=who, role=role, action=action, subject=subject[:200], detail=detail)
    )
