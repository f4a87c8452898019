"""What a user's hot keys and plugins are on a screen: commands like ours."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from console.domain.hostile_text import neutralise
from console.tui.commands import Command
from console.tui.plugins import fits, why_not
from console.tui.user_files.added import HotKey, UserFiles, UserPlugin
from console.tui.user_keys import OF_HOTKEYS, OF_PLUGINS, Added

Screen = Any


def added(files: UserFiles, screen: str) -> tuple[Added, ...]:
    """Those of that screen."""
    hot = (Added(_hot(each), each.override, "hotkeys.yaml") for each in files.hotkeys)
    plugged = (
        Added(_plugged(each), each.override, "plugins.yaml")
        for each in files.plugins
        if fits(each, screen)
    )
    return (*hot, *plugged)


def _hot(hot: HotKey) -> Command:
    told = neutralise(hot.description or hot.name)

    def run(screen: Screen) -> Awaitable[None]:
        said: Awaitable[None] = screen.host.say(hot.command)
        return said

    return Command(f"{OF_HOTKEYS}{hot.name}", hot.key, told, told, run, show=False)


def _plugged(plugin: UserPlugin) -> Command:
    told = neutralise(plugin.description)
    why: Callable[[Screen], str] = partial(why_not, plugin)
    return Command(
        f"{OF_PLUGINS}{plugin.name}",
        plugin.key,
        told,
        f"{told} ({neutralise(plugin.command)})",
        partial(_run, plugin),
        why,
        dangerous=plugin.dangerous,
    )


async def _run(plugin: UserPlugin, screen: Screen) -> None:
    from console.tui.screens.running_plugins import run_plugin

    await run_plugin(plugin, screen)
