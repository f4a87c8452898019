"""What can come at the cursor, from the words before it. Names are the test's own."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from fakes.boards import NOW, ROWS
from msgspec.structs import replace

from console import paths, wiring
from console.cli.completion import grammar, known_names
from console.cli.completion.answers import answer, shell_words
from console.cli.completion.kubeconfig_glance import contexts
from console.cli.completion.typed import FILES, candidates, read
from console.cli.loading import COMMANDS
from console.domain.fleet import FleetSnapshot
from console.tui import remembered
from tests.completion_grammar import FILE, made, text_of

GRAMMAR = grammar.load()


def _named(kind: str) -> list[str]:
    return [] if kind == "text" else [f"a-{kind}"]


def offered(*words: str) -> list[str]:
    """After those words, the last one as far as it is typed; names say what they would be of."""
    *before, current = words
    found = candidates(read(GRAMMAR, before), current, lambda kind, _: _named(kind))
    return ["<files>"] if found is FILES else [word for word, _ in found]


def test_the_table_is_what_the_parsers_say_and_make_completion_writes() -> None:
    assert FILE.read_text() == text_of(made())


def test_the_first_word_is_a_command_and_its_line_is_that_of_the_help() -> None:
    found = candidates(read(GRAMMAR, []), "", lambda *_: ())
    assert found == [(name, line) for name, (_, line) in COMMANDS.items()]
    assert offered("res") == ["results", "resume"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("status", ""), ["a-submission"]),
        (("ls", "--ou"), ["--output"]),
        (("status", "demo", ""), []),
        (("status", "--", ""), ["a-submission"]),
        (("status", "--", "-"), []),
        (("status", "-n", ""), ["a-namespace"]),
        (("status", "--namespace", ""), ["a-namespace"]),
        (("status", "--namespace="), ["--namespace=a-namespace"]),
        (("--context", ""), ["a-context"]),
        (("--theme", ""), ["a-theme"]),
        (("--theme", "status", "st"), ["status"]),
        (("launch", "-o", ""), ["text", "json", "yaml", "name"]),
        (("launch", "--dry-run=c"), ["--dry-run=client"]),
        (("launch", "-ojson", "--wai"), ["--wait"]),
        (("launch", "--repetitions", ""), []),
        (("launch", "--profile", ""), ["a-profile or file"]),
        (("launch", "--profile", "./"), ["<files>"]),
        (("launch", "--profile", "mine"), ["<files>"]),
        (("launch", "--values", ""), ["<files>"]),
        (("--kubeconfig="), ["<files>"]),
        (("merge", "-f", "one", ""), ["<files>"]),
        (("merge", "-f", "one", "--end"), ["--endpoint"]),
        (("local", ""), ["up", "lose", "down", "status", "kubeconfig"]),
        (("local", "status", "-o", ""), ["text", "json", "yaml", "jsonpath="]),
        (("completion", ""), ["bash", "zsh", "fish"]),
        (("status", "job/"), ["job/a-submission"]),
        (("status", "job.batch/a-"), ["job.batch/a-submission"]),
        (("status", "pod/"), []),
        (("logs", "demo", "-c", "agent-"), ["agent-1", "agent-2", "agent-3", "agent-4"]),
        (("logs", "demo", "--container=lo"), ["--container=logcopy"]),
        (("logs", "demo", "--timezone", ""), ["a-time zone"]),
        (("logs", "demo", "--color", ""), ["auto", "always", "never"]),
        (("logs", "demo", "-o", ""), ["default", "raw", "json"]),
        (("list", "-o", "y"), ["yaml"]),
        (("list", "-o", "j"), ["json", "jsonpath="]),
        (("list", "--sort-by", "S"), ["STATUS", "SCORE"]),
        (("history", "--sort-by", "G"), ["GPU-H"]),
        (("history", ""), ["a-submission"]),
        (("history", "pin", ""), ["a-submission"]),
        (("compare", "one", ""), ["a-submission"]),
        (("compare", "one", "two", "three", "job/"), ["job/a-submission"]),
        (("launch", "--name", ""), []),
        (("nonsense", ""), list(COMMANDS)),
        (("status", "--nonsense", ""), ["a-submission"]),
    ],
)
def test_at_the_cursor_comes_what_the_parser_would_take(
    words: tuple[str, ...] | str, expected: list[str]
) -> None:
    assert offered(*([words] if isinstance(words, str) else words)) == expected


def test_a_flag_that_was_given_is_not_offered_again_unless_it_may_be() -> None:
    assert "--output" not in offered("launch", "--output", "json", "--")
    assert "--output" not in offered("launch", "-o", "json", "--")
    assert "--set" in offered("launch", "--set", "a=b", "--")


def test_names_are_asked_for_with_the_flags_that_say_which_cluster() -> None:
    asked = []

    def known(kind: str, given: dict[str, str]) -> list[str]:
        asked.append((kind, given))
        return []

    candidates(read(GRAMMAR, ["--context", "lab", "status", "-nraces"]), "", known)
    assert asked == [("submission", {"--context": "lab", "--namespace": "races"})]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("carla-console ", [""]),
        ("carla-console status de", ["status", "de"]),
        ("carla-console --context 'a b' ", ["--context", "a b", ""]),
        ("carla-console --context 'a b", None),
        ("carla-console demo\\", None),
    ],
)
def test_a_line_is_taken_apart_as_a_shell_would_and_not_inside_quotes(
    line: str, words: list[str] | None
) -> None:
    assert shell_words(line) == words


def test_bash_gets_the_part_after_the_character_at_which_it_breaks_words(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert answer(["bash", "=:@", "carla-console list --output=j"]) == 0
    assert capsys.readouterr().out == "words\njson\njsonpath=\n"


def test_a_shell_that_is_not_known_is_told_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert answer(["tcsh", "status", ""]) == 0
    assert answer([]) == 0
    assert capsys.readouterr().out == ""


def remember(wanted: wiring.WantedCluster, *listed: tuple[str, str]) -> None:
    rows = tuple(replace(ROWS[0], namespace=space, name=name) for space, name in listed)
    remembered.remember(remembered.place(wanted), FleetSnapshot(rows, True, "", NOW))


def test_submissions_are_those_of_the_list_that_was_last_known_for_these_flags() -> None:
    remember(wiring.WantedCluster(), ("races", "one"), ("tests", "two"))
    remember(wiring.WantedCluster(context="lab"), ("races", "three"))
    assert list(known_names.known("submission", {})) == ["one", "two"]
    assert list(known_names.known("submission", {"--namespace": "tests"})) == ["two"]
    assert list(known_names.known("submission", {"--context": "lab"})) == ["three"]
    assert list(known_names.known("submission", {"--context": "other"})) == []
    assert list(known_names.known("submission", {"--local": ""})) == []
    remember(wiring.WantedCluster(local=True), ("default", "four"))
    assert list(known_names.known("submission", {"--local": ""})) == ["four"]
    assert list(known_names.known("submission", {})) == ["one", "two"]


def test_a_list_of_one_namespace_is_not_offered_for_another() -> None:
    remember(wiring.WantedCluster(namespace="races"), ("races", "one"))
    assert list(known_names.known("submission", {"--namespace": "races"})) == ["one"]
    assert list(known_names.known("submission", {"--namespace": "tests"})) == []


@pytest.mark.parametrize("name", ["$(reboot)", "a b", "a;b", "`x`", "a\nb", "\x1b[2J", "Ä", ""])
def test_a_name_that_kubernetes_would_not_take_is_left_out(name: str) -> None:
    remember(wiring.WantedCluster(), ("races", name), (name, "two"), ("races", "three"))
    assert list(known_names.known("submission", {})) == ["three", "two"]
    assert list(known_names.known("namespace", {})) == ["races"]


def kubeconfig(path: Path, *contexts: object) -> Path:
    path.write_text(json.dumps({"contexts": list(contexts)}))
    return path


def test_contexts_and_their_namespaces_are_those_of_the_kubeconfigs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = kubeconfig(tmp_path / "one", {"name": "lab", "context": {"namespace": "races"}})
    two = kubeconfig(tmp_path / "two", {"name": "arn:aws:eks:eu:1:cluster/x"}, 7, {"context": []})
    monkeypatch.setenv("KUBECONFIG", f"{one}{os.pathsep}{two}{os.pathsep}{tmp_path / 'none'}")
    assert "lab" in known_names.known("context", {})
    assert "arn:aws:eks:eu:1:cluster/x" in known_names.known("context", {})
    assert list(known_names.known("namespace", {})) == ["races"]
    assert list(known_names.known("context", {"--kubeconfig": str(one)})) == ["lab"]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b"a: &a [*a]", b'{"rows": 5}'])
def test_a_file_of_another_shape_holds_no_names(tmp_path: Path, content: bytes) -> None:
    file = paths.last_known_list(str(wiring.WantedCluster()))
    file.parent.mkdir(parents=True)
    file.write_bytes(content)
    config = tmp_path / "config"
    config.write_bytes(content)
    assert list(known_names.known("submission", {})) == []
    assert list(known_names.known("context", {"--kubeconfig": str(config)})) == []


def test_themes_and_profiles_are_those_that_come_with_the_console() -> None:
    assert "leaderboard-dark" in known_names.known("theme", {})
    assert "embedded" in known_names.known("profile or file", {})
    assert list(known_names.known("text", {})) == []


@pytest.mark.parametrize("context", ["$(reboot)", "a b", "a\nb", "\x1b[2J", "x'y", 'x"y', "a\\b"])
def test_what_a_shell_could_take_for_more_than_a_word_is_not_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], context: str
) -> None:
    config = kubeconfig(tmp_path / "config", {"name": context}, {"name": "lab"})
    answer(["zsh", "--kubeconfig", str(config), "--context", ""])
    assert capsys.readouterr().out == "words\nlab\n"


BY_KUBECTL = """apiVersion: v1
clusters:
- cluster:
    server: https://x
  name: no-context
contexts:
- context:
    cluster: c
    extensions:
    - extension:
        namespace: no-namespace
      name: context_info
    namespace: races
    user: u
  name: lab
# by hand
- name: "second"
  context:
    cluster: c
    namespace: 'tests'
- name: third
current-context: lab
users:
- name: no-context-either
"""
INDENTED = """contexts:
  - context: {cluster: c, namespace: unseen}
    name: lab
  - context:
      namespace: tests
    name: second
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (BY_KUBECTL, [("lab", "races"), ("second", "tests"), ("third", "")]),
        (BY_KUBECTL.replace("\n", "\r\n"), [("lab", "races"), ("second", "tests"), ("third", "")]),
        (INDENTED, [("lab", ""), ("second", "tests")]),
        ("contexts: []\n", []),
        ("contexts:\n- [a, b]\n- \nname: x\n", []),
        ("", []),
    ],
)
def test_contexts_are_read_as_kubectl_writes_them(text: str, expected: list[object]) -> None:
    assert list(contexts(text)) == expected


def test_a_flag_that_may_be_given_several_times_is_offered_again() -> None:
    assert "--include" in offered("logs", "demo", "-i", "error", "--in")
    assert "--container" in offered("logs", "demo", "-c", "agent-1", "--cont")
    assert "--pair" not in offered("logs", "demo", "--pair", "1", "--pa")
