"""What a form is filled with: launches that were recorded, a copied Job, a user's preset."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fakes.recordings import archive_in, manifest_of, recorded
from msgspec.structs import replace

from console.errors import InvalidInput
from console.specs.presets import load_preset, preset_file
from console.specs.rendering import to_yaml
from console.specs.step_input import TEAM_NAME
from console.tui import composing, fillings, form_state
from console.tui.drafts import Draft

IMAGE, TEAM = "submission.submitted_image_uri", "submission.team_id"
RAVENS = "Ravens & Sons"


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


def job(name: str = "a", **said: str) -> dict[str, Any]:
    return manifest_of(name, **said)


def test_a_copied_job_fills_everything_and_asks_for_a_name_like_its_own() -> None:
    made = job("mine", **{IMAGE: "team:7", "submission.resume": "1"})
    filling = fillings.of_manifest(to_yaml(made))
    assert filling is not None
    assert (filling.leaderboard, filling.backoff_limit) == ("2.0", 8)
    assert filling.values["submission.name"] == "mine"
    assert filling.values[IMAGE] == "team:7"
    assert "cluster.simulator_image" in filling.values
    assert "submission.resume" not in filling.values


def test_what_is_no_job_of_a_leaderboard_fills_nothing() -> None:
    assert fillings.of_manifest("kind: Job\n") is None
    assert fillings.of_last_launch([{"kind": "Job"}]) is None


def test_a_new_form_begins_with_the_last_launch_s_team_and_not_with_its_cluster_or_name() -> None:
    last = fillings.of_last_launch([{}, job(**{TEAM: "7", IMAGE: "team:7"}), job("b")])
    assert last is not None
    assert (last.values[TEAM], last.values[IMAGE]) == ("7", "team:7")
    assert all(path.startswith("submission.") for path in last.values)
    assert "submission.name" not in last.values


@pytest.mark.parametrize("cluster", ["embedded", "g5.12xlarge"])
def test_a_copied_job_keeps_its_team_s_name_which_the_form_shows(cluster: str) -> None:
    copied = fillings.of_manifest(to_yaml(job(**{TEAM_NAME: RAVENS})))
    assert copied is not None
    form = form_state.filled(composing.form("2.0", cluster), (copied,), {})
    texts = {each.path: each.default for each in form.fields}
    assert next(each.default for each in form.fields if each.label == "Team") == RAVENS
    again = composing.composition(Draft("2.0", cluster, texts, 8), "default")
    assert f"leaderboard.carla.org/team-name: {RAVENS}" in again.manifest
    texts[TEAM_NAME] = ""
    nameless = composing.composition(Draft("2.0", cluster, texts, 8), "default")
    assert "team-name" not in nameless.manifest


def test_what_was_used_before_is_offered_the_newest_first_and_once() -> None:
    jobs = [job(**{IMAGE: each}) for each in ("c", "b", "c", "a", "d", "e")]
    used = fillings.used_before(jobs)
    assert used[IMAGE] == ("c", "b", "a", "d")
    assert "submission.name" not in used


def test_only_launches_on_the_same_cluster_count(tmp_path: Path) -> None:
    recorded(tmp_path, "a", cluster="lab", **{TEAM: "7"})
    recorded(tmp_path, "b", cluster="other", **{TEAM: "8"})
    (found,) = archive_in(tmp_path).launched("lab")
    assert found["metadata"]["name"] == "a"
    assert archive_in(tmp_path).launched("lab", 0) == ()


def draft(**said: str) -> Draft:
    form = composing.form("2.0", "embedded")
    return Draft("2.0", "embedded", {e.path: e.default for e in form.fields} | said, 11)


def test_a_form_that_is_kept_as_a_preset_fills_another_form_with_what_was_said() -> None:
    said = {TEAM: "7", TEAM_NAME: RAVENS}
    kept = fillings.keep_preset("nightly", draft(**said, **{"submission.name": "mine"}))
    assert Path(kept) == preset_file("nightly")
    assert Path(kept).stat().st_mode & 0o077 == 0
    filling = fillings.of_preset("nightly", "1.0", "g5.12xlarge")
    assert filling.values == said
    assert (filling.leaderboard, filling.profile) == ("2.0", "embedded")
    assert (load_preset("nightly").resumes, filling.backoff_limit) == (5, 11)


def test_a_limit_that_nobody_changed_is_kept_as_the_spec_has_it() -> None:
    fillings.keep_preset("plain", replace(draft(), backoff_limit=8))
    assert load_preset("plain").resumes is None
    assert fillings.of_preset("plain", "2.0", "embedded").backoff_limit is None


def test_a_preset_that_names_no_version_goes_with_the_form_s_own() -> None:
    fillings.keep_preset("a", draft())
    preset_file("a").write_text("values:\n  submission: {team_id: 007}\n")
    filling = fillings.of_preset("a", "1.0", "embedded")
    assert (filling.leaderboard, filling.profile, filling.backoff_limit) == ("", "", None)
    assert filling.values == {TEAM: "007"}


def test_a_preset_that_cannot_be_written_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "file"))
    with pytest.raises(InvalidInput, match="cannot be written"):
        fillings.keep_preset("a", draft())
