"""Which launches are published: those of a challenge that a user has named, and their Jobs say so."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes.cluster import FakeCluster
from fakes.jobs import composed_with
from msgspec.structs import replace

from console.domain.facts import EvalAiPlace
from console.errors import InvalidInput
from console.operations.ports.cluster import Kind
from console.operations.ports.publishing_settings import (
    EvalAiSettings,
    KeptInFile,
    PublishingSettings,
)
from console.operations.services import Services
from console.operations.submitting.launch import DryRun, launch
from console.operations.submitting.publishing_plan import publishing_plan, with_place
from console.presentation.publishing_words import plan_words
from console.specs.compose import Composed
from console.specs.publishing_annotations import EVALAI_ANNOTATION, place_of
from console.specs.validation import Judged

ON = PublishingSettings(EvalAiSettings(KeptInFile(Path("/t")), frozenset({2098})))
PLACE = EvalAiPlace("https://eval.ai", 2098, 4137, 301234)


class Settings:
    """A user's file of this content."""

    file = Path("/settings/publishing.yaml")

    def __init__(self, told: PublishingSettings | InvalidInput) -> None:
        self.told = told

    def settings(self) -> PublishingSettings:
        if isinstance(self.told, InvalidInput):
            raise self.told
        return self.told


def numbered(challenge: str = "2098", phase: str = "4137", submission: str = "301234") -> Composed:
    said = {"challenge_id": challenge, "track_id": phase, "submission_id": submission}
    return composed_with({f"submission.{name}": value for name, value in said.items()})


async def test_a_launch_of_a_named_challenge_says_on_its_job_where_its_results_go(
    services: Services, cluster: FakeCluster
) -> None:
    on = replace(services, publishing=Settings(ON))
    launched = await launch(on, Judged(numbered()).valid)
    assert launched.job is not None
    assert launched.job.evalai == PLACE
    assert str(PLACE) == "submission 301234 of phase 4137, challenge 2098, at https://eval.ai"
    stored = await cluster.read(Kind.JOB, launched.job.namespace, launched.job.name)
    told = stored["metadata"]["annotations"][EVALAI_ANNOTATION]
    assert told == "https://eval.ai 2098/4137/301234"


def test_what_a_launch_will_do_is_said_beforehand() -> None:
    told = plan_words(publishing_plan(numbered().manifest, ON), ON, "publishing.yaml")
    assert "EvalAI's submission 301234 of phase 4137, challenge 2098" in told
    assert "at most every 60 s" in told
    assert "A cancel there cancels it here" in told


async def test_a_dry_run_shows_the_job_as_it_would_be(services: Services) -> None:
    on = replace(services, publishing=Settings(ON))
    for kind in (DryRun.CLIENT, DryRun.SERVER):
        launched = await launch(on, Judged(numbered()).valid, dry_run=kind)
        assert place_of(launched.manifest["metadata"]["annotations"]) == PLACE


async def test_settings_that_cannot_be_read_launch_nothing(
    services: Services, cluster: FakeCluster
) -> None:
    faulty = replace(services, publishing=Settings(InvalidInput("publishing.yaml is no YAML.")))
    with pytest.raises(InvalidInput, match="no YAML"):
        await launch(faulty, Judged(numbered()).valid)
    assert not cluster.objects


@pytest.mark.parametrize(
    ("made", "settings", "why", "wanted"),
    [
        (numbered(), PublishingSettings(), "publishing is not set up", False),
        (numbered("1"), ON, "challenge 1 is not among those that are published", False),
        (numbered(""), ON, "a launch of no challenge is not among those", False),
        (numbered(phase="SENSORS"), ON, "its phase id is no number of EvalAI's", True),
        (numbered(submission=""), ON, "its submission id is no number of EvalAI's", True),
        (numbered(submission="0"), ON, "its submission id is no number of EvalAI's", True),
        (numbered(submission="٣"), ON, "its submission id is no number of EvalAI's", True),
    ],
)
def test_what_is_not_published_is_told_with_its_reason(
    made: Composed, settings: PublishingSettings, why: str, wanted: bool
) -> None:
    plan = publishing_plan(made.manifest, settings)
    assert plan.place is None
    assert why in plan.why_not
    assert plan.wanted is wanted
    assert why in plan_words(plan, settings, "publishing.yaml")
    assert EVALAI_ANNOTATION not in with_place(made, settings).manifest["metadata"].get(
        "annotations", {}
    )


@pytest.mark.parametrize(
    "told",
    [
        "",
        "https://eval.ai",
        "https://eval.ai 1/2",
        "https://eval.ai 1/2/0",
        "ftp://eval.ai 1/2/3",
        "https://e\x1b[31m.ai 1/2/3",
        "https://eval.ai 1/2/3\n",
        "https://eval.ai 1/2/٣",
    ],
)
def test_a_place_that_cannot_be_read_is_none(told: str) -> None:
    assert place_of({EVALAI_ANNOTATION: told}) is None
    assert place_of(None) is None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("7", 7),
        ("9999999999", 9999999999),
        ("10000000000", None),
        ("0", None),
        ("07", None),
        ("-7", None),
        ("7\n", None),
        ("٣", None),
        ("²", None),
    ],
)
def test_a_number_that_a_launch_writes_on_its_job_is_one_that_is_read_there(text, number) -> None:
    plan = publishing_plan(numbered(submission=text).manifest, ON)
    read = place_of({EVALAI_ANNOTATION: f"https://eval.ai 2098/4137/{text}"})
    assert plan.place == read == (number and replace(PLACE, submission=number))
