"""Legacy `auth-provider` users: OpenID Connect, refreshed by the official client in a thread.

kubectl knows `oidc` alone since 1.26, and so do we. A refreshed login is kept in memory only.
"""

from __future__ import annotations

import asyncio
import base64
from datetime import UTC, datetime
from typing import Any

from console.cluster.certificates import client_pair
from console.cluster.foreign_files import UnusableFile, read
from console.cluster.kubeconfig import Access
from console.cluster.rules import header_fault
from console.cluster.schema import shown
from console.cluster.tokens import EARLY, Token
from console.errors import LoginRefused

EXTRA = "cloud-logins"
"""The optional dependencies that hold the official client."""


class Login:
    """One user's OpenID login; the official client writes what it refreshed into the document."""

    def __init__(self, access: Access) -> None:
        assert access.user.auth_provider is not None
        self._access, self._provider = access, access.user.auth_provider
        self._document: dict[str, Any] | None = None

    async def fetch(self) -> Token:
        return await asyncio.to_thread(self._fetch)

    def _fetch(self) -> Token:
        if self._document is None:
            self._document = self._new_document()
        header = self._ask_official_client(self._document)
        pair = client_pair(self._access)
        return Token(header, datetime.now(UTC) + 5 * EARLY, pair)

    def _failed(self, why: str) -> LoginRefused:
        return LoginRefused(
            f"The auth provider {shown(self._provider.name)} gave no token.",
            why=f"{why} auth-provider of {self._access.user_place} names it.",
            fix="Log in again with your cluster's own tool.",
        )

    def _new_document(self) -> dict[str, Any]:
        settings = dict(self._provider.config)
        for name in ("idp-issuer-url", "client-id"):
            if not settings.get(name):
                raise self._failed(f"Its config has no {name}, which kubectl wants.")
        data = "idp-certificate-authority-data"
        if (path := settings.get("idp-certificate-authority")) and not settings.get(data):
            try:
                settings[data] = base64.b64encode(read(path)).decode()
            except UnusableFile as error:
                raise self._failed(f"Its idp-certificate-authority {path}: {error.why}.") from error
        settings.setdefault("client-secret", "")
        settings = {
            key: value for key, value in settings.items() if value or key == "client-secret"
        }
        user = {"auth-provider": {"name": self._provider.name, "config": settings}}
        return {
            "current-context": "chosen",
            "contexts": [{"name": "chosen", "context": {"cluster": "chosen", "user": "chosen"}}],
            "clusters": [{"name": "chosen", "cluster": {"server": self._access.server}}],
            "users": [{"name": "chosen", "user": user}],
        }

    def _ask_official_client(self, document: dict[str, Any]) -> str:
        try:
            from kubernetes.aio.client import Configuration
            from kubernetes.aio.config import load_kube_config_from_dict
        except ImportError as error:
            # 126 MB that few kubeconfigs need: kubectl has left these log-ins to plug-ins.
            raise LoginRefused(
                f"The auth provider {shown(self._provider.name)} needs the extra {EXTRA}.",
                why=f"auth-provider of {self._access.user_place} names it; the official client"
                " that logs in that way is not installed.",
                fix=f"pip install 'carla-leaderboard-console[{EXTRA}]'",
            ) from error
        configuration = Configuration()
        try:
            asyncio.run(load_kube_config_from_dict(document, client_configuration=configuration))
        except Exception as error:  # noqa: BLE001
            raise self._failed(
                f"The login could not be refreshed ({type(error).__name__})."
            ) from None
        header = configuration.api_key.get("BearerToken")
        if not isinstance(header, str) or header_fault(header):
            raise self._failed("What it gave cannot be sent.")
        return header
