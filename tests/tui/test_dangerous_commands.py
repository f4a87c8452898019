"""What changes something for good is known as such, so that it can be switched off as a whole."""

from __future__ import annotations

from console.tui.commands import Command
from console.tui.screens.compose import ComposeScreen
from console.tui.screens.history import HistoryScreen
from console.tui.screens.monitor import MonitorScreen
from console.tui.screens.submissions import SubmissionsScreen


def dangerous(commands: tuple[Command, ...]) -> set[str]:
    return {each.name for each in commands if each.dangerous}


def test_what_changes_the_cluster_or_destroys_a_recording_is_dangerous() -> None:
    assert dangerous(SubmissionsScreen.commands) == {"cancel", "resume", "delete", "shell"}
    assert dangerous(MonitorScreen.commands) == {"cancel", "resume", "delete", "shell"}
    assert dangerous(ComposeScreen.commands) == {"launch", "preflight"}
    assert dangerous(HistoryScreen.commands) == {"remove"}
