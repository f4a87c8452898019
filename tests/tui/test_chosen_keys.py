"""Who has a key, when a user's files and our own screens both want it."""

from __future__ import annotations

from collections import Counter

import pytest

from console.tui.commands import Command
from console.tui.console_commands import CONSOLE_COMMANDS
from console.tui.keyed_screens import ScreenKeys, mistakes
from console.tui.navigation import SCREENS, screen_classes
from console.tui.places import Place
from console.tui.screens.replaying import REPLAYING
from console.tui.screens.screen import ConsoleScreen
from console.tui.user_files.added import KeyChoices, UserFiles
from console.tui.user_keys import MOVING, Added, KeyedCommands, keyed, keys_of

EVERY = screen_classes()


def command(name: str, key: str) -> Command:
    return Command(name, key, name.capitalize(), f"Does {name}", lambda _screen: None)


ONE, TWO, THREE = command("one", "a"), command("two", "b,B"), command("three", "c")
OURS = (ONE, TWO, THREE)
HELP = command("help", "question_mark")


def keys(found: KeyedCommands) -> dict[str, tuple[str, ...]]:
    ours = {each.name: found.changed.get(each.name, each) for each in OURS}
    every = {**ours, **{each.name: each for each in found.added}}
    return {name: keys_of(each) for name, each in every.items()}


def added(name: str, key: str, *, override: bool = False) -> Added:
    return Added(command(name, key), override, "plugins.yaml")


def test_without_a_choice_nothing_changes() -> None:
    assert keyed(OURS, {}) == KeyedCommands()


def test_a_chosen_key_replaces_all_that_a_command_had() -> None:
    found = keyed(OURS, {"two": ("x",)})
    assert keys(found)["two"] == ("x",)
    assert found.changed["two"].help == "Does two"
    assert set(found.changed) == {"two"}
    assert found.collisions == ()


def test_two_commands_change_their_keys_with_each_other() -> None:
    found = keyed(OURS, {"one": ("c",), "three": ("a",)})
    assert keys(found) == {"one": ("c",), "two": ("b", "B"), "three": ("a",)}
    assert found.collisions == ()


def test_a_key_that_is_taken_from_another_is_told_where_that_has_none_left() -> None:
    found = keyed(OURS, {"one": ("c",)})
    assert keys(found)["three"] == ()
    assert found.collisions == ("keys.yaml: c is for one now, and three has no key",)


def test_a_command_that_keeps_another_key_is_not_complained_about() -> None:
    found = keyed(OURS, {"one": ("b",)})
    assert keys(found) == {"one": ("b",), "two": ("B",), "three": ("c",)}
    assert found.collisions == ()


def test_of_two_choices_of_one_key_the_first_has_it() -> None:
    found = keyed(OURS, {"one": ("x",), "two": ("x", "y")})
    assert keys(found)["one"] == ("x",)
    assert keys(found)["two"] == ("y",)
    assert found.collisions == ("keys.yaml: x of two is for one",)


@pytest.mark.parametrize("key", sorted(MOVING))
def test_the_keys_that_move_and_leave_are_nobodys(key: str) -> None:
    found = keyed(OURS, {"one": (key,)})
    assert keys(found)["one"] == ()
    assert "is for moving and leaving" in found.collisions[0]


def test_a_choice_for_a_command_of_another_screen_changes_nothing_here() -> None:
    assert keyed(OURS, {"four": ("a",)}) == KeyedCommands()


def test_what_a_file_adds_takes_a_free_key() -> None:
    found = keyed(OURS, {}, [added("new", "n")])
    assert keys(found)["new"] == ("n",)
    assert found.collisions == ()


def test_what_a_file_adds_takes_a_key_of_ours_only_where_it_says_so() -> None:
    found = keyed(OURS, {}, [added("new", "a"), added("strong", "c", override=True)])
    assert keys(found) == {"one": ("a",), "two": ("b", "B"), "three": (), "strong": ("c",)}
    assert found.collisions == ("plugins.yaml: a of new is for one",)


def test_a_choice_of_the_user_is_stronger_than_what_overrides() -> None:
    found = keyed(OURS, {"one": ("x",)}, [added("strong", "x", override=True)])
    assert keys(found) == {"one": ("x",), "two": ("b", "B"), "three": ("c",)}
    assert found.collisions == ("plugins.yaml: x of strong is for one",)


def test_a_key_that_a_choice_sets_free_can_be_had() -> None:
    found = keyed(OURS, {"one": ("x",)}, [added("new", "a")])
    assert keys(found)["new"] == ("a",)


def test_the_consoles_own_keys_are_told_of_and_stay_its_own() -> None:
    found = keyed(OURS, {"one": ("question_mark",)}, beneath=[HELP])
    assert keys(found)["one"] == ("question_mark",)
    assert set(found.changed) == {"one"}
    assert found.collisions == ("keys.yaml: ? is for one now, and help has no key",)


# --- over all screens


def told(**choices: object) -> list[str]:
    files = UserFiles(keys=KeyChoices(**choices))  # type: ignore[arg-type]
    return list(mistakes([each.screen_keys(files) for each in EVERY], files))


def test_a_name_that_is_nothing_is_told_with_what_is_near() -> None:
    assert told(everywhere={"resluts": ("x",)}) == [
        "keys.yaml: keys.resluts names no command. Did you mean results?"
    ]
    assert told(on_screen={"montor": {"logs": ("x",)}}) == [
        "keys.yaml: keys.montor names no screen. Did you mean monitor?"
    ]
    assert told(on_screen={"monitor": {"folow": ("x",)}})[0].startswith(
        "keys.yaml: monitor has no command folow."
    )


def test_the_consoles_own_commands_can_be_named() -> None:
    assert told(everywhere={"help": ("f12",), "last_view": ("f11",)}) == []


def test_what_is_taken_twice_is_told_once_with_its_screens() -> None:
    twice = told(everywhere={"results": ("l",)})
    assert twice[0].startswith("keys.yaml: l is for results now, and logs has no key (")
    assert "submissions" in twice[0]
    assert "monitor" in twice[0]
    assert len(twice) == 1


def test_every_place_has_a_screen_whose_keys_can_be_chosen() -> None:
    words = {each.TITLE_WORD.lower() for each in EVERY}
    assert len(words) == len(EVERY)
    places = {place.value for place in SCREENS} - {Place.COMPARISON.value}
    assert {*places, Place.SUBMISSIONS.value, "compare"} <= words


@pytest.mark.parametrize("screen", EVERY, ids=lambda each: each.__name__)
def test_no_screen_has_two_commands_of_one_name_or_on_one_key(
    screen: type[ConsoleScreen],
) -> None:
    there = screen.screen_keys(UserFiles()).commands
    assert [name for name, n in Counter(each.name for each in there).items() if n > 1] == []
    # A replay's keys come before a screen's own, and are there only while one is shown.
    usual = [each for each in there if each not in REPLAYING]
    twice = Counter(key for each in usual for key in keys_of(each))
    assert [key for key, n in twice.items() if n > 1] == []


@pytest.mark.parametrize("screen", EVERY, ids=lambda each: each.__name__)
def test_every_command_says_what_it_does_in_words_that_can_be_found(
    screen: type[ConsoleScreen],
) -> None:
    for each in (*screen.screen_keys(UserFiles()).commands, *CONSOLE_COMMANDS):
        assert each.label
        assert each.help[0].isupper() or not each.help[0].isalpha()
        assert not each.help.endswith(".")
        assert keys_of(each)


@pytest.mark.parametrize("screen", EVERY, ids=lambda each: each.__name__)
def test_only_keys_with_a_reason_hide_one_of_the_consoles(screen: type[ConsoleScreen]) -> None:
    """`-` zooms beside `+` in the inspection, and is said to there."""
    own = {key for each in screen.screen_keys(UserFiles()).commands for key in keys_of(each)}
    console = {key for each in CONSOLE_COMMANDS for key in keys_of(each)}
    hidden = {"InspectScreen": {"minus"}}.get(screen.__name__, set())
    assert own & console == hidden


def test_a_screens_word_is_how_the_files_call_it() -> None:
    assert {each.screen_keys(UserFiles()).word for each in EVERY} >= {"logs", "monitor", "inspect"}
    assert isinstance(EVERY[0].screen_keys(UserFiles()), ScreenKeys)
