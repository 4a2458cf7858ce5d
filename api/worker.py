"""A worker: takes jobs from the list one after the other, shows that it lives, and stops when told to."""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import sys
import threading
import time
import traceback
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from sqlalchemy.exc import DBAPIError

from api import jobs
from api.jobs import LEASE_S, Claim
from api.store import Store, open_store
from api.trouble import explain, say
from api.work import Means, carry_out, job_folder

USUAL = Means()
BEATS = 4
"""How often in a lease a worker shows that it lives."""
AWAY_S = 1.0
"""How long to wait for a database that does not answer."""
TELL_S = 0.2
"""Progress is not written down more often than this."""
LANGUAGES = ("en", "zh")
FAULT = "Beiqin itself is at fault ({kind}). What its makers need to know is in the job's folder."


class Stopped(BaseException):
    """The job in hand is to end here: `why` is ``cancel``, ``lost`` (another has it) or ``stop``."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(slots=True)
class Hold:
    """A job in hand: its heartbeat runs beside the work, and what the list answers is heard at each step."""

    store: Store
    claim: Claim
    lease_s: float
    stop: threading.Event
    told: str = "go on"
    next_told: float = 0.0
    over: threading.Event = field(default_factory=threading.Event)

    def beat(self) -> None:
        """Renew the lease until the work is over or the list says otherwise."""
        while not self.over.wait(self.lease_s / BEATS):
            try:
                self.told = jobs.heartbeat(self.store, self.claim, self.lease_s)
            except DBAPIError:
                continue
            if self.told != "go on":
                return

    def step(self, done: int, total: int) -> None:
        """Write down how far the work is; end it where it is not wanted any more."""
        now = time.monotonic()
        if done >= total or now >= self.next_told:
            jobs.progress(self.store, self.claim, done, total)
            self.next_told = now + TELL_S
        told = "stop" if self.stop.is_set() else self.told
        if told != "go on":
            raise Stopped(told)


def work(
    store: Store,
    stop: threading.Event,
    *,
    means: Means = USUAL,
    lease_s: float = LEASE_S,
    poll_s: float = 0.5,
    until_idle: bool = False,
) -> int:
    """Carry out jobs until told to stop; give how many.

    Parameters
    ----------
    store
        Whose jobs.
    stop
        Set from outside, it ends the work after the replication under way; the job goes back on the list.
    means
        What may be used for a job.
    lease_s
        How long a job stays with a worker that gives no sign of life.
    poll_s
        How often to look for a job where there is none.
    until_idle
        End when there is no job left.
    """
    name, number = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"[-80:], 0
    while not stop.is_set():
        try:
            claim = jobs.claim(store, name, lease_s)
        except DBAPIError:
            stop.wait(max(poll_s, AWAY_S))
            continue
        if claim is not None:
            do(Hold(store, claim, lease_s, stop), means)
            number += 1
        elif until_idle:
            break
        else:
            stop.wait(poll_s)
    return number


def do(hold: Hold, means: Means = USUAL) -> None:
    """Carry out one job; however it ends, the list says so.

    Where the database goes away meanwhile, nothing is said: the lease runs out and the job goes on later.
    """
    store, claim = hold.store, hold.claim
    heart = threading.Thread(target=hold.beat, daemon=True)
    heart.start()
    try:
        jobs.finish(store, claim, carry_out(store, claim.job, hold.step, means))
    except Stopped as stopped:
        if stopped.why == "cancel":
            jobs.fail(store, claim, "cancelled")
        elif stopped.why == "stop":
            jobs.give_back(store, claim)
    except DBAPIError:
        return
    except Exception as error:  # noqa: BLE001 - whatever it is, the person who asked is told
        jobs.fail(store, claim, "failed", told(error, job_folder(store, claim.job.id)))
    finally:
        hold.over.set()
        heart.join()


def told(error: Exception, folder: Path) -> Mapping[str, Any]:
    """Say in both languages why a job failed; a fault of the program is written down for its makers."""
    words = {lang: explain(error, lang) for lang in LANGUAGES}
    if words["en"] is None:
        kind = type(error).__name__
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "fault.txt").write_text("".join(traceback.format_exception(error)), encoding="utf-8")
        return {lang: say(lang, FAULT, kind=kind) for lang in LANGUAGES}
    return words


def run_worker(folder: Path, url: str, means: Means, lease_s: float, line: Connection) -> None:
    """Be a worker process of a service: work until the service hangs up, however it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    warnings.simplefilter("ignore")
    stop = threading.Event()
    threading.Thread(target=_listen, args=(line, stop), daemon=True).start()
    work(open_store(folder, url), stop, means=means, lease_s=lease_s)


def _listen(line: Connection, stop: threading.Event) -> None:
    """Stop when the other end of the line is gone; the service need not live to say so."""
    try:
        line.recv()
    except (EOFError, OSError):
        stop.set()


def main() -> None:
    """Work on a store named as JSON on the command line: ``python -m api.worker '{"folder": …}'``."""
    asked = json.loads(sys.argv[1])
    store = open_store(Path(asked["folder"]), asked.get("url"))
    work(
        store,
        threading.Event(),
        means=Means(asked.get("workers", 0)),
        lease_s=asked.get("lease_s", LEASE_S),
        until_idle=asked.get("until_idle", False),
    )


if __name__ == "__main__":
    main()
