"""An answer that is no success, as an error a person can act on. Pure."""

from __future__ import annotations

from datetime import datetime

import msgspec

from console.cluster.proxies import Proxy
from console.domain.hostile_text import neutralise
from console.errors import ClusterUnreachable, Conflict, ConsoleError, Forbidden, InvalidInput
from console.errors import NotFound as ObjectNotFound

LOCAL_OFFER = (
    "Check the address and the network, or start on the embedded cluster: carla-console --local"
)
LONGEST_MESSAGE = 1500


class Expired(ConsoleError):
    """The resource version or the continue token is too old: list again."""


class Throttled(ConsoleError):
    """The server answered 429 or 5xx until patience ended."""


class Reply(msgspec.Struct, frozen=True):
    """A `Status` object, as much of it as matters."""

    code: int = 0
    reason: str = ""
    message: str = ""


class Asked(msgspec.Struct, frozen=True):
    """What was asked for, in the words of a role: verb, resource, namespace, name."""

    verb: str
    resource: str
    namespace: str | None = None
    name: str = ""

    def __str__(self) -> str:
        where = f" in namespace {self.namespace}" if self.namespace else ""
        return f"{self.verb} {self.resource}{f' {self.name}' if self.name else ''}{where}"


def reply_of(body: bytes, code: int) -> Reply:
    """The Status in an answer's body; for any other text its beginning as the message."""
    try:
        reply = msgspec.json.decode(body, type=Reply)
    except msgspec.DecodeError:
        return Reply(code, "", neutralise(body[:300].decode(errors="replace").replace("\n", " ")))
    message = " ".join(neutralise(reply.message.replace("\n", " ")).split())
    return Reply(reply.code or code, reply.reason, message[:LONGEST_MESSAGE])


def error_of(
    asked: Asked, code: int, body: bytes, *, expired: datetime | None = None
) -> ConsoleError:
    """Our error for that answer; `expired`: when the token that was sent had ended, if it had."""
    reply = reply_of(body, code)
    said = reply.message or f"The server answered {code}."
    if code == 401:
        return _not_logged_in(said, expired)
    if code == 403:
        return Forbidden(
            f"The cluster does not allow: {asked}.",
            why=said,
            fix=f"Ask for a role with verb {asked.verb!r} on {asked.resource!r}.",
        )
    if code == 404:
        return ObjectNotFound(f"Not found: {asked}.", why=said)
    if code == 409:
        return Conflict(f"The cluster refused: {asked}.", why=said)
    if code == 410 or reply.reason in ("Expired", "Gone"):
        return Expired(f"The server has forgotten that state: {asked}.", why=said)
    if code in (400, 413, 415, 422):
        return InvalidInput(f"The cluster rejected: {asked}.", why=said)
    if code == 429 or code >= 500:
        return Throttled(f"The cluster could not do it: {asked}.", why=said, fix="Try again later.")
    return ConsoleError(f"The cluster answered {code}: {asked}.", why=said)


def _not_logged_in(said: str, expired: datetime | None) -> Forbidden:
    what = "The cluster does not accept these credentials."
    if expired is not None:
        what = f"The login has expired, at {expired:%Y-%m-%d %H:%M:%S} UTC."
    return Forbidden(
        what,
        why=said,
        fix="Log in again: a console that is open goes on with the renewed kubeconfig. "
        "Or choose another context with --context.",
    )


def unreachable(
    server: str, error: BaseException, proxy: Proxy | None = None
) -> ClusterUnreachable:
    """No answer at all; the proxy on the way is named, whoever named it."""
    text = str(error) or type(error).__name__
    if isinstance(error, TimeoutError):
        text = "No answer in time."
    through = f" through the proxy {proxy}" if proxy else ""
    return ClusterUnreachable(
        f"The cluster at {server} cannot be reached{through}.",
        why=neutralise(text),
        fix=f"Check the proxy, or let NO_PROXY name the server. {LOCAL_OFFER}"
        if proxy
        else LOCAL_OFFER,
    )
