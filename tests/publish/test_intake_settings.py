"""What a user sets of EvalAI's queue: nothing is on by itself, and each mistake names its field."""

from __future__ import annotations

from pathlib import Path

import pytest

from console.errors import InvalidInput
from console.operations.ports.evalai_queue import IntakeSettings, PhaseRule
from console.publish.publishing_file import PublishingOnDisk


def intake(folder: Path, text: str) -> IntakeSettings:
    told = f"evalai:\n  challenges: [7]\n  token-file: t\n{text}"
    (folder / "publishing.yaml").write_text(told)
    evalai = PublishingOnDisk(folder).settings().evalai
    assert evalai is not None
    return evalai.intake


def test_nothing_is_taken_in_until_a_queue_and_phases_are_named(tmp_path: Path) -> None:
    assert intake(tmp_path, "") == IntakeSettings("", {})


def test_each_phase_says_its_leaderboard_its_track_and_what_else_is_not_usual(
    tmp_path: Path,
) -> None:
    text = (
        "  queue: carla-2098.fifo\n"
        "  phases:\n"
        '    4137: {leaderboard: "2.0", track: SENSORS}\n'
        "    4138: {leaderboard: 1.0, track: MAP, profile: embedded, preset: nightly}\n"
    )
    assert intake(tmp_path, text) == IntakeSettings(
        "carla-2098.fifo",
        {
            4137: PhaseRule("2.0", "SENSORS"),
            4138: PhaseRule("1.0", "MAP", "embedded", "nightly"),
        },
    )


@pytest.mark.parametrize(
    ("text", "place", "fix"),
    [
        ("  queue: a/../b", "evalai.queue is no name of a queue", "as EvalAI shows it"),
        ("  queue: [a]", "evalai.queue is no name of a queue", "as EvalAI shows it"),
        ("  phases: [4137]", "evalai.phases is no mapping", "one a line"),
        ("  phases: {sensors: {}}", "phases has a key that is no phase", "4137: {leaderboard"),
        (
            "  phases: {4137: {}}",
            "evalai.phases.4137.leaderboard is none",
            "There is: 1.0, 2.0, 2.1, Bench2Drive.",
        ),
        (
            '  phases: {4137: {leaderboard: "2.0", track: RADAR}}',
            "evalai.phases.4137.track is no track of Leaderboard 2.0",
            "There is: SENSORS, MAP",
        ),
        (
            "  phases: {4137: {version: 2.0}}",
            "evalai.phases.4137 has a key that means nothing",
            "There is: leaderboard, track, profile, preset.",
        ),
        (
            "  phases: {4137: {leaderboard: 2.0, track: MAP, preset: 7}}",
            "evalai.phases.4137.preset names none",
            "Write its name",
        ),
    ],
)
def test_a_mistake_is_named_with_its_place_and_what_may_stand_there(
    tmp_path: Path, text: str, place: str, fix: str
) -> None:
    with pytest.raises(InvalidInput) as raised:
        intake(tmp_path, text)
    assert place in raised.value.what
    assert fix in raised.value.fix
