"""What is known of Textual's stack of screens beyond its documentation; its version is pinned."""

from __future__ import annotations

from typing import Any

from textual.app import App
from textual.screen import Screen


def replace_lowest(app: App[Any], screen: Screen[Any]) -> None:
    """That screen instead of the one that is alone on the stack.

    The one that the app began with waits for no answer, and Textual takes a waiting one off.
    """
    alone = app.screen
    if not alone._result_callbacks:
        alone._push_result_callback(alone, None)
    app.switch_screen(screen)
