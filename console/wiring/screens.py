"""The screens, over the cluster that is meant: in this terminal, in a replay, in a browser."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from console import paths
from console.errors import ConsoleError
from console.wiring.clusters import describe, named, why_kept
from console.wiring.connecting import connect
from console.wiring.embedded import local_ends_with_us, local_up
from console.wiring.on_disk import (
    archive,
    call_outbox,
    deliveries,
    publications,
    publishing_file,
    publishing_rules,
    targets,
)
from console.wiring.recorder_processes import recorder_process
from console.wiring.wanted import WantedCluster

if TYPE_CHECKING:
    from console.operations.publishing.shown_by_hand import PublishingEdges
    from console.operations.replay.player import Player
    from console.operations.services import Services


def open_console(
    connection: WantedCluster,
    *,
    theme: str | None,
    mouse: bool,
    ascii_alone: bool = False,
    first_line: str = "",
) -> int:
    """The screens on that cluster; the exit code. Starts the embedded cluster for --local."""
    from console.tui.aims import Aims, Ways
    from console.tui.opening import Looks, open_screens
    from console.wiring import aimed_clusters
    from console.wiring.context_skins import skin_of
    from console.wiring.read_only import forbidden

    return open_screens(
        connect,
        connection,
        Ways(
            start_local=_own_local,
            ends_local=local_ends_with_us,
            recorder=lambda asked: recorder_process(asked) if paths.recorder_wanted() else None,
            described=describe,
            forbidden=lambda asked: forbidden(asked, lambda: named(asked).context),
            pinned=aimed_clusters.pinned,
            kept=why_kept,
            skin=lambda asked: skin_of(lambda: named(asked).context),
            publishing=_publishing_edges,
            timed=lambda plan: archive().route_seconds(plan),
        ),
        Aims(aimed_clusters.known, aimed_clusters.aimed, describe),
        archive=archive,
        looks=Looks(theme, mouse, call_outbox, ascii_alone, first_line),
    )


def _publishing_edges(services: Services) -> PublishingEdges:
    from console.operations.publishing.shown_by_hand import PublishingEdges

    rules = publishing_rules(services.cluster)
    return PublishingEdges(publishing_file(), rules, publications(), deliveries(), targets())


def open_replay(
    player: Player, *, theme: str | None, mouse: bool, ascii_alone: bool = False
) -> int:
    """The screens on that replay; the exit code. Connects to nothing."""
    from console.tui.opening import Looks, open_replay

    looks = Looks(theme, mouse, None, ascii_alone)
    return open_replay(player, connect, WantedCluster(), archive, looks)


def serve_in_browser(
    words: Sequence[str], port: int, told: Callable[[str], None], warned: Callable[[str], None]
) -> None:
    """That console in a browser of this machine, until a signal ends it. Raises ConsoleError."""
    try:
        from console.web.served import serve
    except ModuleNotFoundError as missing:
        raise ConsoleError(
            "The console cannot be shown in a browser here.",
            why=f"The package {missing.name} is not installed.",
            fix="pip install 'carla-leaderboard-console[web]'",
        ) from missing
    serve(words, port, told, warned)


def _own_local(asked: WantedCluster) -> WantedCluster:
    """Start the embedded cluster, owned by this process unless it runs already.

    Where another cluster was asked for before, its flags say nothing about this one.
    """
    local_up(owned=True)
    return asked if asked.local else WantedCluster(local=True)
