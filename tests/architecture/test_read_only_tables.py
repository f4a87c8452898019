"""Each command, and each key that changes something, is known to a read-only console."""

from __future__ import annotations

from fakes.changing_commands import CHANGING, DANGEROUS, LOOKING

from console.cli.loading import COMMANDS
from console.tui.navigation import screen_classes
from console.tui.user_files.added import NO_FILES


def test_of_each_command_it_is_told_whether_it_changes_something() -> None:
    assert {*COMMANDS} == {*CHANGING} | LOOKING
    assert not {*CHANGING} & LOOKING


def test_what_changes_the_cluster_or_a_recording_is_dangerous_on_each_screen() -> None:
    keys = [each.screen_keys(NO_FILES) for each in screen_classes()]
    found = {each.word: {c.name for c in each.commands if c.dangerous} for each in keys}
    assert {word: names for word, names in found.items() if names} == DANGEROUS
