"""The event log: packed rows that are only ever appended, and the reasons that go with them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.events import COLUMNS, ROW

_START_ROWS = 4096
ROW_TYPE = np.dtype(list(COLUMNS))


class EventLog:
    """Everything that happened in a run, in order; the row's number is the event's number.

    `recording` False keeps the numbers running but stores nothing; it serves to measure what recording costs.
    """

    __slots__ = ("_buffer", "_end", "count", "notes", "recording")

    def __init__(self, recording: bool = True) -> None:
        self._buffer = bytearray(ROW.size * _START_ROWS)
        self._end = len(self._buffer)
        self.count = 0
        self.notes: list[Any] = []
        self.recording = recording

    def append(
        self,
        time_s: float,
        kind: int,
        unit: int,
        incident: int,
        node: int,
        subject: int,
        cause: int,
        note: int,
    ) -> int:
        """Add a row and give its number."""
        number = self.count
        self.count = number + 1
        if self.recording:
            offset = number * 32
            if offset == self._end:
                self._buffer.extend(bytes(self._end))
                self._end *= 2
            ROW.pack_into(self._buffer, offset, time_s, kind, unit, incident, node, subject, cause, note)
        return number

    def note(self, words: Any) -> int:  # noqa: ANN401 - a note is any plain tuple or list
        """Keep a reason or a text beside the rows and give its number."""
        self.notes.append(words)
        return len(self.notes) - 1

    def rows(self) -> NDArray[np.void]:
        """Give the rows as a structured array with the columns of `sim.events.COLUMNS`."""
        filled = self.count if self.recording else 0
        return np.frombuffer(bytes(self._buffer[: filled * ROW.size]), dtype=ROW_TYPE)

    def events(self, first: int = 0) -> Iterator[tuple[float, int, int, int, int, int, int, int]]:
        """Walk through the rows as plain tuples, in the order of `sim.events.COLUMNS`, from one on."""
        filled = self.count if self.recording else 0
        yield from ROW.iter_unpack(memoryview(self._buffer)[first * ROW.size : filled * ROW.size])
