"""Opening the screens: on a cluster, as `carla-console` without a command does, or on a replay."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from console.errors import ConsoleError
from console.tui import garbage, remembered, skins, thread_turns
from console.tui.aims import Aims, Connect, Named, Ways, as_chosen
from console.tui.ended_outside import BACK_TO_NORMAL, EndedOutside
from console.tui.first_frame import FirstFrame
from console.tui.letters import ascii_alone
from console.tui.terminal_guard import TerminalGuard

if TYPE_CHECKING:
    from console.domain.fleet import FleetSnapshot
    from console.operations.ports.call_settings import CallReport
    from console.operations.ports.recorder_process import RecorderProcess
    from console.operations.recording.archive import Archive
    from console.operations.replay.player import Player
    from console.tui.app import ConsoleApp
    from console.tui.backend import Backend
    from console.tui.recorded_source import RecordedSubmissions
    from console.tui.whereabouts import Contexts


class Looks(NamedTuple):
    """How the screens are shown, and how they call."""

    theme: str | None = None
    """None for the usual one."""
    mouse: bool = True
    calls: Callable[[], CallReport] | None = None
    """Asked behind the first paint; None where nobody is to be called."""
    ascii_alone: bool = False
    """Whatever the locale says."""
    first_line: str = ""
    """What the `:` line is to do first."""

    @property
    def plain(self) -> bool:
        """No letter that is not ASCII may reach the terminal."""
        return ascii_alone(os.environ, flag=self.ascii_alone)


_LOOK_SECONDS = 0.05


def open_screens(
    connect: Connect[Named],
    wanted: Named,
    ways: Ways[Named],
    aims: Aims[Named],
    *,
    archive: Callable[[], Archive],
    looks: Looks,
) -> int:
    """Run the console until the user leaves; the exit code."""
    garbage.hold()
    thread_turns.shorten()
    apps: list[ConsoleApp] = []
    watch = EndedOutside(sys.stdin.fileno(), sys.stderr.fileno(), lambda code: _leave(apps, code))
    wanted = as_chosen(wanted, aims)
    first = FirstFrame(sys.stdin.fileno(), sys.stderr.fileno(), plain=looks.plain)
    with watch as outside, first:
        own = ways.skin(wanted)
        file = skins.file_of(skins.skin(looks.theme, own).name)
        known = _draw_first(
            lambda rows: None if outside.code else first.draw(rows, file), wanted, ways.recorder
        )
        from console.tui.context_backends import LiveContexts
        from console.tui.live import LiveBackend

        local, everywhere = wanted.local, wanted.all_namespaces
        backend = LiveBackend(
            connect, wanted, ways, local=local, everywhere=everywhere, known=known
        )
        from console.tui.recorded_source import RecordedSubmissions

        recordings = RecordedSubmissions(archive, partial(ways.kept, wanted))
        contexts = LiveContexts(connect, backend, ways, aims, own)
        with _closed_at_the_end(backend, begun=not local):
            app = _app(backend, contexts, recordings, looks)
            apps.append(app)
            if not outside.code:
                first.hand_over()
                _run(app, looks)
    return outside.code or app.return_code or 0


@contextmanager
def _closed_at_the_end(backend: Backend, *, begun: bool) -> Iterator[None]:
    """`begun`: it waits for its cluster while the screens are loaded."""
    if begun:
        backend.start()
    try:
        yield
    finally:
        backend.close()


def _run(app: ConsoleApp, looks: Looks) -> None:
    """Raises ConsoleError: what broke the app itself is told like what broke a screen."""
    try:
        with TerminalGuard(sys.stderr.fileno(), BACK_TO_NORMAL):
            app.run(mouse=looks.mouse)
    except Exception as error:
        from console.tui.boundary import explained

        raise explained(error) from error


def _app(
    backend: Backend, contexts: Contexts, recordings: RecordedSubmissions, looks: Looks
) -> ConsoleApp:
    from console.tui.app import ConsoleApp

    app = ConsoleApp(
        backend,
        theme=looks.theme,
        recordings=recordings,
        calls=looks.calls,
        ascii_alone=looks.plain,
        contexts=contexts,
    )
    app.first_line = looks.first_line
    return app


def open_replay(
    player: Player,
    connect: Connect[Named],
    unasked: Named,
    archive: Callable[[], Archive],
    looks: Looks,
) -> int:
    """Show that replay alone until the user leaves it; the exit code. Connects to nothing."""
    from console.tui.app import ConsoleApp
    from console.tui.live import LiveBackend
    from console.tui.places import Destination, Place
    from console.tui.recorded_source import RecordedSubmissions
    from console.tui.replay_source import ReplaySource

    recording = player.recording

    def opened() -> Destination:
        source = ReplaySource(recording, lambda: player)
        return Destination(Place.MONITOR, (recording.namespace, recording.name), source)

    garbage.hold()
    thread_turns.shorten()
    apps: list[ConsoleApp] = []
    watch = EndedOutside(sys.stdin.fileno(), sys.stderr.fileno(), lambda code: _leave(apps, code))
    with watch as outside:
        app = ConsoleApp(
            LiveBackend(connect, unasked),
            theme=looks.theme,
            recordings=RecordedSubmissions(archive),
            opened=opened,
            ascii_alone=looks.plain,
        )
        apps.append(app)
        if not outside.code:
            _run(app, looks)
    return outside.code or app.return_code or 0


def _draw_first(
    draw: Callable[[FleetSnapshot], None],
    wanted: Named,
    recorder: Callable[[Named], RecorderProcess | None],
) -> FleetSnapshot:
    """The remembered list, then the recorder's where one runs, which takes longer to ask."""
    known = remembered.last_known(wanted, local=wanted.local)
    draw(known)
    told = _by_recorder(recorder, wanted)
    if told is None:
        return known
    draw(told)
    return told


def _by_recorder(
    recorder: Callable[[Named], RecorderProcess | None], wanted: Named
) -> FleetSnapshot | None:
    """What is wrong with the connection the app tells in a moment, with all its words."""
    try:
        found = recorder(wanted)
    except ConsoleError:
        return None
    if found is None:
        return None
    return remembered.told_by(found, None if wanted.all_namespaces else found.where.namespace)


def _leave(apps: list[ConsoleApp], code: int) -> None:
    """Let the app leave, as soon as it runs; who calls this sees to it that we end."""
    while True:
        for app in apps:
            with suppress(RuntimeError):
                app.call_from_thread(app.exit, None, code)
                return
        time.sleep(_LOOK_SECONDS)
