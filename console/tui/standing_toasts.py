"""The toasts of calls: each waits for a key, and goes by itself when all of it has passed."""

from __future__ import annotations

from collections.abc import Sequence, Set
from math import inf
from typing import TYPE_CHECKING, Protocol

from console.presentation.call_words import SHOWN, headline, is_good, is_trouble, summary

if TYPE_CHECKING:
    from textual.notifications import SeverityLevel

    from console.domain.calls import Call

TOAST_SECONDS = inf
"""It waits for a key: it comes when nobody looks."""
_MOST = 64
"""Those that are remembered; a screen shows fewer."""


class Toasted(Protocol):
    """What of the app this needs."""

    def notify(
        self, message: str, *, title: str = "", severity: SeverityLevel = ..., timeout: float | None
    ) -> None: ...

    def take_back(self, message: str, title: str) -> None: ...


class StandingToasts:
    """Of one console."""

    def __init__(self, screens: Toasted) -> None:
        self._screens = screens
        self._shown: dict[tuple[str, str], Set[str]] = {}
        """By text and title: the identities of the calls that still hold."""

    def tell(self, calls: Sequence[Call]) -> None:
        """Many at once are one: they must not cover the screen."""
        if len(calls) > SHOWN:
            self._show(calls, summary(calls), f"{len(calls)} calls")
            return
        for each in calls:
            self._show([each], each.text, headline(each))

    def _show(self, calls: Sequence[Call], text: str, title: str) -> None:
        severity: SeverityLevel = "error" if any(map(is_trouble, calls)) else "warning"
        if all(map(is_good, calls)):
            severity = "information"
        self._screens.notify(text, title=title, severity=severity, timeout=TOAST_SECONDS)
        self._shown[text, title] = {each.identity for each in calls}
        if len(self._shown) > _MOST:
            del self._shown[next(iter(self._shown))]

    def take_back(self, over: Set[str]) -> None:
        """Those calls hold no longer."""
        if not over:
            return
        for (text, title), told in tuple(self._shown.items()):
            left = told - over
            if left:
                self._shown[text, title] = left
            else:
                del self._shown[text, title]
                self._screens.take_back(text, title)
