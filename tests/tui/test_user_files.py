"""Files of the user's in k9s' forms: what is right in them is used, and what is wrong is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from console.tui.user_files.added import NO_FILES, HotKey, InputKind, UserFiles
from console.tui.user_files.key_names import key_name, shown_key
from console.tui.user_files.loading import load

# As they stand in k9s' own documents and tests.
K9S = {
    "aliases.yaml": """
# $XDG_CONFIG_HOME/k9s/aliases.yaml
aliases:
  # Use pp as an alias for Pod
  pp: v1/pods
  dp: "apps/v1/deployments"
""",
    "hotkeys.yaml": """
hotKeys:
  pods:
    shortCut: shift-0
    description: Launch pod view
    command: pods
  # Hitting Shift-1 navigates to jobs
  shift-1:
    shortCut:    Shift-1
    description: View jobs
    command:     jobs
    keepHistory: true
""",
    "plugins.yaml": """
plugins:
  # Leverage stern (https://github.com/stern/stern) to output logs.
  stern:
    shortCut: Ctrl-Y
    confirm: false
    description: "Logs <Stern>"
    scopes:
      - pods
    command: stern
    background: false
    args:
      - --tail
      - 50
      - $FILTER
      - -n
      - $NAMESPACE
      - --context
      - $CONTEXT
  debug:
    shortCut: Shift-D
    description: Add debug container
    dangerous: true
    scopes:
      - containers
    command: bash
    background: false
    confirm: true
    args:
      - -c
      - "kubectl --kubeconfig=$KUBECONFIG debug -it --context $CONTEXT -n=$NAMESPACE $POD --target=$NAME --image=nicolaka/netshoot:v0.12 --share-processes -- bash"
""",
}
SNIPPET = """
shortCut: Shift-T
description: Trace
scopes: [all]
command: trace
inputs:
  - {name: seconds, label: How long, type: number, required: true, default: 30}
  - {name: deep, type: bool, default: false}
  - {name: kind, type: dropdown, options: [dns, tcp]}
"""


def written(folder: Path, **files: str) -> UserFiles:
    """`loaded` of files by their names without the ending."""
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text)
    return load(folder)


@pytest.fixture
def of_k9s(tmp_path: Path) -> UserFiles:
    for name, text in K9S.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "trace.yaml").write_text(SNIPPET)
    return load(tmp_path)


def mistakes(files: UserFiles) -> str:
    return "\n".join(map(str, files.problems))


def test_without_any_file_nothing_is_added_and_nothing_wrong(tmp_path: Path) -> None:
    assert load(tmp_path) is NO_FILES
    assert load(tmp_path / "no such folder") is NO_FILES


def test_what_k9s_takes_is_taken_as_it_is(of_k9s: UserFiles) -> None:
    assert mistakes(of_k9s) == ""
    assert of_k9s.aliases == {"pp": "v1/pods", "dp": "apps/v1/deployments"}
    assert of_k9s.hotkeys == (
        HotKey("pods", "right_parenthesis", "pods", "Launch pod view"),
        HotKey("shift-1", "exclamation_mark", "jobs", "View jobs"),
    )
    stern, debug, trace = of_k9s.plugins
    assert (stern.name, stern.key, stern.scopes) == ("stern", "ctrl+y", ("pods",))
    assert stern.args[:3] == ("--tail", "50", "$FILTER")
    assert (debug.key, debug.dangerous, debug.confirm, debug.background) == ("D", True, True, False)
    assert (trace.name, trace.key) == ("trace", "T")
    assert [each.kind for each in trace.inputs] == [
        InputKind.NUMBER,
        InputKind.BOOL,
        InputKind.DROPDOWN,
    ]
    assert [each.default for each in trace.inputs] == ["30", "false", ""]
    assert trace.inputs[0].required


@pytest.mark.parametrize(
    ("file", "text", "told"),
    [
        ("aliases", "aliases: [a]", "aliases is no mapping"),
        ("aliases", "alias: {a: logs}", "line 1: alias means nothing here. Did you mean aliases?"),
        ("aliases", "aliases:\n  pp:\n", "line 2: aliases.pp is missing"),
        ("hotkeys", "hotKeys:\n  a: {command: logs}", "hotKeys.a.shortCut is missing"),
        ("hotkeys", "hotKeys:\n  a: {shortCut: Hyper-X, command: logs}", "'Hyper-X'. Write it as"),
        ("hotkeys", "hotKeys:\n  a: {shortCut: a}", "hotKeys.a.command is missing"),
        ("hotkeys", "hotKeys:\n  a: b\n", "line 2: hotKeys.a is no mapping"),
        ("hotkeys", "hotKeys: {a: ", "hotkeys.yaml, line 1"),
        ("plugins", "plugins:\n  p: {shortCut: a, descripton: d}", "Did you mean description?"),
        ("plugins", "plugins:\n  p: {scopes: all}", "plugins.p.scopes is no list"),
        ("plugins", "plugins:\n  p: {confirm: sure}", "plugins.p.confirm is neither true nor"),
        ("plugins", "plugins:\n  p: {inputs: [{name: a b, type: word}]}", "name has other charact"),
        (
            "plugins",
            "plugins:\n  p: {inputs: [{name: a, type: word}]}",
            "type is no type of an inp",
        ),
        ("plugins", "plugins:\n  p: {inputs: [{name: a, type: dropdown}]}", "options is missing"),
        ("keys", "keys:\n  logs: Hyper-X\n", "line 2: keys.logs is no key: 'Hyper-X'"),
        ("keys", "keys:\n  logs: []\n", "names no key"),
        ("keys", "logs: l\n", "logs means nothing here"),
    ],
)
def test_a_mistake_is_told_with_its_file_line_and_field(
    tmp_path: Path, file: str, text: str, told: str
) -> None:
    found = mistakes(written(tmp_path, **{file: text}))
    assert f"{file}.yaml" in found
    assert told in found


def test_what_is_right_beside_a_mistake_is_used(tmp_path: Path) -> None:
    files = written(
        tmp_path,
        aliases="aliases: {lg: logs, wrong: [1]}",
        plugins="plugins:\n  bad: {shortCut: b}\n  good: {shortCut: g, description: d, scopes: [all], command: c}",
        hotkeys="not yaml: [",
        keys="keys: {logs: L, results: [Ctrl-R, 1], monitor: {cancel: X}, events: Hyper-E}",
    )
    assert files.aliases == {"lg": "logs"}
    assert [each.name for each in files.plugins] == ["good"]
    assert files.keys.of("history") == {"logs": ("L",), "results": ("ctrl+r", "1")}
    assert files.keys.of("monitor")["cancel"] == ("X",)
    assert len(files.problems) == 4


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "keys.yaml").mkdir()
    (tmp_path / "aliases.yaml").write_bytes(b"aliases: {a: \xff}")
    told = mistakes(load(tmp_path))
    assert "keys.yaml cannot be read" in told
    assert "aliases.yaml is not text in UTF-8" in told


@pytest.mark.parametrize(
    ("written", "name", "shown"),
    [
        ("a", "a", "a"),
        ("Shift-A", "A", "A"),
        ("Ctrl-Y", "ctrl+y", "^y"),
        ("ctrl+k", "ctrl+k", "^k"),
        ("Shift-0", "right_parenthesis", ")"),
        ("F5", "f5", "f5"),
        ("esc", "escape", "esc"),
        ("?", "question_mark", "?"),
        ("-", "minus", "-"),
        ("Ctrl-Space", "ctrl+@", "^space"),
        ("Ctrl-I", "tab", "tab"),
        ("shift+right", "shift+right", "shift+→"),
        ("ctrl--", "ctrl+minus", "^-"),
        ("left_square_bracket", "left_square_bracket", "["),
    ],
)
def test_keys_are_named_as_k9s_and_as_the_help_do(written: str, name: str, shown: str) -> None:
    assert key_name(written) == name
    assert shown_key(name) == shown


@pytest.mark.parametrize("word", ["Hyper-a", "ctrl-", "foo", "Ctrl-foo", "--"])
def test_what_is_no_key_is_refused(word: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        key_name(word)


def test_a_key_of_blanks_is_a_mistake_and_no_end_of_the_console(tmp_path: Path) -> None:
    (tmp_path / "hotkeys.yaml").write_text("hotKeys:\n  a: {shortCut: ' ', command: logs}\n")
    (tmp_path / "keys.yaml").write_text("keys: {cancel: ' '}\n")
    files = load(tmp_path)
    assert len(files.problems) == 2
    assert all("is no key: ' '" in error.why for error in files.problems)
