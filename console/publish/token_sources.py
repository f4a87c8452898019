"""The token of a host of a challenge, from where its owner keeps it: a file, a Secret, a keyring.

Nothing of it is written anywhere, and what is held is held in memory and for a minute at most. What
has to be done where it cannot be read is in the errors.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from threading import Thread

from console.errors import ConsoleError, Forbidden, NotFound
from console.operations.ports.evalai import EvalAiBusy, EvalAiLogin
from console.operations.ports.publishing_settings import (
    KeptInFile,
    KeptInKeyring,
    KeptInSecret,
    SecretReader,
    TokenPlace,
)
from console.publish.evalai_token import LONGEST, TokenSource, token_in

HELD_SECONDS = 60.0
"""So long a Secret's value counts as read: between a look and what is sent after it no cluster is
asked."""
KEYRING_SECONDS = 20.0
"""A desktop may ask its user for a password meanwhile."""
EXTRA = "pip install 'carla-leaderboard-console[keyring]'"


def token_source(place: TokenPlace, secrets: SecretReader | None) -> TokenSource:
    """Reads nothing yet. `secrets`: the cluster; None where none is asked."""
    match place:
        case KeptInFile():
            return TokenInFile(place.path)
        case KeptInSecret():
            return TokenInSecret(place, secrets)
        case KeptInKeyring():
            return TokenInKeyring(place)


class TokenInFile:
    """Read at each use: a new one counts at once, and none is held."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def token(self) -> str:
        return await asyncio.to_thread(self.read)

    def read(self) -> str:
        """Raises EvalAiLogin."""
        try:
            with self._path.open(encoding="utf-8") as file:
                told = file.read(LONGEST + 1)
        except (OSError, ValueError) as error:
            why = f"Its file cannot be read: {str(self._path)!a} ({type(error).__name__})."
            raise EvalAiLogin(why) from None
        return token_in(told, f"Its file {str(self._path)!a}")

    def refused(self) -> None:
        """Nothing is held."""


class TokenInSecret:
    """By the login that the submissions are looked at with, and with its rights."""

    def __init__(
        self,
        place: KeptInSecret,
        secrets: SecretReader | None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._place, self._secrets, self._now = place, secrets, now
        self._held: tuple[str, float] | None = None

    async def token(self) -> str:
        if self._held is None or self._now() - self._held[1] >= HELD_SECONDS:
            self._held = (await self._read(), self._now())
        return self._held[0]

    def refused(self) -> None:
        self._held = None

    async def _read(self) -> str:
        place = self._place
        if self._secrets is None:
            raise EvalAiBusy(
                f"The {place} is in a cluster, and none is asked here.", not_taken=True
            )
        try:
            value = await self._secrets.secret(place.namespace, place.name, place.key)
        except Forbidden as error:
            raise self._login(f"may not be read by this login: {error.why}", self._role) from None
        except NotFound as error:
            raise self._login(f"is not there: {error.what}", self._made) from None
        except ConsoleError as error:
            why = f"The {place} cannot be read now: {error.what} {error.why}".strip()
            raise EvalAiBusy(why, not_taken=True) from None
        return token_in(value.decode(errors="replace"), f"The {place}")

    def _login(self, why: str, fix: str) -> EvalAiLogin:
        return EvalAiLogin(f"The {self._place} {why}", fix)

    @property
    def _role(self) -> str:
        place = self._place
        return (
            f"Let it: kubectl -n {place.namespace} create role evalai-token --verb=get"
            f" --resource=secrets --resource-name={place.name}, and bind that role to it."
        )

    @property
    def _made(self) -> str:
        """The token is in no argument of it."""
        place = self._place
        return (
            f"Make it: kubectl -n {place.namespace} create secret generic {place.name}"
            f" --from-file={place.key}=FILE, where FILE holds the token."
        )


class TokenInKeyring:
    """Asked in a thread of its own: a keyring that is locked may wait for its user for ever."""

    def __init__(self, place: KeptInKeyring, seconds: float = KEYRING_SECONDS) -> None:
        self._place, self._seconds = place, seconds
        self._asked: Future[str] | None = None

    async def token(self) -> str:
        if self._asked is None or self._asked.done():
            self._asked = _begun(self._read)
        try:
            # Another one would ask the user a second time.
            return await asyncio.wait_for(
                asyncio.shield(asyncio.wrap_future(self._asked)), self._seconds
            )
        except TimeoutError:
            why = f"The keyring has not answered for {self._seconds:g} s: it may be locked."
            raise EvalAiBusy(why, not_taken=True) from None

    def refused(self) -> None:
        """Nothing is held."""

    def _read(self) -> str:
        place = self._place
        found = _asked_keyring(place)
        if found is None:
            told = f"The keyring has nothing of {place.user} for {place.service}."
            raise EvalAiLogin(
                told, f"Put the token there: keyring set {place.service} {place.user}"
            )
        return token_in(found, f"The {place}")


def _asked_keyring(place: KeptInKeyring) -> str | None:
    try:
        import keyring  # an extra, for those who keep it there
        from keyring.errors import KeyringLocked, NoKeyringError
    except ModuleNotFoundError as missing:
        why = f"No keyring can be asked here: the package {missing.name} is not installed."
        raise EvalAiLogin(why, EXTRA) from None
    try:
        return keyring.get_password(place.service, place.user)
    except NoKeyringError:
        raise EvalAiLogin(
            "This machine has no keyring that a program can ask, as most without a desktop.",
            "Name a token-file or a token-secret in publishing.yaml instead.",
        ) from None
    except KeyringLocked:
        raise EvalAiBusy("The keyring is locked.", not_taken=True) from None
    except Exception as error:  # its backend may be anybody's
        why = f"The keyring failed ({type(error).__name__})."
        raise EvalAiBusy(why, not_taken=True) from error


def _begun(work: Callable[[], str]) -> Future[str]:
    """In a thread that keeps no process from ending."""
    future: Future[str] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except ConsoleError as error:
            future.set_exception(error)

    Thread(target=run, name="keyring", daemon=True).start()
    return future
