"""An answer that is no success, as an error a person can act on. Pure."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from types import MappingProxyType

import msgspec

from console.cluster.patience import asked_to_wait, in_words
from console.cluster.proxies import Proxy
from console.domain.hostile_text import neutralise
from console.errors import (
    ClusterUnreachable,
    Conflict,
    ConsoleError,
    Forbidden,
    InvalidInput,
    LoginRefused,
)
from console.errors import NotFound as ObjectNotFound
from console.struct_library import decoder_of

NETWORK = "Check the address and the network"
CERTIFICATE = "Check certificate-authority and tls-server-name of its cluster in the kubeconfig"
OTHERS = (
    "or name another context (--context), or start on the embedded cluster: carla-console --local"
)
LONGEST_MESSAGE = 1500
LONGEST_PLACE = 200
_LACKS_A_ROLE = re.compile(r"\bcannot \w+ (resource|path) ")
NO_HEADERS: Mapping[str, str] = MappingProxyType({})


class Expired(ConsoleError):
    """The resource version or the continue token is too old: list again."""


class Throttled(ConsoleError):
    """The server answered 429 or 5xx until patience ended."""

    wait: float | None = None
    """Seconds that it asked us to wait."""


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
        reply = decoder_of(Reply).decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Reply(code, "", neutralise(body[:300].decode(errors="replace").replace("\n", " ")))
    message = " ".join(neutralise(reply.message.replace("\n", " ")).split())
    return Reply(reply.code or code, reply.reason, message[:LONGEST_MESSAGE])


def error_of(
    asked: Asked,
    code: int,
    body: bytes,
    *,
    expired: datetime | None = None,
    headers: Mapping[str, str] = NO_HEADERS,
) -> ConsoleError:
    """Our error for that answer; `expired`: when the token that was sent had ended, if it had."""
    if 300 <= code < 400:
        return _redirected(asked, code, headers.get("Location", ""))
    reply = reply_of(body, code)
    said = reply.message or f"The server answered {code}."
    if code == 401:
        return _not_logged_in(said, expired)
    if code == 403:
        return Forbidden(f"The cluster does not allow: {asked}.", why=said, fix=_way(asked, said))
    if code == 404:
        return ObjectNotFound(f"Not found: {asked}.", why=said)
    if code == 409:
        return Conflict(f"The cluster refused: {asked}.", why=said)
    if code == 410 or reply.reason in ("Expired", "Gone"):
        return Expired(f"The server has forgotten that state: {asked}.", why=said)
    if code in (400, 413, 415, 422):
        return InvalidInput(f"The cluster rejected: {asked}.", why=said)
    if code == 429 or code >= 500:
        return _throttled(asked, code, said, asked_to_wait(headers.get("Retry-After")))
    return ConsoleError(f"The cluster answered {code}: {asked}.", why=said)


def _way(asked: Asked, said: str) -> str:
    """To what is not allowed: a right that lacks, or what its admission refuses."""
    if asked.verb == "create" and not _LACKS_A_ROLE.search(said):
        from console.domain.blocking_rules import ADMISSIONS, fitting  # a list makes nothing

        if (rule := fitting(ADMISSIONS, "", said)) is not None:
            return rule.advice
    # Who may use one namespace alone is often in another one: the context's, or `default`.
    looked = asked.namespace and asked.verb in ("list", "watch")
    elsewhere = " Or go to a namespace of yours: -n NAME, on the screens :ns." if looked else ""
    return f"Ask for a role with verb {asked.verb!r} on {asked.resource!r}.{elsewhere}"


def _throttled(asked: Asked, code: int, said: str, wait: float | None) -> Throttled:
    what = f"The cluster could not do it: {asked}."
    if code == 429:
        what = f"The cluster has too many requests to do it: {asked}."
    later = "later" if wait is None else f"in {in_words(wait)}: so long the server asks to wait"
    error = Throttled(what, why=said, fix=f"Try again {later}.")
    error.wait = wait
    return error


def _redirected(asked: Asked, code: int, location: str) -> ConsoleError:
    """Never followed: the login would go to a place that the kubeconfig does not name."""
    return ConsoleError(
        f"The server redirects ({code}) instead of answering: {asked}.",
        why=f"It points to {place(location)}." if location else "It does not say where to.",
        fix="The console does not follow it and sent no login there. Where that is your cluster, "
        "make it the server of the kubeconfig.",
    )


def place(location: str) -> str:
    """A URL safe to show: without login, query and fragment, and no longer than a line."""
    shown = neutralise(location.partition("#")[0].partition("?")[0])
    scheme, mark, rest = shown.rpartition("//")
    host, slash, path = rest.partition("/")
    shown = scheme + mark + (host.rpartition("@")[2] if mark else host) + slash + path
    return shown if len(shown) <= LONGEST_PLACE else shown[:LONGEST_PLACE] + "…"


def _not_logged_in(said: str, expired: datetime | None) -> LoginRefused:
    what = "The cluster does not accept these credentials."
    if expired is not None:
        what = f"The login has expired, at {expired:%Y-%m-%d %H:%M:%S} UTC."
    return LoginRefused(
        what,
        why=said,
        fix="Log in again: a console that is open goes on with the renewed kubeconfig. "
        "Or choose another context with --context.",
    )


def unreachable(
    server: str,
    error: BaseException,
    proxy: Proxy | None = None,
    *,
    asked: Asked | None = None,
    seconds: float | None = None,
) -> ClusterUnreachable:
    """No answer at all, or none to what was asked within so many seconds; the proxy on the way is
    named, whoever named it."""
    status = getattr(error, "status", None) if proxy else None
    text = _of_connecting(error) or (str(error) or type(error).__name__)[:300]
    if isinstance(error, TimeoutError):
        unit = "second" if seconds == 1 else "seconds"
        limit = f" within {seconds:g} {unit}" if seconds else " in time"
        text = f"No answer{limit}: {asked}." if asked else f"No answer{limit}."
    elif status is not None:
        text = f"It answered {status} {getattr(error, 'message', '')}".strip()[:200] + "."
    through = f" through the proxy {proxy}" if proxy else ""
    return ClusterUnreachable(
        f"The cluster at {server} cannot be reached{through}.",
        why=neutralise(text),
        fix=f"{f'{_past(proxy, status)} ' if proxy else ''}{_to_check(error)}, {OTHERS}",
    )


def _to_check(error: BaseException) -> str:
    """A certificate that is not trusted is no matter of the network."""
    untrusted = getattr(getattr(error, "os_error", None), "verify_message", "")
    return CERTIFICATE if untrusted else NETWORK


def _past(proxy: Proxy, status: int | None) -> str:
    """How to be let through, or to do without it: what a kubeconfig names counts always."""
    if status == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
        return "Give its login with it: http://USER:PASSWORD@HOST:PORT."
    if proxy.source.startswith("proxy-url"):
        return "Check the proxy, or take its proxy-url out of the kubeconfig."
    return "Check the proxy, or let NO_PROXY name the server."


def _of_connecting(error: BaseException) -> str:
    """What the system said where no connection came about, without what the library puts around
    it; empty for any other error."""
    found = getattr(error, "os_error", None)
    if untrusted := getattr(found, "verify_message", "").rstrip("."):
        return f"Its certificate is not trusted: {untrusted[:200]}."
    if not isinstance(found, OSError) or found.errno is None:
        return ""
    # A name that is not found has a number of the resolver's.
    said = os.strerror(found.errno) if found.errno > 0 else found.strerror
    return f"{said}." if said else ""


def unintelligible(asked: Asked, said: str) -> ConsoleError:
    """An answer that is no HTTP, or whose headers are longer than is taken."""
    return ConsoleError(
        f"The server's answer is not understood: {asked}.",
        why=neutralise(" ".join(said.split()))[:300],
        fix="See what answers at that address: it may be no Kubernetes API, or a proxy before it.",
    )
