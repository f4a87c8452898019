"""Opening the screens on a cluster: what `carla-console` without a command does."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from console.tui.terminal_loss import leave_with_terminal

if TYPE_CHECKING:
    from console.operations.services import Services
    from console.tui.app import ConsoleApp


class Asked(Protocol):
    """The part of a connection that the screens care about."""

    @property
    def local(self) -> bool:
        """The embedded cluster was asked for: start it."""
        ...


Wanted = TypeVar("Wanted", bound=Asked)


def open_screens(
    connect: Callable[[Wanted], AbstractAsyncContextManager[Services]],
    wanted: Wanted,
    *,
    start_local: Callable[[], Wanted] | None = None,
    ends_local: Callable[[], bool] = lambda: True,
    theme: str | None = None,
    mouse: bool = True,
) -> int:
    """Run the console until the user leaves; the exit code."""
    from console.tui import garbage

    garbage.hold()
    from console.tui.app import ConsoleApp
    from console.tui.live import LiveBackend

    backend = LiveBackend(
        connect, wanted, start_local=start_local, local=wanted.local, ends_local=ends_local
    )
    app = ConsoleApp(backend, theme=theme)
    ended = leave_with_terminal(sys.stdin.fileno(), lambda: _leave(app))
    app.run(mouse=mouse)
    ended.set()
    return app.return_code or 0


def _leave(app: ConsoleApp) -> None:
    # An app that does not run (any more) has nothing to leave.
    with suppress(RuntimeError):
        app.call_from_thread(app.exit)


def screenshot(app: ConsoleApp, file: Path) -> Path:
    """What the app shows now as an SVG file; for documentation."""
    file.write_text(app.export_screenshot(title="carla-console"), encoding="utf-8")
    return file
