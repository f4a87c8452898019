"""What every use case is given: the outside as ports, and the present time."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

import msgspec

from console.domain.facts import JobFacts
from console.operations.ports.clock import Clock
from console.operations.ports.cluster import ClusterDescription, ClusterPort
from console.operations.ports.recorder import RecorderPort, Recording

# Few commands look after recordings, and each pays for what it imports.
if TYPE_CHECKING:
    from console.operations.ports.call_settings import CallOutbox
    from console.operations.ports.deliveries import DeliveryEdges
    from console.operations.ports.evalai_queue import EvalAiQueue
    from console.operations.ports.publications import PublicationsSeen, PublishingRules
    from console.operations.ports.publishing_settings import PublishingFile
    from console.operations.ports.recording_store import RecordingStore


def never() -> bool:
    """Where only this console can record."""
    return False


class _Unasked(msgspec.Struct, frozen=True):
    description: ClusterDescription


def unasked(description: ClusterDescription) -> ClusterPort:
    """A cluster that is known by its names only: nothing can be asked of it."""
    return cast("ClusterPort", _Unasked(description))


class Services(msgspec.Struct, frozen=True):
    """The edges, wired."""

    cluster: ClusterPort
    recorder: RecorderPort
    clock: Clock
    attended: Callable[[], bool] = never
    """Whether a recorder process is there to record; a console then lets it go first."""
    store: RecordingStore | None = None
    """All recordings as one thing; None where nobody is to look after them."""
    calls: CallOutbox | None = None
    """Where calls for a person are left; None where somebody else leaves them."""
    publishing: PublishingFile | None = None
    """Which launches are published; None where nobody launches."""
    evalai: Callable[[], PublishingRules] | None = None
    """EvalAI by the user's token, as it is set now; None where it is not asked."""
    delivering: Callable[[], DeliveryEdges] | None = None
    """Places and tables as they are set now; None where they are not asked."""
    publications: PublicationsSeen | None = None
    """What has become of them; None where nobody is to know."""
    queues: Callable[[str], EvalAiQueue] | None = None
    """The queues of a server of EvalAI; None where nobody launches what waits in them."""

    def recording_of(self, job: JobFacts) -> Recording:
        """Where that Job is recorded: a later namesake has another uid."""
        return Recording(self.cluster.description.context, job.namespace, job.name, job.uid)
