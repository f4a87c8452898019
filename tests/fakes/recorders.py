"""A recorder process that is none: it knows what a test gives it, and notes what it was asked."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from console.domain.fleet import SubmissionRow
from console.errors import ConsoleError
from console.operations.ports.cluster import ClusterDescription
from console.operations.ports.recorder_process import ProcessState, RecorderList

STATE = ProcessState(7, "0.1.0", datetime(2026, 11, 22, tzinfo=UTC), "lab", "https://lab", "alice")


class FakeRecorder:
    """One that knows the submissions in `knows`; `fault` is what its start says, `rows` its list."""

    def __init__(
        self,
        *knows: str,
        fault: ConsoleError | None = None,
        rows: tuple[SubmissionRow, ...] | None = None,
    ) -> None:
        self.knows, self.fault, self.rows = knows, fault, rows
        self.asked: list[Any] = []

    where = ClusterDescription("lab", "https://lab", "races")

    def listed(self, namespace: str | None) -> RecorderList | None:
        return None if self.rows is None else RecorderList(self.rows)

    def ensure(self, namespace: str | None) -> ProcessState:
        self.asked.append(namespace)
        if self.fault is not None:
            raise self.fault
        return STATE

    def saw(self, namespace: str, name: str, uid: str) -> bool:
        self.asked.append((namespace, name, uid))
        return name in self.knows

    def stop(self) -> bool:
        return True
