"""What somebody who might publish by hand is shown: of a real recording, and of one that cannot be."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest
from fakes.demo_recording import DEMO, unpacked
from fakes.publications import NOW, publication, published, resume_asked
from msgspec.structs import replace

from console.domain.facts import EvalAiPlace
from console.operations.ports.cluster import ClusterDescription
from console.operations.ports.deliveries import Delivery, DeliveryKind, DeliveryTargets
from console.operations.ports.evalai import EvalAiRequest, RemoteOutcome
from console.operations.ports.publications import Publication, PublicationStage
from console.operations.ports.publishing_settings import (
    EvalAiSettings,
    KeptInFile,
    PublishingSettings,
    StorageSettings,
)
from console.operations.publishing.shown_by_hand import (
    NOTHING_LEFT,
    PublicationLook,
    PublishingEdges,
    look_at_publication,
)
from console.operations.services import Services, unasked
from console.operations.watching.lookup import Wanted
from console.publish.deliveries import DeliveriesOnDisk
from console.publish.evalai_requests import replacement
from console.publish.ledger import LedgerOnDisk

PLACE = EvalAiPlace("https://eval.ai", 1, 1, 1)


class Settings:
    """A user who publishes challenge 1, or whichever."""

    file = Path("publishing.yaml")

    def __init__(self, *challenges: int, storage: str = "", table: str = "") -> None:
        self.challenges, self.table = frozenset(challenges), table
        self.storage = StorageSettings(storage) if storage else None

    def settings(self) -> PublishingSettings:
        evalai = EvalAiSettings(KeptInFile(Path("token")), self.challenges)
        set_ = evalai if self.challenges else None
        return PublishingSettings(set_, self.storage, self.table)

    def allows(self, place: EvalAiPlace) -> bool:
        return place.challenge in self.challenges

    def evalai(self, server: str) -> Any:
        return self

    def requests(self, update: Any) -> tuple[EvalAiRequest, ...]:
        return (replacement("https://eval.ai", update),)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Services:
    services = unpacked(tmp_path_factory.mktemp("state") / "recordings")
    where = ClusterDescription(DEMO.cluster, "", DEMO.namespace)
    return replace(services, cluster=unasked(where))


async def look(
    recorded: Services, folder: Path, known: Publication | None = None, settings: Any = None
) -> PublicationLook:
    ledger, settings = LedgerOnDisk(folder), settings or Settings(1)
    if known is not None:
        ledger.put(known)
    there = DeliveriesOnDisk(folder / "deliveries")
    there.put(Delivery(DeliveryKind.FILES, "s3://bucket", DEMO, NOW, words="Busy.", subject="1"))
    other = replace(DEMO, uid="another")
    there.put(Delivery(DeliveryKind.FILES, "s3://bucket", other, NOW))
    edges = PublishingEdges(settings, settings, ledger, there, cast(DeliveryTargets, None))
    return await look_at_publication(
        recorded, edges, Wanted(DEMO.namespace, DEMO.name, recorded=True)
    )


async def test_a_final_result_is_ready_with_its_request_and_its_score(recorded, tmp_path) -> None:
    found = await look(recorded, tmp_path)
    assert (found.why_not, found.outcome, found.drives) == ("", RemoteOutcome.FINISHED, "20/20")
    [request] = found.requests
    assert request.url == "https://eval.ai/api/jobs/challenge/1/update_submission/"
    assert found.score is not None
    [files] = found.elsewhere
    assert (files.where, files.state, files.words) == ("s3://bucket/1", "waiting", "Busy.")


@pytest.mark.parametrize(
    ("known", "why_not"),
    [
        (published(place=PLACE, recording=DEMO), NOTHING_LEFT),
        (resume_asked(place=PLACE, recording=DEMO, words="Asked."), "Asked."),
        (publication(place=PLACE, recording=DEMO, stage=PublicationStage.REFUSED), ""),
        (
            publication(place=PLACE, recording=replace(DEMO, name="other", uid="u")),
            "Submission 1 of EvalAI has the results of other.",
        ),
    ],
)
async def test_what_was_refused_is_sent_again_and_nothing_is_that_is_there(
    recorded, tmp_path, known, why_not
) -> None:
    found = await look(recorded, tmp_path, known)
    assert found.why_not == why_not
    assert bool(found.requests) is not bool(why_not)


async def test_for_a_challenge_that_is_not_named_nothing_is_shown_to_be_sent(
    recorded, tmp_path
) -> None:
    found = await look(recorded, tmp_path, None, Settings(5))
    assert "challenge 1 is not among those that are published" in found.why_not
    assert found.requests == ()


async def test_places_and_tables_that_are_set_can_be_brought_to_and_say_how_they_stand(
    recorded, tmp_path
) -> None:
    settings = Settings(1, storage="s3://bucket", table="submissions")
    found = await look(recorded, tmp_path, None, settings)
    assert found.targets == (
        (DeliveryKind.FILES, "s3://bucket"),
        (DeliveryKind.TABLE, "submissions"),
    )
    assert [(each.where, each.words) for each in found.elsewhere] == [
        ("s3://bucket/1", "Busy."),
        ("table submissions", "nothing was brought there yet"),
    ]
    assert (found.to_evalai, found.sendable) == (True, True)


async def test_where_a_place_alone_is_set_evalai_is_no_reason_to_send_nothing(
    recorded, tmp_path
) -> None:
    found = await look(recorded, tmp_path, None, Settings(storage="/srv/results"))
    assert (found.why_not, found.to_evalai, found.sendable) == ("", False, True)
