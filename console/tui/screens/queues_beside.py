"""The queues of Kueue, asked beside a form that is complete without them."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from console.errors import ConsoleError
from console.tui.form_state import PROFILE, QUEUE
from console.tui.widgets.form import Form

if TYPE_CHECKING:
    from console.tui.filled_form import FilledForm
    from console.tui.screens.screen import ConsoleScreen

log = logging.getLogger(__name__)


async def offer_queues(screen: ConsoleScreen, filled: FilledForm, then: Callable[[], None]) -> None:
    """Show the field of the queue once they are told, `then` judge the form anew; where there is
    none it does not exist."""
    try:
        told = await screen.backend.queues()
    except ConsoleError as error:
        log.info("No queues are offered: %s", error)
        return
    form = screen.query_one_optional(Form)
    if form is None or not screen.is_mounted:
        return
    found = filled.offer(told, form.values.get(QUEUE, ""))
    if found is not None:
        await form.put(*found, PROFILE)
        then()
