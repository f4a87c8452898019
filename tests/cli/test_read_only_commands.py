"""What a console that may only look refuses, and how it knows that it may only look."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import SimpleNamespace

import msgspec
import pytest
from fakes.changing_commands import CHANGING

from console import paths, wiring
from console.cli.connection import wanted
from console.cli.main import parser
from console.errors import Forbidden, InvalidInput, ReadOnly
from console.operations.ports.cluster import Kind
from console.operations.ports.recorder import Recording
from console.tui.recorded_source import RecordedSubmissions
from console.wiring import WantedCluster
from console.wiring.clusters import why_kept
from console.wiring.context_skins import skin_of
from console.wiring.read_only import why_read_only


def settings(text: str) -> Path:
    file = paths.settings() / "config.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


def why(text: str, context: str = "prod", *, read_only: bool | None = None) -> str:
    settings(text)
    return why_read_only(WantedCluster(read_only=read_only), lambda: context)


LAB = """\
current-context: lab
clusters: [{name: c, cluster: {server: 'https://lab.example.com'}}]
contexts: [{name: lab, context: {cluster: c, user: ann}}]
users: [{name: ann, user: {token: t}}]
"""
WAYS = [words for ways in CHANGING.values() for words in ways if words[0] != "local"]


@pytest.fixture
def demo(stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Recording:
    """On the cluster, and recorded."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KUBECONFIG", "lab.yaml")
    Path("lab.yaml").write_text(LAB)
    recording: Recording = stage.launch()
    stage.record(recording, "agent-1", b"one")
    return recording


def is_untouched(stage, demo: Recording) -> bool:
    jobs = [name for kind, _, name in stage.cluster.objects if kind is Kind.JOB]
    spec = asyncio.run(stage.cluster.read(Kind.JOB, "races", "demo"))["spec"]
    kept = stage.recorder.recordings() == (demo,) and not stage.recorder.pinned(demo)
    return kept and jobs == ["demo"] and not spec.get("suspend") and not Path("bucket").exists()


@pytest.mark.parametrize("words", WAYS, ids=" ".join)
def test_a_command_that_changes_something_is_refused_before_anything_is_sent(
    stage, demo, words
) -> None:
    where = () if words[0] == "demo" else ("-n", "races")
    ran = stage.command(*where, "--readonly", *words)
    assert ran.code == Forbidden.exit_code
    assert "this console is read-only" in ran.told
    assert "--readonly was given." in ran.told
    assert "--write" in ran.told
    assert is_untouched(stage, demo)


KEPT = [words for words in WAYS if words[0] in ("history", "publish")]


@pytest.mark.parametrize("words", KEPT, ids=" ".join)
def test_what_is_recorded_of_a_read_only_context_stays_whatever_context_is_named(
    stage, demo, words
) -> None:
    """`fake` is where it was recorded."""
    settings("contexts: {fake: {readOnly: true}}")
    ran = stage.command(*words, *(() if words[0] == "history" else ("-n", "races")))
    assert ran.code == Forbidden.exit_code
    assert "of the context fake" in ran.told
    assert is_untouched(stage, demo)


def test_a_dry_run_of_a_publication_changes_nothing_and_goes_on(stage, demo) -> None:
    ran = stage.run("publish", "demo", "--to", "bucket", "--dry-run", "--readonly")
    assert (ran.code, is_untouched(stage, demo)) == (0, True)


def test_an_embedded_cluster_is_not_ended_by_who_may_change_nothing(stage, monkeypatch) -> None:
    monkeypatch.setattr(wiring, "local_status", lambda: SimpleNamespace(cluster="one that runs"))
    monkeypatch.setattr(wiring, "local_down", lambda: pytest.fail("it was ended"))
    ran = stage.command("--readonly", "local", "down")
    assert (ran.code, "this console is read-only" in ran.told) == (Forbidden.exit_code, True)


def test_a_permission_to_write_was_given_for_the_context_of_the_console_alone(
    tmp_path: Path,
) -> None:
    (tmp_path / "lab.yaml").write_text(LAB)
    settings("contexts: {lab: {readOnly: true}, prod: {readOnly: true}}")
    here = WantedCluster(str(tmp_path / "lab.yaml"), read_only=False)
    assert why_kept(here, "lab") == ""
    assert "of the context prod" in why_kept(here, "prod")
    assert why_kept(msgspec.structs.replace(here, read_only=True), "home") != ""


async def test_on_the_screens_too_a_recording_of_a_read_only_context_stays(stage, demo) -> None:
    why = {"fake": "The settings say so of the context fake."}
    recordings = RecordedSubmissions(wiring.archive, lambda context: why.get(context, ""))
    for change in (recordings.pin(demo, on=True), recordings.remove(demo)):
        with pytest.raises(ReadOnly, match="its context is read-only"):
            await change
    assert (stage.recorder.recordings(), stage.recorder.pinned(demo)) == ((demo,), False)


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
     pytest.param("[" * 700, "YAML", id="deep"),
     pytest.param("#" * 70_000 + "\nreadOnly: true", "more than", id="long")],
)  # fmt: skip
def test_a_file_that_is_not_understood_opens_nothing(text: str, place: str) -> None:
    with pytest.raises(InvalidInput, match=place):
        why(text)


@pytest.mark.parametrize("name", ["7", "0x1F", "on", "null", "1:30", "2020-01-01"])
def test_a_context_is_meant_by_its_name_whatever_yaml_takes_that_for(name: str) -> None:
    assert f"of the context {name}" in why(f"contexts:\n  {name}: {{readOnly: true}}", name)


@pytest.mark.parametrize(
    ("text", "skin"),
    [
        ("contexts: {prod: {skin: light}}", "light"),
        ("contexts: {lab: {skin: light}}", ""),
        ("skin: dark\ncontexts: {lab: {skin: light}}", "dark"),
        ("skin: dark\ncontexts: {prod: {skin: light, readOnly: true}}", "light"),
        ("contexts: {prod: {Skin: light, skin: dark}}", ""),
        ("[", ""),
        ("contexts: [prod]", ""),
    ],
)
def test_the_settings_give_a_theme_to_one_context_or_to_all(text: str, skin: str) -> None:
    """What is not understood is told by who asks whether something may be changed."""
    settings(text)
    assert skin_of(lambda: "prod") == skin


def test_where_no_theme_is_given_no_kubeconfig_is_read_for_one() -> None:
    settings("contexts: {prod: {readOnly: true}}")
    assert skin_of(lambda: pytest.fail("it was asked for the context")) == ""


def test_contexts_may_share_what_is_said_of_them() -> None:
    text = "contexts:\n  lab: &looks {readOnly: yes}\n  prod: {<<: *looks}\n  mine:\n"
    assert [bool(why(text, name)) for name in ("lab", "prod", "mine")] == [True, True, False]


def test_without_the_file_no_kubeconfig_is_read_for_it() -> None:
    assert wiring.read_only_there(WantedCluster("/nowhere")) == ""


def test_a_recorder_of_a_read_only_console_is_another_and_changes_nothing(tmp_path: Path) -> None:
    """It would start whose turn it is."""
    kubeconfig = tmp_path / "kubeconfig"
    kubeconfig.write_text(LAB)
    usual = wiring.recorder_process(WantedCluster(str(kubeconfig)))
    looks = wiring.recorder_process(WantedCluster(str(kubeconfig), read_only=True))
    assert usual._folder.path != looks._folder.path
    assert "--readonly" in looks._arguments
    assert "--readonly" not in usual._arguments


def test_a_recorder_that_is_started_by_hand_waits_as_long_as_its_command(tmp_path: Path) -> None:
    kubeconfig = tmp_path / "kubeconfig"
    kubeconfig.write_text(LAB)
    asked = WantedCluster(str(kubeconfig))
    hurried = wiring.recorder_process(asked, patience="1m30s")
    told = wanted(parser().parse_args(["--kubeconfig", str(kubeconfig), *hurried._arguments]))
    assert told.request_seconds == 90
    assert "--request-timeout" not in wiring.recorder_process(asked)._arguments


def test_a_recorder_may_write_where_its_console_was_told_so_against_the_settings(
    tmp_path: Path,
) -> None:
    """It reads the same settings, and would be another one, for which nobody waits."""
    settings("readOnly: true")
    kubeconfig = tmp_path / "kubeconfig"
    kubeconfig.write_text(LAB)
    writes = wiring.recorder_process(WantedCluster(str(kubeconfig), read_only=False))
    told = wanted(parser().parse_args(["--kubeconfig", str(kubeconfig), *writes._arguments]))
    assert told.read_only is False
    assert wiring.recorder_process(told)._folder.path == writes._folder.path
