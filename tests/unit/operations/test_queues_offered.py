"""Which queues of Kueue are offered: those that may be read, and nothing else is an error."""

from __future__ import annotations

from fakes.cluster import FakeCluster

from console.domain.facts import KueueQueue
from console.domain.queues import QueuesOffered
from console.operations.services import Services
from console.operations.submitting.kueue import offered


async def test_what_is_offered_is_what_may_be_read(
    services: Services, cluster: FakeCluster
) -> None:
    assert await offered(services, "races") == QueuesOffered(kueue=False)
    cluster.groups.add("kueue.x-k8s.io")
    cluster.known_queues["races", "teams"] = KueueQueue("teams", "LocalQueue is stopped")
    cluster.known_queues["other", "theirs"] = KueueQueue("theirs")
    told = await offered(services, "races")
    assert told == QueuesOffered(
        ("teams",), True, ("teams admits nothing now: LocalQueue is stopped.",)
    )
    cluster.forbidden = {("list", "localqueues")}
    assert await offered(services, "races") == QueuesOffered()
