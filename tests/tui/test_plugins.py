"""What a plugin is told of where it is started, and the command line that it becomes."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from fakes.boards import board
from msgspec.structs import replace

from console.domain.facts import PodFacts
from console.operations.ports.cluster import ClusterDescription, WayIn
from console.tui.plugins import asked_for, fits, named, scope_of, told, variables
from console.tui.screens.plugin_inputs import wrong_with
from console.tui.user_files.added import InputKind, PluginInput, UserPlugin

LAB = ClusterDescription(
    "lab",
    "https://10.0.0.1:6443",
    "leaderboard",
    "alice",
    WayIn(("/etc/kube/lab", "/etc/kube/more")),
)
SUBJECT = ("races", "team-7")


def plugin(*args: str, command: str = "tool", scopes: tuple[str, ...] = ("all",)) -> UserPlugin:
    return UserPlugin("p", "ctrl+o", "A tool", scopes, command, args)


@pytest.fixture
def known() -> dict[str, str]:
    """Of a submission whose agent's log is shown."""
    return variables(LAB, board(), SUBJECT, "agent-1")


# --- what is known


def test_a_plugin_is_told_of_the_cluster_and_of_what_is_shown(known: dict[str, str]) -> None:
    assert known["CONTEXT"] == "lab"
    assert known["NAMESPACE"] == "races"
    assert known["SUBMISSION"] == "team-7"
    assert known["CONTAINER"] == "agent-1"
    assert known["POD"] == "demo-x7k2p"
    assert known["KUBECONFIG"] == "/etc/kube/lab:/etc/kube/more"
    assert known["CLUSTER"] == "https://10.0.0.1:6443"
    assert known["USER"] == "alice"


def test_the_resource_is_named_as_k9s_names_it(known: dict[str, str]) -> None:
    told_of = [known[f"RESOURCE_{each}"] for each in ("GROUP", "VERSION", "NAME")]
    assert told_of == ["batch", "v1", "jobs"]


def test_what_nobody_knows_is_left_out_and_never_empty() -> None:
    known = variables(ClusterDescription("lab", "", "leaderboard"), None, None)
    assert known["NAMESPACE"] == "leaderboard"
    for name in ("POD", "SUBMISSION", "CONTAINER", "KUBECONFIG", "USER", "CLUSTER", "ACTS_AS"):
        assert name not in known


def test_without_a_cluster_a_recording_still_has_its_names() -> None:
    known = variables(None, board(pod=None), SUBJECT)
    assert (known["NAMESPACE"], known["SUBMISSION"]) == SUBJECT
    assert "CONTEXT" not in known


def test_a_console_that_acts_as_another_says_so() -> None:
    acting = replace(LAB, acts_as="robot")
    assert variables(acting, None, None)["ACTS_AS"] == "robot"


# --- scopes


@pytest.mark.parametrize(
    ("screen", "scopes", "name"),
    [
        ("submissions", ("jobs",), "team-7"),
        ("submissions", ("job",), "team-7"),
        ("submissions", ("submissions",), "team-7"),
        ("submissions", ("all",), "team-7"),
        ("monitor", ("pods",), "demo-x7k2p"),
        ("monitor", ("po", "jobs"), "demo-x7k2p"),
        ("monitor", ("jobs", "pods"), "demo-x7k2p"),
        ("monitor", ("containers",), "agent-1"),
        ("monitor", ("monitor",), "team-7"),
        ("logs", ("containers",), "agent-1"),
        ("logs", ("containers", "pods"), "agent-1"),
        ("logs", ("pods",), "demo-x7k2p"),
        ("logs", ("logs",), "team-7"),
        ("inspect", ("container",), "agent-1"),
        ("results", ("jobs",), "team-7"),
        ("history", ("history",), "team-7"),
    ],
)
def test_a_name_is_what_the_scope_is_about(
    known: dict[str, str], screen: str, scopes: tuple[str, ...], name: str
) -> None:
    assert named(plugin(scopes=scopes), screen, known)["NAME"] == name


@pytest.mark.parametrize(
    ("screen", "scopes"),
    [
        ("submissions", ("pods",)),
        ("submissions", ("deployments", "nodes")),
        ("results", ("containers",)),
        ("history", ("jobs",)),
        ("compose", ("jobs", "pods", "containers")),
    ],
)
def test_a_scope_of_something_else_is_not_offered(screen: str, scopes: tuple[str, ...]) -> None:
    assert not fits(plugin(scopes=scopes), screen)
    assert scope_of(plugin(scopes=scopes), screen) == ""


def test_a_pod_that_there_is_none_of_has_no_name() -> None:
    known = variables(LAB, board(pod=None), SUBJECT, "agent-1")
    assert "NAME" not in named(plugin(scopes=("pods",)), "monitor", known)


# --- the command line


def test_variables_are_filled_wherever_they_stand_in_an_argument(known: dict[str, str]) -> None:
    words = ("--at=$CONTEXT", "$NAMESPACE/$SUBMISSION", "${POD}-log", "$!NAMESPACE", "plain", "5$")
    argv = told(plugin(*words), known).argv
    assert argv == ("tool", "--at=lab", "races/team-7", "demo-x7k2p-log", "races", "plain", "5$")


def test_a_value_is_one_word_whatever_it_holds(known: dict[str, str], tmp_path: Path) -> None:
    hostile = {**known, "POD": "a b; touch pwned $(touch pwned) `touch pwned`"}
    call = told(plugin("%s", "$POD", command="printf"), hostile)
    said = subprocess.run(call.argv, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert said.stdout == hostile["POD"]
    assert not (tmp_path / "pwned").exists()


@pytest.mark.parametrize("script", ['printf %s "$POD"', 'printf %s "${POD}"'])
def test_a_value_is_no_part_of_a_shells_script(
    known: dict[str, str], tmp_path: Path, script: str
) -> None:
    hostile = {**known, "POD": '"; touch pwned; echo "'}
    call = told(plugin("-c", script, command="/bin/sh"), hostile)
    said = subprocess.run(
        call.argv,
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", **call.environment},
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout == hostile["POD"]
    assert not (tmp_path / "pwned").exists()


def test_a_value_that_looks_like_a_variable_is_not_filled_again(known: dict[str, str]) -> None:
    assert told(plugin("$POD"), {**known, "POD": "$CONTEXT"}).argv == ("tool", "$CONTEXT")


def test_an_unknown_variable_is_refused_by_its_name(known: dict[str, str]) -> None:
    with pytest.raises(LookupError, match=r"p needs \$FILTER, and that is not known here"):
        told(plugin("$FILTER"), known)


def test_inputs_are_told_in_both_spellings(known: dict[str, str]) -> None:
    call = told(plugin("$INPUT_DEPTH"), known, {"depth": "3"})
    assert call.argv == ("tool", "3")
    assert call.environment["INPUT_depth"] == call.environment["INPUT_DEPTH"] == "3"


def test_the_variables_that_a_plugin_names_are_found() -> None:
    assert asked_for(plugin("-n", "$NAMESPACE", "${POD}/$NAME", "$$", "$lower")) == [
        "NAMESPACE",
        "POD",
        "NAME",
    ]


def test_a_login_name_of_the_cluster_is_nobodys_environment(known: dict[str, str]) -> None:
    assert "USER" not in told(plugin("$NAME"), {**known, "NAME": "x"}).environment
    assert told(plugin("$USER"), known).argv == ("tool", "alice")
    script = told(plugin("-c", "echo $USER", command="bash"), known)
    assert script.environment["USER"] == "alice"


def test_a_recordings_pod_is_told_as_well() -> None:
    gone = PodFacts("gone-1", "races", "u", "team-7", "Deleted")
    assert variables(LAB, board(pod=gone), SUBJECT)["POD"] == "gone-1"


# --- inputs

DEPTH = PluginInput("depth", InputKind.NUMBER, "How deep", required=True)
DEEP = PluginInput("deep", InputKind.BOOL)
KIND = PluginInput("kind", InputKind.DROPDOWN, options=("dns", "tcp"))
WORDS = PluginInput("words", InputKind.STRING)


@pytest.mark.parametrize(
    ("wanted", "text", "wrong"),
    [
        (DEPTH, "", "How deep is needed."),
        (DEPTH, "deep", "How deep is a number."),
        (DEPTH, "3", ""),
        (DEPTH, "-0.5", ""),
        (DEEP, "", ""),
        (DEEP, "true", ""),
        (DEEP, "maybe", "deep is one of: true, false."),
        (KIND, "", ""),
        (KIND, "tcp", ""),
        (KIND, "udp", "kind is one of: dns, tcp."),
        (WORDS, "anything; at all $HOME", ""),
    ],
)
def test_an_answer_is_taken_or_it_is_said_why_not(
    wanted: PluginInput, text: str, wrong: str
) -> None:
    assert wrong_with(wanted, text) == wrong
