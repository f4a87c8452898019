"""aiohttp, loaded in half of its time. Knows no request.

aiohttp makes two TLS contexts when it is imported, each with every authority of the system, which
is half of that time. Nobody here uses them: a session gets the context of its own kubeconfig
(`console.cluster.tls`). Without an authority they would trust nobody.
"""

from __future__ import annotations

import contextlib
import ssl
from collections.abc import Iterator

__all__ = ["aiohttp"]


def _trust_nobody(self: ssl.SSLContext) -> None:
    """In place of reading the system's authorities."""


@contextlib.contextmanager
def _no_authorities() -> Iterator[None]:
    """A context that another thread makes meanwhile trusts nobody either: it fails, it does not
    let anybody in."""
    usual = ssl.SSLContext.set_default_verify_paths
    ssl.SSLContext.set_default_verify_paths = _trust_nobody  # type: ignore[method-assign]
    try:
        yield
    finally:
        ssl.SSLContext.set_default_verify_paths = usual  # type: ignore[method-assign]


with _no_authorities():
    import aiohttp
