"""What the screens need from the outside: snapshots to read, coroutines to await.

What goes in and out beside boards and lists are values of `drafts`.

Everything that returns at once returns the latest known value and never blocks. The coroutines are
awaited in the UI's loop; an implementation does the work elsewhere. All raise only ConsoleError.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

import msgspec

from console.domain.fleet import FleetSnapshot

if TYPE_CHECKING:
    from console.domain.board import BoardSnapshot
    from console.domain.facts import EvalAiPlace
    from console.domain.publication import Published
    from console.domain.queues import QueuesOffered
    from console.errors import ConsoleError
    from console.operations.delivering.asked_before import TakenBefore
    from console.operations.intake.desk import Accepted, WaitingMessage
    from console.operations.outcome.view import ResultsView
    from console.operations.ports.cluster import ClusterDescription
    from console.operations.ports.deliveries import Target
    from console.operations.ports.recorder import LogView
    from console.operations.publishing.asked_before import AskedBefore
    from console.operations.publishing.shown_by_hand import PublicationLook
    from console.operations.replay.recorded_past import Past
    from console.operations.submitting.publishing_plan import PublishingPlan
    from console.operations.submitting.rerun import RerunWanted
    from console.presentation.resume_points import ResumeOffer
    from console.tui.drafts import (
        Checklist,
        ComposeForm,
        Composition,
        Draft,
        Jobs,
        LaunchReport,
        Tell,
    )


class Link(StrEnum):
    """Whether there is a cluster to talk to."""

    CONNECTING = "connecting"
    CONNECTED = "connected"
    UNREACHABLE = "unreachable"


def not_connected(namespace: str, name: str) -> BoardSnapshot:
    """What is known of a submission while there is no cluster."""
    from console.domain.board import BoardSnapshot

    return BoardSnapshot(namespace, name, live=False, stale_why="Not connected.")


class ClusterLink(msgspec.Struct, frozen=True):
    """Where the console is connected to, or why not."""

    link: Link = Link.CONNECTING
    description: ClusterDescription | None = None
    problem: ConsoleError | None = None
    local_offered: bool = False
    """The embedded cluster can be started from here."""
    everywhere: bool = False
    """The submissions of all namespaces are listed."""
    read_only: str = ""
    """Why nothing can be changed from here, in a sentence; empty where it can."""
    remark: str = ""
    """What of the wish was not to be had; said once."""
    notice: str = ""
    """What is to be said of the disk that takes the recordings; empty while it has room."""


class Backend(Protocol):
    """The one argument of the App."""

    def start(self) -> None:
        """Begin to connect and to follow; what has begun already goes on."""
        ...

    def close(self) -> None:
        """Stop everything; returns when no thread of ours is left."""
        ...

    def connection(self) -> ClusterLink: ...

    def fleet(self) -> FleetSnapshot: ...

    def show_rows(self, keys: Iterable[tuple[str, str]]) -> None:
        """The rows that are on the screen, by namespace and name; told again and again.

        What only the log of an ended submission tells is read once its row is among them.
        """
        ...

    def board(self, namespace: str, name: str) -> BoardSnapshot:
        """The latest board; the first call starts to follow that submission."""
        ...

    def listed_board(self, namespace: str, name: str) -> BoardSnapshot:
        """The same of a row of the list, as far as the list knows it: follows nothing."""
        ...

    def log_view(self, board: BoardSnapshot, container: str) -> LogView: ...

    async def past(self, board: BoardSnapshot) -> Past:
        """What is recorded of it by now: the runs of its halves, its attempts and routes."""
        ...

    def results(self, board: BoardSnapshot) -> ResultsView: ...

    def published(self, board: BoardSnapshot) -> Published | None:
        """What has become of its results at EvalAI; None where nobody knows."""
        ...

    async def publication(self, namespace: str, name: str) -> PublicationLook:
        """How it stands there, and what would be sent now by hand. Sends nothing."""
        ...

    async def publish(self, namespace: str, name: str) -> Published:
        """Send it until EvalAI shows it, or until that takes too long: then how it stands."""
        ...

    async def bring(self, namespace: str, name: str, to: Target) -> Published:
        """Bring it to that place or table, as a recorder would: then how it stands there."""
        ...

    def sent_elsewhere(self, board: BoardSnapshot) -> tuple[str, ...]:
        """When it was sent last to each place that is to have its files. Reads files."""
        ...

    def consequences(
        self, board: BoardSnapshot, verb: str, *, brief: bool = False
    ) -> tuple[str, ...]:
        """What `cancel` or `delete` will lose, in plain sentences; `brief`: as one of several.

        May be asked from any thread.
        """
        ...

    def lost_by_leaving(self) -> tuple[str, ...]:
        """What ends with this console, in plain sentences; empty when nothing does."""
        ...

    def goes_on_after_leaving(self) -> tuple[str, ...]:
        """What this console started and does not end with it; empty when there is nothing."""
        ...

    def leaderboards(self) -> tuple[str, ...]:
        """The versions that can be composed, the usual one first."""
        ...

    def profiles(self) -> tuple[str, ...]: ...

    def form(self, leaderboard: str, profile: str = "", name: str = "") -> ComposeForm:
        """The fields of a spec; without a profile the one that suits the cluster. It is given that
        name, or the profile's, with a number where it is taken."""
        ...

    def compose(self, draft: Draft) -> Composition:
        """Resolve and validate; safe to call in a thread. Wrong values are findings, no errors."""
        ...

    async def queues(self) -> QueuesOffered:
        """The queues of Kueue that what is composed here may go into."""
        ...

    async def launch(self, composition: Composition, *, dry_run: bool = False) -> LaunchReport: ...

    async def preflight(self, composition: Composition, tell: Tell, launched: Jobs) -> Checklist:
        """Ask the cluster, and look at the node with that composition's images; `tell` is called
        from any thread. `launched`: Jobs of before to compare with, the newest first."""
        ...

    async def ask_evalai(self, place: EvalAiPlace) -> AskedBefore:
        """What EvalAI shows of that submission, within a bounded time."""
        ...

    async def ask_places(self, plan: PublishingPlan) -> TakenBefore:
        """Who has that folder and that row already, within a bounded time."""
        ...

    async def waiting(self) -> tuple[WaitingMessage, ...]:
        """Take all that wait in EvalAI's queue: who takes one hides it from others for a while."""
        ...

    async def take_in(self, which: WaitingMessage, at_most: int = 0) -> Accepted:
        """Launch it, unless its Job is there, and acknowledge it. `at_most`: by itself, so many
        run at a time; 0: by hand, at once."""
        ...

    async def intake_doubt(self) -> str:
        """Why what is taken in here might be launched twice; empty where it cannot be."""
        ...

    async def refuse(self, which: WaitingMessage) -> str:
        """Acknowledge one for which nothing is launched; why EvalAI has not taken that."""
        ...

    async def cancel(self, namespace: str, name: str) -> None: ...

    async def delete(self, namespace: str, name: str) -> None: ...

    async def let_run_on(self, namespace: str, name: str) -> None:
        """One that somebody has suspended."""
        ...

    def why_not_resumable(self, board: BoardSnapshot) -> str:
        """Why nothing can go on from it now, in a sentence; empty when something can."""
        ...

    async def offer_resume(self, namespace: str, name: str, new_name: str = "") -> ResumeOffer: ...

    def why_no_rerun(self, board: BoardSnapshot) -> str:
        """The same for driving some of its routes again."""
        ...

    async def offer_rerun(
        self, namespace: str, name: str, wanted: RerunWanted, new_name: str = ""
    ) -> ResumeOffer: ...

    async def launch_resumed(self, offer: ResumeOffer, queue: str) -> LaunchReport:
        """Into that queue of Kueue, or none."""
        ...

    async def may(self, verb: str, resource: str, namespace: str) -> bool:
        """Whether this login has that right there (`pods/exec`)."""
        ...

    async def read_manifest(self, namespace: str, name: str) -> str:
        """The submission's Job as YAML, read from the cluster now."""
        ...

    async def retry(self) -> None:
        """Try the same cluster again."""
        ...

    async def namespaces(self) -> tuple[str, ...]:
        """Of the cluster. Raises Forbidden where the account may not list them."""
        ...

    async def may_list_all(self) -> bool:
        """Whether the submissions of all namespaces may be listed."""
        ...

    def leave(self) -> None:
        """The console goes elsewhere: nothing new is begun here from now on."""
        ...

    def retire(self) -> tuple[str, ...]:
        """Close, once the changes that were begun have ended, and tell how. Blocks."""
        ...
