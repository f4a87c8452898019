"""A client of httpx as this house wants it: by the system's certificates and proxies, no redirect
followed, no cookie kept, and no address or header in a log. Knows nobody whom it asks.

Redirects are not followed: what is sent is meant for the host that the user named.
"""

from __future__ import annotations

import logging
import ssl
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx

from console.errors import ConsoleError
from console.version import VERSION

for _name in ("httpx", "httpcore"):
    # At their INFO and below both write whole addresses, and headers.
    logging.getLogger(_name).setLevel(logging.WARNING)


def open_client(
    timeout: float | httpx.Timeout, whom: str, certificates: ssl.SSLContext | None = None
) -> httpx.AsyncClient:
    """`whom` it is for, in an error's words. Raises ConsoleError."""
    try:
        return httpx.AsyncClient(
            timeout=timeout,
            follow_redirects=False,
            verify=certificates or ssl.create_default_context(),
            headers={"User-Agent": f"carla-console/{VERSION}"},
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        )
    except (ImportError, ValueError, httpx.InvalidURL) as error:
        # A proxy's address may hold a password: it is not repeated.
        raise ConsoleError(
            f"The proxy that this environment names cannot be used for {whom}.",
            why=f"It is none of http or https ({type(error).__name__}).",
            fix="Set HTTPS_PROXY and ALL_PROXY to such a one, or NO_PROXY to that host.",
        ) from None
