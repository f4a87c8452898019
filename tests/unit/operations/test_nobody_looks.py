"""What is said of publishing while no recorder runs: only what somebody would have to do."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fakes.publications import NOW, publication, published
from msgspec.structs import replace

from console.operations.ports.deliveries import Delivery, DeliveryKind, DeliveryStage
from console.operations.ports.evalai import RemoteOutcome
from console.operations.ports.publications import PublicationStage
from console.operations.publishing.nobody_looks import RESULTS_WAIT, RESUMES_UNSEEN, left_undone

OPEN = publication(stage=PublicationStage.OPEN)
WHERE = OPEN.recording.cluster
FAILED = published(final=RemoteOutcome.FAILED)
FILES = Delivery(DeliveryKind.FILES, "s3://bucket", OPEN.recording, NOW)


@pytest.mark.parametrize(
    ("known", "told"),
    [
        ((), ""),
        ((OPEN,), RESULTS_WAIT),
        ((publication(stage=PublicationStage.HELD),), ""),
        ((publication(stage=PublicationStage.REFUSED),), ""),
        ((published(),), ""),
        ((FAILED,), RESUMES_UNSEEN),
        ((FAILED, OPEN), RESULTS_WAIT),
        ((FILES,), RESULTS_WAIT),
        ((replace(FILES, stage=DeliveryStage.PUBLISHED),), ""),
    ],
)
def test_what_waits_for_a_recorder_is_told_and_nothing_else(known, told) -> None:
    assert left_undone(known, WHERE, NOW) == told


def test_what_is_another_clusters_or_a_week_old_is_nobodys_to_look_at() -> None:
    assert left_undone((OPEN, FAILED), "another", NOW) == ""
    assert left_undone((FAILED,), WHERE, FAILED.changed + timedelta(days=8)) == ""
