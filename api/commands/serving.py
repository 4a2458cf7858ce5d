"""The service: running it, and the keys of those who may come in."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from api.commands.shared import Lang, answer, err, say, spoken

Folder = Annotated[
    Path | None,
    typer.Option("--data", help="Folder of the service; by default BEIQIN_DATA, else beiqin-data here."),
]
Database = Annotated[
    str | None,
    typer.Option(
        "--database",
        help="postgresql://user:password@host/name; by default BEIQIN_DATABASE, else SQLite in the folder.",
    ),
]
Host = Annotated[
    str, typer.Option("--host", help="Address to listen at; beyond 127.0.0.1 keys are demanded.")
]
Port = Annotated[int, typer.Option("--port", min=0, max=65535, help="Port to listen at; 0 takes a free one.")]
Workers = Annotated[int, typer.Option("--workers", min=0, help="Processes at once; 0 is one for each core.")]
Cluster = Annotated[
    str | None, typer.Option("--cluster", help="A Dask scheduler to simulate with, like tcp://10.0.0.5:8786.")
]
NoWork = Annotated[bool, typer.Option("--no-work", help="Leave the jobs to other processes of the service.")]
Certificate = Annotated[Path | None, typer.Option("--certificate", help="Certificate (PEM), for HTTPS.")]
PrivateKey = Annotated[Path | None, typer.Option("--private-key", help="Its private key (PEM).")]
Name = Annotated[str, typer.Argument(metavar="NAME", help="Whose key it is.")]
Role = Annotated[
    str,
    typer.Option("--role", help="viewer reads; planner changes and runs; director leads drills; admin all."),
]
Number = Annotated[str, typer.Argument(metavar="ID", help="The key's number, as the list shows it.")]
HEADINGS = ("Key", "Whose", "Role", "Since", "Taken back")


def serve(
    ctx: typer.Context,
    folder: Folder = None,
    database: Database = None,
    host: Host = "127.0.0.1",
    port: Port = 8000,
    workers: Workers = 0,
    cluster: Cluster = None,
    no_work: NoWork = False,
    certificate: Certificate = None,
    private_key: PrivateKey = None,
    lang: Lang = None,
) -> None:
    """Serve scenarios, runs and drills over HTTP until stopped (Ctrl-C)."""
    from api.serving import Serving
    from api.serving import serve as serve_it

    language = spoken(ctx, lang)
    serving = Serving(host, port, folder, database, workers, cluster, not no_work, certificate, private_key)

    def ready(address: str) -> None:
        err().print(say(language, "Beiqin serves at the address below; Ctrl-C ends it."), markup=False)
        answer(address)

    serve_it(serving, ready)


def work(
    ctx: typer.Context,
    folder: Folder = None,
    database: Database = None,
    workers: Workers = 0,
    cluster: Cluster = None,
    lang: Lang = None,
) -> None:
    """Carry out the jobs of a service, beside it or on another machine, until stopped (Ctrl-C)."""
    import threading

    from api.store import open_store
    from api.work import Means
    from api.worker import work as work_on

    language, stop = spoken(ctx, lang), threading.Event()
    store = open_store(folder, database)
    err().print(say(language, "Waiting for jobs; Ctrl-C ends it."), markup=False)
    try:
        work_on(store, stop, means=Means(workers, cluster))
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


def add(
    ctx: typer.Context,
    name: Name,
    role: Role = "viewer",
    folder: Folder = None,
    database: Database = None,
    lang: Lang = None,
) -> None:
    """Make a key for a person; its secret is shown this once."""
    from api.security import add_key
    from api.store import open_store

    language = spoken(ctx, lang)
    key, secret = add_key(open_store(folder, database), name, role)
    err().print(
        say(
            language,
            "The key {id} of {name}, {role}. Keep it well: it is shown only once.",
            id=key.id,
            name=key.name,
            role=key.role,
        ),
        markup=False,
    )
    answer(secret)


def listed(ctx: typer.Context, folder: Folder = None, database: Database = None, lang: Lang = None) -> None:
    """List the keys."""
    from api.security import keys
    from api.store import open_store

    language = spoken(ctx, lang)
    table = Table(box=None, pad_edge=False)
    for heading in HEADINGS:
        table.add_column(say(language, heading))
    for key in keys(open_store(folder, database)):
        table.add_row(key.id, key.name, key.role, _day(key.created_at), _day(key.revoked_at))
    Console(highlight=False).print(table)


def revoke(
    ctx: typer.Context, number: Number, folder: Folder = None, database: Database = None, lang: Lang = None
) -> None:
    """Take a key back; it opens nothing from now on."""
    from api.security import revoke_key
    from api.store import open_store

    key = revoke_key(open_store(folder, database), number)
    answer(say(spoken(ctx, lang), "The key {id} of {name} is taken back.", id=key.id, name=key.name))


def _day(seconds: float | None) -> str:
    return "" if seconds is None else datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d")
