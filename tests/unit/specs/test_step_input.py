"""The whole document of upstream's first state is a values file; what nothing uses is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fakes.state_machine import FIRST_STEP

from console.cli.main import main
from console.errors import InvalidInput
from console.specs.compose import compose, load_template
from console.specs.step_input import TEAM_ANNOTATION, remarks
from console.specs.values import Values, load_profile


def values(text: str) -> Values:
    known = load_template("2.0").paths
    return load_profile("g5.12xlarge").values("2.0").override_file(text, "input.json", known=known)


@pytest.mark.parametrize("indent", [None, 2, "\t"])
@pytest.mark.parametrize("ascii_only", [True, False])
def test_the_document_is_accepted_whole_however_its_json_is_written(
    indent: int | str | None, ascii_only: bool
) -> None:
    text = json.dumps(FIRST_STEP, indent=indent, ensure_ascii=ascii_only)
    made = compose(load_template("2.0"), values(text))
    assert made.manifest["metadata"]["annotations"][TEAM_ANNOTATION] == "Tür 🚀 & {Söhne}'s"
    assert made.manifest["metadata"]["name"] == "submission-77"
    assert "t0p-secret" not in json.dumps([made.manifest, made.config_map])


def test_what_nothing_uses_is_told_and_the_token_is_not_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "input.json"
    file.write_text(json.dumps(FIRST_STEP))
    assert main(["launch", "--dry-run=client", "-f", str(file)]) == 0
    told = capsys.readouterr()
    for word in (
        "Tür 🚀 & {Söhne}'s",
        "cluster.id leaderboard-20",
        "submission.submitted_time 2026",
    ):
        assert word in told.err
    assert "evalai.auth_token is not sent" in told.err
    assert "t0p-secret" not in told.out + told.err


def test_without_that_document_nothing_is_told() -> None:
    given = load_profile("embedded").values("2.0")
    assert list(remarks(given.document, load_template("2.0").paths)) == []


@pytest.mark.parametrize(
    ("key", "meant"),
    [("team_nam", "team_name"), ("tema_name", "team_name"), ("submision_id", "submission_id")],
)
def test_a_key_that_is_nearly_one_of_it_stays_an_error(key: str, meant: str) -> None:
    with pytest.raises(InvalidInput, match=rf"Did you mean submission\.{meant}\?"):
        values(json.dumps({"submission": {key: "x"}}))


@pytest.mark.parametrize("name", [True, ["a"], {"a": 1}, "a\x1b[2Jb", "a\nb", "x" * 5000])
def test_a_team_name_that_is_no_name_is_refused_with_its_place(name: object) -> None:
    with pytest.raises(InvalidInput) as refused:
        compose(load_template("2.0"), values(json.dumps(FIRST_STEP | {"submission": {
            **FIRST_STEP["submission"], "team_name": name,  # type: ignore[dict-item]
        }})))  # fmt: skip
    assert "team_name" in str(refused.value)
    assert "input.json, line 1" in str(refused.value)
    assert "\x1b" not in str(refused.value)


def test_no_team_name_leaves_no_annotation() -> None:
    made = compose(load_template("2.0"), load_profile("embedded").values("2.0"))
    assert TEAM_ANNOTATION not in made.manifest["metadata"].get("annotations", {})
