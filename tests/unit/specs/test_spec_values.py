"""Profiles, the user's values over them, and who said what."""

from typing import Any

import pytest

from console import paths
from console.errors import InvalidInput
from console.specs import pod
from console.specs.compose import compose, load_template
from console.specs.mistakes import SpecRejected
from console.specs.step_input import TEAM_ANNOTATION
from console.specs.values import Values, leaves, load_profile, parse_profile

KNOWN = load_template("2.0").paths


def made_of(values: Values) -> dict[str, Any]:
    return compose(load_template("2.0"), values, files={}).manifest


def logcopy_of(manifest: dict[str, Any]) -> dict[str, Any]:
    return next(each.content for each in pod.containers(manifest) if each.name == "logcopy")


def test_a_leaderboard_s_own_values_come_over_the_common_ones():
    profile = parse_profile(
        "values: {a: {b: x, c: y}}\nleaderboards:\n  '1.0':\n    a: {b: z}\n", "p.yaml"
    )
    assert profile.values("1.0").document == {"a": {"b": "z", "c": "y"}}
    assert profile.values("2.0").document == {"a": {"b": "x", "c": "y"}}


def test_every_value_of_a_profile_knows_its_line():
    values = load_profile("embedded").values("2.0")
    lines = (paths.job_specs() / "profiles" / "embedded.yaml").read_text().splitlines()
    for path in leaves(values.document):
        line = int(values.origin(path).removeprefix("embedded.yaml, line "))
        assert path.rpartition(".")[2] in lines[line - 1]


def test_the_user_s_values_win_and_are_remembered_as_theirs():
    values = load_profile("embedded").values("2.0")
    mine = values.override({"submission.name": "mine"}, origin="--set", known=KNOWN)
    assert mine.get("submission.name") == "mine"
    assert mine.origin("submission.name") == "--set"
    assert mine.get("submission.track_id") == values.get("submission.track_id")
    assert values.get("submission.name") == "demo"


def test_a_file_s_values_win_and_are_remembered_with_their_lines():
    values = load_profile("embedded").values("2.0")
    text = "cluster:\n  logcopy_image: python:3.9\n"
    mine = values.override_file(text, "mine.yaml", known=KNOWN)
    assert mine.get("cluster.logcopy_image") == "python:3.9"
    assert mine.origin("cluster.logcopy_image") == "mine.yaml, line 2"
    compose(load_template("2.0"), mine, files={})


def test_what_a_file_writes_as_a_number_is_text_where_text_is_wanted():
    values = load_profile("embedded").values("2.0")
    text = "submission: {team_id: 007, track_id: 1.10, team_name: 2024}\njob: {repetitions: 2}\n"
    mine = values.override_file(text, "mine.yaml", known=(*KNOWN, "submission.team_name"))
    made = made_of(mine)
    told = {each["name"]: each.get("value") for each in logcopy_of(made)["env"]}
    assert (told["TEAM_ID"], told["TRACK_ID"], told["REPETITIONS"]) == ("007", "1.10", "2")
    assert made["metadata"]["annotations"][TEAM_ANNOTATION] == "2024"


def test_a_number_of_a_file_is_forgotten_once_another_value_stands_over_it():
    file = "submission: {team_id: 007}\n"
    values = load_profile("embedded").values("2.0").override_file(file, "a.yaml", known=KNOWN)
    mine = values.override({"submission.team_id": "9"}, origin="--set", known=KNOWN)
    told = {each["name"]: each.get("value") for each in logcopy_of(made_of(mine))["env"]}
    assert told["TEAM_ID"] == "9"


@pytest.mark.parametrize(
    ("path", "nearest"),
    [("submission.nmae", "submission.name"), ("job.backofflimit", "job.backoff_limit")],
)
def test_a_value_that_nothing_takes_is_refused_with_the_nearest_one(path, nearest):
    with pytest.raises(SpecRejected) as refusal:
        Values({}).override({path: "x"}, origin="--set", known=KNOWN)
    assert str(refusal.value) == f"--set: no value is called {path}. Did you mean {nearest}?"
    assert refusal.value.mistakes[0].path == path


def test_a_file_s_unknown_value_is_named_with_its_line():
    with pytest.raises(SpecRejected, match=r"mine\.yaml, line 2: no value is called cluster\.imag"):
        Values({}).override_file("cluster:\n  imag: x\n", "mine.yaml", known=KNOWN)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("valeus: {}\n", "p.yaml, line 1: valeus is no key of a profile. Did you mean values?"),
        ("values: 5\n", "values is not a mapping"),
        ("leaderboards:\n  '2.O': {}\n", "line 2: 2.O is no Leaderboard. Did you mean 2.0?"),
        ("leaderboards:\n  '2.0': 1\n", "2.0 is not a mapping"),
    ],
)
def test_a_malformed_profile_is_refused_with_its_line(text, words):
    with pytest.raises(SpecRejected) as refusal:
        parse_profile(text, "p.yaml")
    assert words in str(refusal.value)


def test_an_unknown_profile_is_refused_with_the_known_ones():
    with pytest.raises(InvalidInput) as refusal:
        load_profile("embeded")
    assert "embedded, g5.12xlarge" in refusal.value.fix


def test_a_profile_of_one_s_own_is_a_file(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text("values: {a: {b: x}}\n")
    assert load_profile(str(file)).values("1.0").get("a.b") == "x"
