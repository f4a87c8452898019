"""The keys of a replay, on whichever screen about its submission. Elsewhere they do nothing.

They come before a screen's own: in a log, space and the arrows move the time and not the pane.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from console.errors import ConsoleError
from console.tui.commands import Command
from console.tui.places import Destination, Place
from console.tui.replay_source import ReplaySource

if TYPE_CHECKING:
    from console.operations.ports.recorder import Recording
    from console.operations.replay.playhead import Playhead

SECONDS = 10
"""Of the recording, that an arrow moves."""
MANY_SECONDS = 60
Screen = Any


def replayed(screen: Screen) -> ReplaySource | None:
    """What the screen plays; None where it plays nothing."""
    source = screen.source()
    return source if isinstance(source, ReplaySource) else None


def _no_replay(screen: Screen) -> str:
    source = replayed(screen)
    return source.why_not if source else "This is no replay."


def _steering(change: Callable[[Playhead, float], Playhead]) -> Callable[[Screen], None]:
    def run(screen: Screen) -> None:
        source = replayed(screen)
        assert source is not None
        source.steer(change, screen.look_again)
        screen.look_again()

    return run


def _moving(seconds: int) -> Callable[[Screen], None]:
    return _steering(lambda head, now: head.moved(seconds, now))


def _stepping(kind: str, *, forward: bool) -> Callable[[Screen], None]:
    def run(screen: Screen) -> None:
        source = replayed(screen)
        assert source is not None
        _told(screen, lambda: source.step(kind, screen.look_again, forward=forward))

    return run


def _told(screen: Screen, work: Callable[[], None]) -> None:
    """What cannot be gone to is no trouble of ours: a word is enough."""
    try:
        work()
    except ConsoleError as error:
        screen.notify(" ".join(each for each in (error.what, error.fix) if each))


def _go_to(screen: Screen) -> None:
    from console.operations.replay.destinations import FORMS
    from console.tui.screens.dialogs import AskLine

    source = replayed(screen)
    assert source is not None

    def typed(text: str | None) -> None:
        if text:
            _told(screen, lambda: source.go_to(text, screen.look_again))

    screen.app.push_screen(AskLine(f"go to: {FORMS}"), typed)


def play(screen: Screen, recording: Recording) -> None:
    """That recording from its begin."""
    recordings = screen.host.recordings
    assert recordings is not None
    subject = (recording.namespace, recording.name)
    screen.go(Destination(Place.MONITOR, subject, recordings.replay(recording)))


def _nothing_to_play(screen: Screen) -> str:
    there = screen.host.recordings is not None and screen.source().recorded is not None
    return "" if there else "Only a recording can be played: the history has them."


_AHEAD = {"left", "right", "shift+left", "shift+right", "ctrl+g"}
"""What no line of text takes. The others wait for their turn: typed in one go behind `/`, they
belong to the line that this opens."""


def _key(
    name: str, key: str, label: str, text: str, run: Callable[[Screen], None], *more: str
) -> Command:
    display = more[0] if more else None
    return Command(
        f"replay_{name}",
        key,
        label,
        text,
        run,
        _no_replay,
        show=name == "pause",
        key_display=display,
        priority=key in _AHEAD,
        only_when_possible=True,
    )


REPLAYING = (
    _key("pause", "space", "Pause", "Pause the replay, or go on",
         _steering(lambda head, now: head.toggled(now)), "space"),
    _key("faster", "greater_than_sign", "Faster", "Faster, up to 100x",
         _steering(lambda head, now: head.faster(now)), ">"),
    _key("slower", "less_than_sign", "Slower", "Slower, down to 1x",
         _steering(lambda head, now: head.slower(now)), "<"),
    _key("on", "right", "On", f"{SECONDS} s on; with shift a minute", _moving(SECONDS)),
    _key("back", "left", "Back", f"{SECONDS} s back; with shift a minute", _moving(-SECONDS)),
    _key("far_on", "shift+right", "Far on", "A minute on", _moving(MANY_SECONDS)),
    _key("far_back", "shift+left", "Far back", "A minute back", _moving(-MANY_SECONDS)),
    _key("attempt", "a", "Next attempt", "To where the next attempt begins or ends",
         _stepping("attempt", forward=True)),
    _key("attempt_before", "A", "Attempt before", "To the attempt before",
         _stepping("attempt", forward=False)),
    _key("route", "o", "Next route", "To where the next route begins or is finished",
         _stepping("route", forward=True)),
    _key("route_before", "O", "Route before", "To the route before",
         _stepping("route", forward=False)),
    _key("go_to", "ctrl+g", "Go to", "Go to a time, an attempt or a route", _go_to),
)  # fmt: skip
LETTERS = frozenset(each.binding.id or "" for each in REPLAYING if not each.priority)
PLAY = Command(
    "replay",
    "w",
    "Replay",
    "Watch it again, as it went",
    lambda screen: play(screen, screen.source().recorded),
    _nothing_to_play,
    only_when_possible=True,
)
