"""Who we are to the cluster: a header value and perhaps a client certificate, renewable.

A token is never part of a repr, a log record or an error text. Plug-ins run without a terminal:
their standard input is closed, so that none can take over the screen.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
import logging
import os
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from console.cluster.kubeconfig import Access, Section
from console.errors import ConsoleError, Forbidden

log = logging.getLogger(__name__)

EARLY = timedelta(minutes=1)
"""A token is renewed this long before its end; one of a short life in its last third."""
TOKEN_FILE_LIFE = timedelta(minutes=1)
PLUGIN_SECONDS = 60

ClientPair = tuple[bytes, bytes]
"""Certificate and key, PEM."""


class Token:
    """A header value with its end; shows neither in a repr."""

    __slots__ = ("certificate", "expires", "header", "renew_at")

    def __init__(
        self,
        header: str | None,
        expires: datetime | None = None,
        certificate: ClientPair | None = None,
    ) -> None:
        self.header, self.expires, self.certificate = header, expires, certificate
        now = datetime.now(UTC)
        self.renew_at = expires - min(EARLY, max(expires - now, EARLY * 0) / 3) if expires else None

    def __repr__(self) -> str:
        return "<Token>"

    def ended(self) -> datetime | None:
        """When it expired, by its issuer or by its own claim; None: it has not, or unknown."""
        end = self.expires or _claimed_end(self.header or "")
        return end if end is not None and end <= datetime.now(UTC) else None


def _claimed_end(header: str) -> datetime | None:
    """The `exp` of a JSON web token; None for any other text."""
    parts = header.removeprefix("Bearer ").split(".")
    if len(parts) != 3:
        return None
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
        return datetime.fromtimestamp(claims["exp"], UTC)
    except (ValueError, KeyError, TypeError, OverflowError, OSError):
        return None


Fetch = Callable[[], Awaitable[Token]]
WayIn = tuple[Fetch, bool]
"""How to get a token, and whether asking again can give another one."""
Reread = Callable[[], Awaitable[WayIn]]


class Credentials:
    """The present token, fetched at first use, before it expires and on demand.

    `reread` tells the way in that the user's configuration has by now: a login that was renewed
    there is taken up when the old one is refused.
    """

    def __init__(self, fetch: Fetch, *, renewable: bool, reread: Reread | None = None) -> None:
        self._fetch, self.renewable, self._reread = fetch, renewable, reread
        self._token: Token | None = None
        self._turn = asyncio.Lock()

    def __repr__(self) -> str:
        return f"<Credentials renewable={self.renewable}>"

    async def token(self) -> Token:
        async with self._turn:
            held = self._token
            if held is None or (held.renew_at and held.renew_at <= datetime.now(UTC)):
                self._token = held = await self._fetch()
            return held

    async def renew(self, refused: Token) -> bool:
        """Another token than the refused one, where there can be one."""
        async with self._turn:
            if self._token is not refused:
                return True
            if self._reread is not None:
                self._fetch, self.renewable = await self._reread()
            elif not self.renewable:
                return False
            fresh = await self._fetch()
            if (fresh.header, fresh.certificate) == (refused.header, refused.certificate):
                return False
            self._token = fresh
            return True


def credentials_of(access: Access, load: Callable[[], Access] | None = None) -> Credentials:
    """Those of a context. `load` reads the same context anew; its files may have changed."""
    first = way_in(access)
    if load is None:
        return Credentials(first[0], renewable=first[1])

    async def reread() -> WayIn:
        """A file that cannot be read now, or that speaks of another server, changes nothing."""
        try:
            found = await asyncio.to_thread(load)
        except ConsoleError as error:
            log.warning("The kubeconfig cannot be read again: %s", error.what)
            return first
        return way_in(found) if found.server == access.server else first

    return Credentials(first[0], renewable=first[1], reread=reread)


def way_in(access: Access) -> WayIn:
    """By the order that kubectl uses: token, token file, basic, plug-in, certificate, none."""
    user = access.user
    if user.get("token"):
        return _fixed(Token(f"Bearer {user['token']}", None, client_pair(user)))
    if user.get("tokenFile"):
        return lambda: _from_file(Path(user["tokenFile"]), user), True
    if user.get("username"):
        pair = f"{user['username']}:{user.get('password', '')}".encode()
        return _fixed(Token("Basic " + base64.b64encode(pair).decode()))
    if user.get("exec"):
        return lambda: _from_plugin(access), True
    if user.get("auth-provider"):
        return lambda: _from_provider(access), True
    return _fixed(Token(None, None, client_pair(user)))


def _fixed(token: Token) -> WayIn:
    async def fetch() -> Token:
        return token

    return fetch, False


def client_pair(user: Section) -> ClientPair | None:
    """The client certificate of a user section, from its data or its files."""
    certificate = pem_of(user, "client-certificate")
    key = pem_of(user, "client-key")
    return (certificate, key) if certificate and key else None


def pem_of(section: Section, key: str) -> bytes | None:
    """The bytes of `<key>-data` or of the file `<key>`. Raises Forbidden if they cannot be read."""
    try:
        if encoded := section.get(f"{key}-data"):
            return base64.b64decode(encoded, validate=False)
        return Path(section[key]).read_bytes() if section.get(key) else None
    except (OSError, binascii.Error) as error:
        reason = getattr(error, "strerror", None) or "It is no base64."
        raise Forbidden(f"The kubeconfig's {key} cannot be read.", why=reason) from error


async def _from_file(path: Path, user: Section) -> Token:
    try:
        text = (await asyncio.to_thread(path.read_text)).strip()
    except OSError as error:
        raise Forbidden(
            f"The token file {path} cannot be read.", why=error.strerror or str(error)
        ) from error
    return Token(f"Bearer {text}", datetime.now(UTC) + TOKEN_FILE_LIFE + EARLY, client_pair(user))


async def _from_plugin(access: Access) -> Token:
    plugin = access.user["exec"]
    status = _status_of(await _run_plugin(plugin, access), str(plugin["command"]))
    pair = None
    if status.get("clientCertificateData") and status.get("clientKeyData"):
        pair = (status["clientCertificateData"].encode(), status["clientKeyData"].encode())
    header = f"Bearer {status['token']}" if status.get("token") else None
    if header is None and pair is None:
        raise _plugin_failed(str(plugin["command"]), "It gave neither token nor certificate.")
    ends = status.get("expirationTimestamp")
    return Token(header, datetime.fromisoformat(ends) if ends else None, pair)


async def _run_plugin(plugin: Section, access: Access) -> bytes:
    command = str(plugin["command"])
    try:
        process = await asyncio.create_subprocess_exec(
            command,
            *map(str, plugin.get("args") or []),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=_plugin_environment(plugin, access),
        )
    except OSError as error:
        hint = str(plugin.get("installHint") or "")
        raise _plugin_failed(command, error.strerror or str(error), hint) from error
    try:
        output, complaint = await asyncio.wait_for(process.communicate(), PLUGIN_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()
        raise _plugin_failed(command, f"No answer within {PLUGIN_SECONDS} s.") from None
    if process.returncode:
        last = complaint.decode(errors="replace").strip().splitlines()[-1:] or ["It said nothing."]
        raise _plugin_failed(command, f"It ended with {process.returncode}: {last[0][:300]}")
    return output


def _plugin_environment(plugin: Section, access: Access) -> dict[str, str]:
    spec: dict[str, Any] = {"interactive": False}
    if plugin.get("provideClusterInfo"):
        spec["cluster"] = {
            key: value
            for key, value in access.cluster.items()
            if key in ("server", "certificate-authority-data", "tls-server-name", "proxy-url")
        }
    request = {
        "apiVersion": plugin.get("apiVersion", "client.authentication.k8s.io/v1"),
        "kind": "ExecCredential",
        "spec": spec,
    }
    own = {str(pair["name"]): str(pair["value"]) for pair in plugin.get("env") or []}
    return {**os.environ, **own, "KUBERNETES_EXEC_INFO": json.dumps(request)}


def _status_of(output: bytes, command: str) -> dict[str, str]:
    try:
        status = json.loads(output)["status"]
    except (ValueError, KeyError, TypeError):
        raise _plugin_failed(command, "It printed no ExecCredential.") from None
    if not isinstance(status, dict):
        raise _plugin_failed(command, "It printed no ExecCredential.")
    return status


def _plugin_failed(command: str, why: str, fix: str = "") -> Forbidden:
    return Forbidden(
        f"The credential plug-in {Path(command).name} gave no credentials.",
        why=why,
        fix=fix or "Run it by hand, or log in again with your cloud's own tool.",
    )


async def _from_provider(access: Access) -> Token:
    """Legacy `auth-provider` users (oidc, gcp), as the official client understands them."""
    return await asyncio.to_thread(_ask_official_client, access)


def _ask_official_client(access: Access) -> Token:
    from kubernetes.aio.client import Configuration
    from kubernetes.aio.config import ConfigException, load_kube_config_from_dict

    document = {
        "current-context": "chosen",
        "contexts": [{"name": "chosen", "context": {"cluster": "chosen", "user": "chosen"}}],
        "clusters": [{"name": "chosen", "cluster": {"server": access.server}}],
        "users": [{"name": "chosen", "user": access.user}],
    }
    configuration = Configuration()
    name = access.user["auth-provider"].get("name", "")
    try:
        asyncio.run(load_kube_config_from_dict(document, client_configuration=configuration))
    except (ConfigException, ValueError, KeyError, OSError) as error:
        raise Forbidden(
            f"The auth provider {name} gave no token.", why=type(error).__name__
        ) from None
    header = configuration.api_key.get("BearerToken")
    return Token(header, datetime.now(UTC) + 5 * EARLY)
