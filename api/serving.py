"""Running the service: the address it listens at, who may come in, and the worker beside it."""

from __future__ import annotations

import multiprocessing
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from api.trouble import Trouble, WrongUsage

LOOPBACK = "127.0.0.1"
AGAIN_S = 1.0
"""So long after a worker was killed another one takes its place."""


@dataclass(frozen=True, slots=True)
class Serving:
    """How to serve: where, from which store, and with how much.

    `folder` and `database` None mean what `api.store.open_store` takes then; `workers` 0 one process for each
    core; `cluster` is a Dask scheduler for what-ifs; `work` False leaves the jobs to other processes.
    `certificate` and `private_key` make it HTTPS.
    """

    host: str = LOOPBACK
    port: int = 8000
    folder: Path | None = None
    database: str | None = None
    workers: int = 0
    cluster: str | None = None
    work: bool = True
    certificate: Path | None = None
    private_key: Path | None = None


def serve(serving: Serving, on_ready: Callable[[str], None]) -> None:
    """Serve until told to stop.

    Parameters
    ----------
    serving
        How.
    on_ready
        Told the address when all is ready to be asked.

    Raises
    ------
    WrongUsage
        Others than this machine would be let in, and there is no key yet.
    Trouble
        The database or the certificate cannot be used.
    """
    import uvicorn

    from api.app import create_app
    from api.security import has_keys, is_loopback
    from api.store import open_store

    look_over_certificate(serving.certificate, serving.private_key)
    store = open_store(serving.folder, serving.database)
    loopback = is_loopback(serving.host)
    if not loopback and not has_keys(store):
        raise WrongUsage(
            "Beyond this machine ({host}) keys are demanded; make one: beiqin keys add NAME --role ROLE",
            host=serving.host,
        )
    app = create_app(store, demand_keys=not loopback or has_keys(store), loopback=loopback)
    config = uvicorn.Config(
        app,
        log_level="warning",
        server_header=False,
        ssl_certfile=serving.certificate,
        ssl_keyfile=serving.private_key,
        timeout_graceful_shutdown=5,
    )
    scheme = "https" if serving.certificate else "http"
    with listening(serving.host, serving.port) as line, worker_beside(serving, store.folder, store.url):
        on_ready(f"{scheme}://{serving.host}:{line.getsockname()[1]}")
        uvicorn.Server(config).run(sockets=[line])
    store.close()


def look_over_certificate(certificate: Path | None, private_key: Path | None) -> None:
    """See that a certificate can be used, before anybody is told that the service is there.

    Raises
    ------
    Trouble
        A file is missing, or they are no certificate with its private key.
    """
    if certificate is None and private_key is not None:
        raise WrongUsage("A private key is of use only with its certificate: --certificate FILE")
    for path in (certificate, private_key):
        if path is not None and not path.is_file():
            raise Trouble("There is no file {path}.", path=path)
    if certificate is None:
        return
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(certificate, private_key)
    except ssl.SSLError as error:
        raise Trouble(
            "{certificate} is no certificate (PEM) with its private key: {why}",
            certificate=certificate,
            why=error.reason or str(error),
        ) from error


@contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """Listen at an address; port 0 takes one that is free.

    Raises
    ------
    Trouble
        Something else listens there, or there is no such address.
    """
    try:
        line = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        raise Trouble(
            "One cannot listen at {host}, port {port}: {why}. Another port: --port 8001",
            host=host,
            port=port,
            why=error.strerror or str(error),
        ) from error
    with line:
        yield line


@contextmanager
def worker_beside(serving: Serving, folder: Path, url: str) -> Iterator[None]:
    """Have a worker process carry out jobs meanwhile; it ends with us, however we end.

    Another takes the place of one that was killed.
    """
    from api.jobs import LEASE_S
    from api.work import Means
    from api.worker import run_worker

    if not serving.work:
        yield
        return
    context, over = multiprocessing.get_context("spawn"), threading.Event()
    means, lines = Means(serving.workers, serving.cluster), [context.Pipe()]

    def keep_one() -> None:
        while not over.is_set():
            here, there = lines[-1]
            process = context.Process(target=run_worker, args=(folder, url, means, LEASE_S, there))
            process.start()
            there.close()
            process.join()
            here.close()
            lines.append(context.Pipe())
            over.wait(AGAIN_S)

    keeper = threading.Thread(target=keep_one)
    keeper.start()
    try:
        yield
    finally:
        over.set()
        for here, _ in tuple(lines):
            here.close()
        keeper.join()
