"""What a console that may only look refuses, and how it knows that it may only look."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from console import paths, wiring
from console.cli.connection import wanted
from console.cli.main import parser
from console.errors import Forbidden, InvalidInput
from console.operations.ports.cluster import Kind
from console.wiring import WantedCluster
from console.wiring.read_only import why_read_only

IMAGES = ("--set", "submission.submitted_image_uri=r.example/t:1", "--profile", "embedded")


def settings(text: str) -> Path:
    file = paths.settings() / "config.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


def why(text: str, context: str = "prod", *, read_only: bool | None = None) -> str:
    settings(text)
    return why_read_only(WantedCluster(read_only=read_only), lambda: context)


@pytest.mark.parametrize(
    "words",
    [("cancel", "demo"), ("delete", "demo"), ("resume", "demo"), ("launch", *IMAGES),
     ("preflight", *IMAGES)],
)  # fmt: skip
def test_a_command_that_changes_something_is_refused_before_anything_is_asked(stage, words) -> None:
    stage.launch()
    ran = stage.run(*words, "--readonly")
    assert ran.code == Forbidden.exit_code
    assert "this console is read-only" in ran.told
    assert "--readonly was given." in ran.told
    assert "To change something: --write" in ran.told
    assert [name for kind, _, name in stage.cluster.objects if kind is Kind.JOB] == ["demo"]
    assert not asyncio.run(stage.cluster.read(Kind.JOB, "races", "demo"))["spec"].get("suspend")


def test_what_only_looks_goes_on(stage) -> None:
    stage.launch()
    assert stage.run("status", "demo", "--readonly").code == 0


def test_the_settings_say_it_of_one_context_or_of_all() -> None:
    one = "contexts: {prod: {readOnly: true}}"
    assert "of the context prod" in why(one)
    assert why(one, "lab") == ""
    every = "readOnly: true\ncontexts: {lab: {readOnly: false}}"
    assert "of every context" in why(every)
    assert why(every, "lab") == ""
    assert why("") == ""


def test_a_flag_wins_over_the_settings() -> None:
    assert why("readOnly: true", read_only=False) == ""
    assert why("readOnly: false", read_only=True) == "--readonly was given."


@pytest.mark.parametrize(
    ("text", "place"),
    [("readOnly: perhaps", "readOnly"), ("contexts: [prod]", "contexts"), ("[", "YAML"),
     ("contexts: {prod: {readOnly: 1}}", "contexts.prod.readOnly"), ("true", "mapping"),
     ("readonly: true", "readonly"), ("contexts: {prod: {read-only: true}}", "read-only"),
     ("readOnly: true\nreadOnly: false", "YAML. Line 1"), ("readOnly: !!timestamp 2020-13-45", "YAML"),
     pytest.param("[" * 5000, "YAML", id="deep"),
     pytest.param("#" * 70_000 + "\nreadOnly: true", "more than", id="long")],
)  # fmt: skip
def test_a_file_that_is_not_understood_opens_nothing(text: str, place: str) -> None:
    with pytest.raises(InvalidInput, match=place):
        why(text)


@pytest.mark.parametrize("name", ["7", "0x1F", "on", "null", "1:30", "2020-01-01"])
def test_a_context_is_meant_by_its_name_whatever_yaml_takes_that_for(name: str) -> None:
    assert f"of the context {name}" in why(f"contexts:\n  {name}: {{readOnly: true}}", name)


def test_contexts_may_share_what_is_said_of_them() -> None:
    text = "contexts:\n  lab: &looks {readOnly: yes}\n  prod: {<<: *looks}\n  mine:\n"
    assert [bool(why(text, name)) for name in ("lab", "prod", "mine")] == [True, True, False]


def test_without_the_file_no_kubeconfig_is_read_for_it() -> None:
    assert wiring.read_only_there(WantedCluster("/nowhere")) == ""


def test_a_recorder_of_a_read_only_console_is_another_and_changes_nothing(tmp_path: Path) -> None:
    """It would start whose turn it is."""
    kubeconfig = tmp_path / "kubeconfig"
    kubeconfig.write_text(
        "current-context: lab\n"
        "clusters: [{name: c, cluster: {server: 'https://lab.example.com'}}]\n"
        "contexts: [{name: lab, context: {cluster: c, user: ann}}]\n"
        "users: [{name: ann, user: {token: t}}]\n"
    )
    usual = wiring.recorder_process(WantedCluster(str(kubeconfig)))
    looks = wiring.recorder_process(WantedCluster(str(kubeconfig), read_only=True))
    assert usual._folder.path != looks._folder.path
    assert "--readonly" in looks._arguments
    assert "--readonly" not in usual._arguments


def test_a_recorder_may_write_where_its_console_was_told_so_against_the_settings(
    tmp_path: Path,
) -> None:
    """It reads the same settings, and would be another one, for which nobody waits."""
    settings("readOnly: true")
    kubeconfig = tmp_path / "kubeconfig"
    kubeconfig.write_text(
        "current-context: lab\n"
        "clusters: [{name: c, cluster: {server: 'https://lab.example.com'}}]\n"
        "contexts: [{name: lab, context: {cluster: c, user: ann}}]\n"
        "users: [{name: ann, user: {token: t}}]\n"
    )
    writes = wiring.recorder_process(WantedCluster(str(kubeconfig), read_only=False))
    told = wanted(parser().parse_args(["--kubeconfig", str(kubeconfig), *writes._arguments]))
    assert told.read_only is False
    assert wiring.recorder_process(told)._folder.path == writes._folder.path
