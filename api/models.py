"""What the service keeps: scenarios with their versions, jobs and results, keys, and who changed what."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, Double, ForeignKey, Index, LargeBinary, MetaData, String, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Row(DeclarativeBase):
    """A row of the store; times are seconds since 1970, UTC."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {dict[str, Any]: JSON(none_as_null=True), float: Double}  # noqa: RUF012 - as SQLAlchemy wants it


class ScenarioRow(Row):
    """A scenario of the store by its code; `version` is the one that holds now."""

    __tablename__ = "scenarios"

    code: Mapped[str] = mapped_column(String(64), primary_key=True)
    version: Mapped[int]
    created_at: Mapped[float]


class VersionRow(Row):
    """One version of a scenario: its files as they were brought, packed; never changed."""

    __tablename__ = "versions"
    __table_args__ = (UniqueConstraint("scenario", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    scenario: Mapped[str] = mapped_column(ForeignKey("scenarios.code"))
    number: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[float]
    who: Mapped[str] = mapped_column(String(64))
    note: Mapped[str] = mapped_column(String(400))
    card: Mapped[dict[str, Any]]
    files: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class JobRow(Row):
    """A piece of work: what was asked, how far it is, and which worker holds it until when."""

    __tablename__ = "jobs"
    __table_args__ = (UniqueConstraint("who", "idempotency_key"), Index(None, "state", "created_at"))

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))
    scenario: Mapped[str] = mapped_column(String(64))
    scenario_hash: Mapped[str] = mapped_column(String(64))
    version: Mapped[int]
    request: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(String(16))
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    who: Mapped[str] = mapped_column(String(64))
    idempotency_key: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[float]
    started_at: Mapped[float | None]
    ended_at: Mapped[float | None]
    worker: Mapped[str | None] = mapped_column(String(80))
    lease_until: Mapped[float | None]
    attempts: Mapped[int] = mapped_column(default=0)
    cancel_wanted: Mapped[bool] = mapped_column(default=False)
    error: Mapped[dict[str, Any] | None]


class ResultRow(Row):
    """What a job that is done has found, in plain numbers; written in one piece with its state."""

    __tablename__ = "results"

    job: Mapped[str] = mapped_column(ForeignKey("jobs.id"), primary_key=True)
    content: Mapped[dict[str, Any]]


class KeyRow(Row):
    """Who may come in, and as what; only a hash of the secret is kept."""

    __tablename__ = "keys"

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    name: Mapped[str] = mapped_column(String(64))
    role: Mapped[str] = mapped_column(String(16))
    hash: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[float]
    revoked_at: Mapped[float | None]


class AuditRow(Row):
    """Who changed what, and when; only ever added to."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[float] = mapped_column(index=True)
    who: Mapped[str] = mapped_column(String(64))
    role: Mapped[str] = mapped_column(String(16))
    action: Mapped[str] = mapped_column(String(32))
    subject: Mapped[str] = mapped_column(String(200))
    detail: Mapped[dict[str, Any]]
