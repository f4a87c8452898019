"""The tests' own way to the API server, beside the console's: plain JSON over HTTPS, blocking."""

from __future__ import annotations

import contextlib
import json
import ssl
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_MERGE = "application/merge-patch+json"


class Refused(Exception):
    """An answer other than 2xx; `code` and the server's message."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


@dataclass(frozen=True, slots=True)
class Api:
    """Requests as the owner of a client certificate or of a token; `authority` is PEM."""

    server: str
    tls: ssl.SSLContext
    authority: str
    token: str = ""

    @classmethod
    def of(cls, server: str, pki: Path, client: str) -> Api:
        authority = (pki / "ca.crt").read_text()
        tls = ssl.create_default_context(cadata=authority)
        tls.load_cert_chain(pki / f"{client}.crt", pki / f"{client}.key")
        return cls(server, tls, authority)

    @classmethod
    def with_token(cls, other: Api, token: str) -> Api:
        """The same server as the owner of a token."""
        tls = ssl.create_default_context(cadata=other.authority)
        return cls(other.server, tls, other.authority, token)

    def get(self, path: str) -> Any:
        return self._send("GET", path, None)

    def create(self, path: str, document: Any) -> Any:
        return self._send("POST", path, document)

    def replace(self, path: str, document: Any) -> Any:
        return self._send("PUT", path, document)

    def merge(self, path: str, change: Any) -> Any:
        return self._send("PATCH", path, change, _MERGE)

    def delete(self, path: str) -> Any:
        return self._send("DELETE", path, {"propagationPolicy": "Background"})

    def ready(self) -> bool:
        """Whether the server answers and says that it is ready."""
        try:
            request = urllib.request.Request(self.server + "/readyz")
            with urllib.request.urlopen(request, timeout=5, context=self.tls):
                return True
        except (urllib.error.URLError, OSError):
            return False

    def _send(self, method: str, path: str, body: Any, kind: str = "application/json") -> Any:
        request = urllib.request.Request(
            self.server + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": kind, "Accept": "application/json"} | self._login(),
        )
        try:
            with urllib.request.urlopen(request, timeout=30, context=self.tls) as answer:
                return json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            with error:
                text = error.read().decode(errors="replace")
            with contextlib.suppress(ValueError, KeyError, TypeError):
                text = json.loads(text)["message"]
            raise Refused(error.code, text) from error

    def _login(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}
