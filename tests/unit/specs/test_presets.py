"""A user's presets: what may stand in one, and how it is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from console.errors import InvalidInput
from console.specs.mistakes import SpecRejected
from console.specs.presets import load_preset, parse_preset, preset_file, preset_names, preset_text
from console.specs.template import load_template
from console.specs.values import Values

KNOWN = load_template("2.0").paths


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))


def test_what_is_written_as_a_preset_is_read_as_the_same() -> None:
    said = {"submission.team_id": "7", "submission.resume": "", "job.repetitions": 2}
    preset = parse_preset(
        preset_text(leaderboard="2.0", profile="embedded", resumes=3, values=said), "a.yaml"
    )
    assert (preset.name, preset.leaderboard, preset.profile, preset.resumes) == (
        *("a", "2.0", "embedded"),
        3,
    )
    values = preset.over(Values({}), KNOWN)
    assert {path: values.get(path) for path in said} == said


def test_a_value_of_a_preset_is_remembered_with_its_line() -> None:
    preset = parse_preset("values:\n  submission:\n    team_id: 7\n", "a.yaml")
    values = preset.over(Values({}), KNOWN).in_words(["submission.team_id"])
    assert values.get("submission.team_id") == "7"
    assert values.origin("submission.team_id") == "a.yaml, line 3"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("valeus: {}\n", "a.yaml, line 1: valeus is no key of a preset. Did you mean values?"),
        ("leaderboard: 3.0\n", "line 1: 3.0 is no Leaderboard."),
        ("resumes: many\n", "resumes counts pair resumes: 0 or more."),
        ("resumes: -1\n", "resumes counts pair resumes: 0 or more."),
        ("values: 5\n", "values is not a mapping"),
    ],
)
def test_a_malformed_preset_is_refused_with_its_line(text: str, words: str) -> None:
    with pytest.raises(SpecRejected) as refusal:
        parse_preset(text, "a.yaml")
    assert words in str(refusal.value)


def test_a_value_that_nothing_takes_is_refused_with_the_nearest_one() -> None:
    preset = parse_preset("values:\n  submission:\n    tem_id: x\n", "a.yaml")
    with pytest.raises(SpecRejected, match=r"a\.yaml, line 3: .* Did you mean submission\.team_id"):
        preset.over(Values({}), KNOWN)


def test_presets_are_found_by_their_names() -> None:
    assert preset_names() == ()
    file = preset_file("nightly")
    file.parent.mkdir(parents=True)
    file.write_text("resumes: 1\n")
    assert preset_names() == ("nightly",)
    assert load_preset("nightly").resumes == load_preset(str(file)).resumes == 1
    with pytest.raises(InvalidInput, match="There is no preset 'daily'"):
        load_preset("daily")


@pytest.mark.parametrize("name", ["", "../x", "A b", ".hidden"])
def test_what_is_no_name_of_a_preset_is_refused(name: str) -> None:
    with pytest.raises(InvalidInput, match="is no name of a preset"):
        preset_file(name)
