"""What is told of places elsewhere before a submission is ended: when each was sent to last."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pytest
from fakes.boards import NOW, board
from fakes.cluster import FakeCluster
from msgspec.structs import replace

from console.domain.board import BoardSnapshot, SubmissionStatus
from console.domain.facts import Targets
from console.operations.ports.deliveries import Delivery, DeliveryKind, DeliveryStage
from console.operations.ports.publications import Publication, PublicationsFailed
from console.operations.ports.recorder import Recording
from console.operations.services import Services
from console.operations.submitting.ending import consequences, kept_here
from console.recorder.recorder import Recorder

PLACE = "s3://results/2026"
FOUR_MINUTES = NOW - timedelta(minutes=4)


class Ledger:
    """What is known of deliveries, or why it cannot be read."""

    def __init__(self, *known: Delivery, broken: bool = False) -> None:
        self._known, self._broken = known, broken

    def look(self) -> Mapping[str, Publication | Delivery]:
        if self._broken:
            raise PublicationsFailed("The ledger of deliveries cannot be read: no permission.")
        return {str(number): each for number, each in enumerate(self._known)}


def submission(to: str = PLACE, **facts: object) -> BoardSnapshot:
    plain = board(**facts)
    assert plain.job is not None
    return replace(plain, job=replace(plain.job, goes_to=Targets(storage=to)))


@pytest.fixture
def services(tmp_path) -> Services:
    return Services(FakeCluster(), Recorder(tmp_path / "recordings"), lambda: NOW)


def mine(services: Services, **changes: object) -> Delivery:
    job = submission().job
    assert job is not None
    known = Delivery(DeliveryKind.FILES, PLACE, services.recording_of(job), NOW, subject="12")
    return replace(known, **{"delivered": FOUR_MINUTES, **changes})


def told(services: Services, ledger: Ledger | None, seen: BoardSnapshot | None = None) -> str:
    seen = seen or submission()
    kept = kept_here(replace(services, publications=ledger), seen)
    return " ".join(kept.sent)


UNRECORDED = "what came since is not kept in the recording."


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, f"Last sent 4m ago to {PLACE}/12; {UNRECORDED}"),
        (
            {"failing_since": NOW - timedelta(minutes=2)},
            f"Last sent 4m ago to {PLACE}/12 (which fails for 2m); {UNRECORDED}",
        ),
        (
            {"stage": DeliveryStage.REFUSED},
            f"Last sent 4m ago to {PLACE}/12 (which takes nothing since); {UNRECORDED}",
        ),
        (
            {"delivered": None, "subject": ""},
            f"Nothing was sent to {PLACE} yet; what there is is not kept in the recording.",
        ),
        (
            {"stage": DeliveryStage.PUBLISHED},
            f"Last sent 4m ago to {PLACE}/12: all of it is there.",
        ),
    ],
)
def test_the_age_of_what_is_there_is_told_with_what_is_only_here_since(
    services: Services, changes: dict[str, object], words: str
) -> None:
    assert told(services, Ledger(mine(services, **changes))) == words


def test_what_is_recorded_here_is_said_to_be_kept(services: Services) -> None:
    job = submission().job
    assert job is not None
    writer = services.recorder.claim(services.recording_of(job))
    assert writer is not None
    spool = writer.open_spool("agent-1", 0)
    spool.write(b"2026-11-22T10:00:00.000000000Z a line\n")
    spool.close()
    sentence = told(services, Ledger(mine(services)))
    assert sentence.endswith("what came since is kept in the recording.")


def test_of_a_place_that_somebody_else_brings_to_nobody_here_knows(services: Services) -> None:
    words = f"Last sent ? ago to {PLACE}: nobody here knows what is there."
    namesake = Recording("other", "leaderboard", "demo", "u1")
    assert told(services, None) == words
    assert told(services, Ledger()) == words
    assert told(services, Ledger(mine(services, recording=namesake))) == words
    broken = told(services, Ledger(broken=True), submission(to=""))
    assert broken.startswith("Last sent ? ago, if anything was sent: The ledger")


def test_each_place_has_a_sentence_and_what_goes_nowhere_has_none(services: Services) -> None:
    by_hand = mine(services, target="/srv/results")
    two = told(services, Ledger(mine(services), by_hand))
    assert two.index("to /srv/results/12;") < two.index(f"to {PLACE}/12;")
    assert told(services, Ledger(), submission(to="")) == ""


def test_cancel_and_delete_tell_it_and_a_cancel_of_what_has_ended_tells_nothing(
    services: Services,
) -> None:
    services = replace(services, publications=Ledger(mine(services)))
    for seen, verb, expected in (
        (submission(), "cancel", True),
        (submission(), "delete", True),
        (submission(status=SubmissionStatus.FAILED), "delete", True),
        (submission(status=SubmissionStatus.FAILED), "cancel", False),
    ):
        sentences = consequences(seen, verb, None, kept_here(services, seen))  # type: ignore[arg-type]
        assert sum(each.startswith("Last sent 4m ago") for each in sentences) == expected
