"""Who may come in, and as what: keys, roles, and how much one may ask in a while."""

from __future__ import annotations

import hashlib
import ipaddress
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import func, select

from api.library import LOCAL, Author
from api.models import AuditRow, KeyRow
from api.store import NotThere, Store, note
from api.trouble import Trouble, WrongUsage

ROLES = ("viewer", "planner", "director", "admin")
"""Each may do what those before it may: read; change scenarios and start jobs; run drills; read the audit."""
PREFIX = "bq"
REMEMBERED_S = 300.0
LONGEST_NAME = 60


class NoEntry(Trouble):
    """Whoever asks has no key that holds."""


class NotAllowed(Trouble):
    """The role of whoever asks may not do this."""


class TooOften(Trouble):
    """More was asked in a while than one may."""

    def __init__(self, sentence: str, /, **fields: object) -> None:
        super().__init__(sentence, **fields)
        self.wait_s = float(str(fields.get("seconds", 1)))


@dataclass(frozen=True, slots=True)
class Key:
    """A key as it is listed: the secret itself is nowhere kept."""

    id: str
    name: str
    role: str
    created_at: float
    revoked_at: float | None


def add_key(store: Store, name: str, role: str, author: Author = LOCAL) -> tuple[Key, str]:
    """Make a key for a person; give it with its secret, which is told this once.

    Raises
    ------
    WrongUsage
        There is no such role, or the name cannot be one.
    """
    from argon2 import PasswordHasher

    if role not in ROLES:
        raise WrongUsage("There is no role {role}; there are: {known}.", role=role, known=", ".join(ROLES))
    if not 1 <= len(name.strip()) <= LONGEST_NAME or not name.isprintable():
        raise WrongUsage("A name has 1 to {most} printable characters.", most=LONGEST_NAME)
    number, secret = secrets.token_hex(4), secrets.token_urlsafe(32)
    row = KeyRow(
        id=number, name=name.strip(), role=role, hash=PasswordHasher().hash(secret), created_at=time.time()
    )
    with store.work() as session:
        session.add(row)
        note(session, author.who, author.role, "key.create", number, name=row.name, as_role=role)
        session.flush()
        return _key(row), f"{PREFIX}_{number}_{secret}"


def keys(store: Store) -> list[Key]:
    """List all keys, those taken back among them."""
    with store.work() as session:
        return [_key(row) for row in session.scalars(select(KeyRow).order_by(KeyRow.created_at))]


def revoke_key(store: Store, number: str, author: Author = LOCAL) -> Key:
    """Take a key back; it opens nothing from now on.

    Raises
    ------
    NotThere
        There is none of that number.
    """
    with store.work() as session:
        row = session.get(KeyRow, number)
        if row is None:
            raise NotThere("There is no key {id}.", id=number)
        row.revoked_at = row.revoked_at or time.time()
        note(session, author.who, author.role, "key.revoke", number)
        return _key(row)


def has_keys(store: Store) -> bool:
    """Tell whether there is a key that opens."""
    with store.work() as session:
        wanted = select(func.count()).select_from(KeyRow).where(KeyRow.revoked_at.is_(None))
        return bool(session.scalar(wanted))


def audit(store: Store, before: int | None = None, limit: int = 50) -> list[AuditRow]:
    """List who changed what, the latest first."""
    wanted = select(AuditRow).order_by(AuditRow.id.desc()).limit(limit)
    if before is not None:
        wanted = wanted.where(AuditRow.id < before)
    with store.work() as session:
        return list(session.scalars(wanted))


def is_loopback(host: str) -> bool:
    """Tell whether an address reaches this machine only.

    Examples
    --------
    >>> is_loopback("127.0.0.1"), is_loopback("localhost"), is_loopback("0.0.0.0")
    (True, True, False)
    """
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


@dataclass(slots=True)
class Guard:
    """Tells who asks, by the key they bring; where no keys are demanded, whoever sits at the machine."""

    store: Store
    demanded: bool
    known: dict[str, float] = field(default_factory=dict)
    """Keys that were checked lately, by a digest: checking takes a tenth of a second on purpose."""

    def author(self, token: str | None) -> Author:
        """Tell who comes with a key.

        Raises
        ------
        NoEntry
            The key is missing, wrong or taken back.
        """
        if token is None:
            if self.demanded:
                raise NoEntry("A key is needed: Authorization: Bearer bq_… (beiqin keys add makes one).")
            return LOCAL
        row = self._row(token)
        if row is None:
            raise NoEntry("This key is wrong, or it was taken back.")
        return Author(f"{row.name}#{row.id}"[:64], row.role)

    def _row(self, token: str) -> KeyRow | None:
        prefix, number, secret = [*token.split("_", 2), "", ""][:3]
        if prefix != PREFIX or not number.isalnum():
            return None
        with self.store.work() as session:
            row = session.get(KeyRow, number[:16])
        right = row is not None and row.revoked_at is None and self._is_right(token, row.hash, secret)
        return row if right else None

    def _is_right(self, token: str, hashed: str, secret: str) -> bool:
        from argon2 import PasswordHasher
        from argon2.exceptions import VerificationError

        digest, now = hashlib.sha256(f"{hashed}{token}".encode()).hexdigest(), time.monotonic()
        if self.known.get(digest, 0.0) > now:
            return True
        try:
            PasswordHasher().verify(hashed, secret)
        except VerificationError:
            return False
        self.known = {known: until for known, until in self.known.items() if until > now}
        self.known[digest] = now + REMEMBERED_S
        return True


def check_role(author: Author, role: str) -> None:
    """Refuse what takes a higher role.

    Raises
    ------
    NotAllowed
        The role of whoever asks is lower.
    """
    if ROLES.index(author.role) < ROLES.index(role):
        raise NotAllowed("This takes the role {needed}; yours is {role}.", needed=role, role=author.role)


@dataclass(slots=True)
class Gate:
    """How often one may ask: `burst` at once, `a_second` in the long run."""

    a_second: float = 50.0
    burst: float = 200.0
    clock: Callable[[], float] = time.monotonic
    left: dict[str, tuple[float, float]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def check(self, who: str) -> None:
        """Count one request.

        Raises
        ------
        TooOften
            There were too many lately.
        """
        now = self.clock()
        with self.lock:
            left, then = self.left.get(who, (self.burst, now))
            left = min(self.burst, left + (now - then) * self.a_second)
            if left < 1.0:
                seconds = max(1, round((1.0 - left) / self.a_second))
                raise TooOften("Too many requests; wait {seconds} s.", seconds=seconds)
            self.left[who] = left - 1.0, now
            if len(self.left) > 10_000:
                self._forget(now)

    def _forget(self, now: float) -> None:
        """Forget those who have been quiet long enough to be let in again anyway."""
        quiet_s = self.burst / self.a_second
        self.left = {who: (left, then) for who, (left, then) in self.left.items() if now - then < quiet_s}


def _key(row: KeyRow) -> Key:
    return Key(row.id, row.name, row.role, row.created_at, row.revoked_at)
