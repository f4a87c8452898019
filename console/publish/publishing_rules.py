"""What the recorder goes by when it publishes: the user's settings as they are now, and EvalAI by
the token that they name.

A token goes to the server that its owner named, and for the challenges that were named: what a
Job's annotation says was written by whoever may edit Jobs.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from console.domain.facts import EvalAiPlace
from console.operations.ports.publishing_settings import (
    EVERY_SECONDS,
    EvalAiSettings,
    PublishingFile,
    SecretReader,
)
from console.publish.settings_in_force import SettingsInForce

# Most publish nothing, and a recorder that does not brings no HTTP.
if TYPE_CHECKING:
    from console.publish.evalai import EvalAiOverHttp


class RulesAsSet:
    """For one recorder or one command; may be asked from any thread."""

    def __init__(
        self, file: PublishingFile, budget: Path, secrets: SecretReader | None = None
    ) -> None:
        """`budget`: the folder in which all processes of this user count their requests;
        `secrets`: the cluster that a token may be kept in."""
        self._budget, self._secrets = budget, secrets
        none: EvalAiSettings | None = None
        self._settings = SettingsInForce(lambda: file.settings().evalai, none, "publishing")
        self._made: tuple[EvalAiSettings, EvalAiOverHttp] | None = None

    @property
    def period(self) -> timedelta:
        """Between two partial results of a submission, at least."""
        known = self._settings.now()
        return timedelta(seconds=known.seconds if known else EVERY_SECONDS)

    def allows(self, place: EvalAiPlace) -> bool:
        """Whether that server and that challenge are named."""
        known = self._settings.now()
        if known is None:
            return False
        return place.server == known.server and place.challenge in known.challenges

    def evalai(self, server: str) -> EvalAiOverHttp | None:
        """That server by the user's token; None where nothing is sent to it, or not any more."""
        known = self._settings.now()
        if known is None or known.server != server:
            return None
        if self._made is None or self._made[0] != known:
            self._made = known, self._opened(known)
        return self._made[1]

    def _opened(self, known: EvalAiSettings) -> EvalAiOverHttp:
        from console.publish.evalai import EvalAiOverHttp
        from console.publish.evalai_budget import RequestBudget
        from console.publish.token_sources import token_source

        token = token_source(known.token, self._secrets)
        return EvalAiOverHttp(known.server, token, RequestBudget(self._budget))
