"""A keyring of this process alone, as the library `keyring` takes any."""

from __future__ import annotations

import threading

from keyring.backend import KeyringBackend


class KeptKeyring(KeyringBackend):
    """`error` is raised instead of an answer; it waits until it is let go."""

    priority = 1.0

    def __init__(self, error: Exception | None = None) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[tuple[str, str], str] = {}
        self.error, self.asked, self.let_go = error, 0, threading.Event()
        self.let_go.set()

    def get_password(self, service: str, username: str) -> str | None:
        self.asked += 1
        self.let_go.wait()
        if self.error is not None:
            raise self.error
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password
