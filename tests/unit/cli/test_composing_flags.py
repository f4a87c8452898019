"""The flags of a launch: which value stands over which, and what is refused by name."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from console.cli import composing
from console.cli.main import parser
from console.errors import InvalidInput
from console.specs.compose import Composed


def options(*words: str) -> argparse.Namespace:
    return parser().parse_args(["render", "--profile", "embedded", *words])


def made(*words: str) -> Composed:
    return composing.composed(options(*words), "races", local=True)


def test_the_namespace_is_the_one_that_was_asked_for() -> None:
    assert made().manifest["metadata"]["namespace"] == "races"


@pytest.mark.parametrize(("local", "name"), [(True, "default"), (False, "leaderboard")])
def test_the_usual_namespace_is_the_one_of_the_cluster_that_is_meant(
    local: bool, name: str
) -> None:
    assert composing.usual_namespace(local=local) == name


@pytest.mark.parametrize("version", ["1.0", "2.0"])
def test_the_version_of_the_leaderboard_is_the_one_that_was_chosen(version: str) -> None:
    assert made("--leaderboard", version).plan.drives.leaderboard.name == version


def test_the_last_of_two_files_and_set_over_both_stand(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.yaml").write_text(f"submission:\n  name: {name}\n")
    files = ("-f", str(tmp_path / "one.yaml"), "-f", str(tmp_path / "two.yaml"))
    assert made(*files).plan.name == "two"
    assert made(*files, "--set", "submission.name=three").plan.name == "three"


def test_the_value_of_set_is_all_behind_the_first_equals_sign() -> None:
    image = "registry.example/a:1"
    with_query = made("--set", f"cluster.simulator_image={image}", "--set", "submission.name=b")
    assert (with_query.plan.images.simulator, with_query.plan.name) == (image, "b")
    assert composing._setting("a.b=c=d") == ("a.b", "c=d")


@pytest.mark.parametrize(
    ("flags", "limit"),
    [((), 8), (("--resumes", "0"), 1), (("--resumes", "4"), 9), (("--backoff-limit", "3"), 3)],
)
def test_the_budget_is_told_as_resumes_or_as_a_limit(flags: tuple[str, ...], limit: int) -> None:
    assert made(*flags).plan.backoff_limit == limit


def test_repetitions_of_each_route_are_told_to_the_evaluator() -> None:
    assert made("--repetitions", "3").plan.drives.repetitions == 3


@pytest.mark.parametrize("setting", ["submission.name", "name", "nothing"])
def test_a_setting_without_a_value_is_refused_with_the_form(setting: str) -> None:
    with pytest.raises(InvalidInput, match="write PATH=VALUE"):
        made("--set", setting)


def test_a_path_that_no_template_has_is_refused_by_name() -> None:
    with pytest.raises(InvalidInput, match=r"submission\.nam"):
        made("--set", "submission.nam=demo")


@pytest.mark.parametrize("flag", ["--spec", "--profile"])
def test_an_empty_file_name_is_refused(flag: str) -> None:
    with pytest.raises(InvalidInput, match=f"{flag} is empty"):
        made(flag, "")


def test_a_file_that_is_not_there_is_refused_by_name() -> None:
    with pytest.raises(InvalidInput, match="nowhere"):
        made("-f", "/nowhere.yaml")


def test_a_step_functions_state_has_no_use_for_what_its_input_tells() -> None:
    with pytest.raises(InvalidInput, match=r"submission\.name") as refused:
        composing.state(options("--set", "submission.name=x"), "races", local=True)
    assert refused.value.fix == "Leave it out."


def test_a_step_functions_state_is_made_of_the_same_values() -> None:
    state = composing.state(options(), "races", local=True)
    assert state["Type"] == "Task"


PRESET = """\
leaderboard: 1.0
resumes: 5
values:
  submission: {name: of-preset, team_id: 7}
"""


def test_a_preset_says_what_no_flag_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    kept = tmp_path / "carla-console" / "presets" / "nightly.yaml"
    kept.parent.mkdir(parents=True)
    kept.write_text(PRESET)
    plan = made("--preset", "nightly").plan
    assert (plan.name, plan.backoff_limit) == ("of-preset", 11)
    assert plan.drives.leaderboard.name == "1.0"
    flags = ("--leaderboard", "2.0", "--resumes", "0", "--set", "submission.name=mine")
    plan = made("--preset", str(kept), *flags).plan
    assert (plan.name, plan.backoff_limit) == ("mine", 1)
    assert plan.drives.leaderboard.name == "2.0"
    assert made("--preset", "nightly", "--backoff-limit", "3").plan.backoff_limit == 3


def test_name_and_image_stand_over_everything_else() -> None:
    flags = ("--name", "b", "--image", "registry.example/a:1", "--set", "submission.name=c")
    plan = made(*flags).plan
    assert (plan.name, plan.images.agent) == ("b", "registry.example/a:1")
