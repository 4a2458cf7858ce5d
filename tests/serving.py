"""A real server for tests: an app behind uvicorn on a free port of this machine."""

import threading
import time
from contextlib import contextmanager

import httpx
import uvicorn

from api.app import create_app
from api.security import Gate
from api.serving import listening
from api.work import Means
from api.worker import work

FREELY = 1e9


@contextmanager
def served(store, *, working=True, **how):
    """Serve a store, with a worker in a thread; gives a client."""
    app = create_app(store, **{"gate": Gate(FREELY, FREELY), **how})
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
    server.capture_signals = nothing
    stop = threading.Event()
    with listening("127.0.0.1", 0) as line:
        threads = [threading.Thread(target=server.run, kwargs={"sockets": [line]})]
        if working:
            threads.append(
                threading.Thread(target=work, args=(store, stop), kwargs={"means": Means(1), "poll_s": 0.05})
            )
        for thread in threads:
            thread.start()
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{line.getsockname()[1]}", timeout=60) as client:
                yield client
        finally:
            stop.set()
            server.should_exit = True
            for thread in threads:
                thread.join()


@contextmanager
def nothing():
    """Signals are for the tests' own process."""
    yield


def done(client, number):
    """Wait for a job to end; gives it."""
    end = time.monotonic() + 120
    while True:
        job = client.get(f"/api/jobs/{number}", params={"wait": 5}).json()
        if job["state"] not in ("queued", "running"):
            return job
        assert time.monotonic() < end, job
