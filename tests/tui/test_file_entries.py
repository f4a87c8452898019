"""One entry of a user's file: what it may say, and what each mistake is called and where it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.binding import BindingsMap

from console.errors import InvalidInput
from console.specs.tree import parse
from console.tui.commands import Command, bindings
from console.tui.file_mistakes import told
from console.tui.keyed_screens import bind_anew, shown_keys
from console.tui.user_files.added import KeyChoices, UserFiles
from console.tui.user_files.entries import FileEntry
from console.tui.user_files.loading import load
from console.tui.user_keys import KeyedCommands

TEXT = """\
name: seven
number: 007
yes_: true
no_: false
words: [a, 1, 2.50]
key: Ctrl-A
nothing:
many:
  - {name: first}
  - {name: second}
by_name:
  one: {name: "1"}
"""


@pytest.fixture
def entry() -> FileEntry:
    document = parse(TEXT, "it.yaml")
    return FileEntry(document, (), document.content)


def test_what_is_right_is_read_as_it_is_written(entry: FileEntry) -> None:
    assert entry.text("name") == "seven"
    assert entry.text("number") == "007"
    assert entry.text("nothing") == ""
    assert entry.switch("yes_")
    assert not entry.switch("no_")
    assert not entry.switch("not said")
    assert entry.texts("words") == ("a", "1", "2.50")
    assert entry.key("key") == "ctrl+a"
    assert [each.text("name") for each in entry.entries("many")] == ["first", "second"]
    assert [(n, each.text("name")) for n, each in entry.named_entries("by_name")] == [("one", "1")]
    assert entry.mistakes == []


def test_a_switch_is_a_word_only_where_a_word_is_wanted(entry: FileEntry) -> None:
    assert entry.text("yes_", bool_too=True) == "true"
    assert entry.mistakes == []
    assert entry.text("yes_") == ""
    assert entry.mistakes == ["it.yaml, line 3: yes_ is no text."]


def test_each_mistake_has_its_line_and_its_way_out(entry: FileEntry) -> None:
    entry.text("nothing", needed=True)
    entry.switch("name")
    entry.texts("name")
    entry.texts("not there", needed=True)
    entry.key("name")
    list(entry.entries("name"))
    list(entry.named_entries("words"))
    assert entry.mistakes == [
        "it.yaml, line 7: nothing is missing: add 'nothing: …'.",
        "it.yaml, line 1: name is neither true nor false.",
        "it.yaml, line 1: name is no list of texts; begin each with '- '.",
        "it.yaml, line 1: not there is missing: add 'not there: [all]'.",
        "it.yaml, line 1: name is no key: 'seven'. Write it as a, Shift-A, Ctrl-A, F2, ?.",
        "it.yaml, line 1: name is no list.",
        "it.yaml, line 5: words is no mapping; write 'name:', and its fields below.",
    ]


def test_what_means_nothing_is_told_with_what_is_near(entry: FileEntry) -> None:
    entry.only(("name", "number", "yes_", "no_", "words", "key", "nothing", "many", "byname"))
    assert entry.mistakes == ["it.yaml, line 11: by_name means nothing here. Did you mean byname?"]


# --- all files together


def test_files_without_a_mistake_say_nothing() -> None:
    assert told(UserFiles()) is None
    assert told(UserFiles(keys=KeyChoices({"results": ("f5",)}))) is None


def test_one_bad_file_is_told_in_its_own_words() -> None:
    wrong = InvalidInput("keys.yaml cannot be read.", why="It is a folder.")
    assert told(UserFiles(problems=(wrong,))) is wrong


def test_several_mistakes_are_one_error_with_all_of_them(tmp_path: Path) -> None:
    (tmp_path / "aliases.yaml").write_text("aliases: 1\n")
    (tmp_path / "keys.yaml").write_text("keys: {resluts: F5}\n")
    error = told(load(tmp_path))
    assert error is not None
    assert error.what == "Files of yours have mistakes."
    assert "aliases.yaml" in error.why
    assert "keys.resluts names no command. Did you mean results?" in error.why
    assert "What else is in them is used." in error.fix


# --- Textual's bindings


def command(name: str, key: str, shown: str | None = None) -> Command:
    return Command(name, key, name, name, lambda _screen: None, key_display=shown)


def test_a_changed_command_is_bound_to_its_new_keys_alone() -> None:
    bound = BindingsMap(bindings((command("one", "a,b"), command("two", "c"))))
    bind_anew(bound, KeyedCommands({"one": command("one", "x,c"), "two": command("two", "")}))
    assert {key: [each.id for each in found] for key, found in bound.key_to_bindings.items()} == {
        "x": ["console.one"],
        "c": ["console.one"],
    }


def test_what_is_added_is_bound_as_well() -> None:
    bound = BindingsMap(bindings((command("one", "a"),)))
    bind_anew(bound, KeyedCommands(added=(command("new", "f5"),)))
    assert set(bound.key_to_bindings) == {"a", "f5"}


def test_the_key_that_is_shown_is_the_first_or_what_stands_for_all() -> None:
    assert shown_keys(command("one", "ctrl+k,x")) == "^k"
    assert shown_keys(command("one", "escape,q", "esc")) == "esc"
    assert shown_keys(command("one", "")) == ""
