"""What one request proves itself with: a header, perhaps a client certificate, and its end."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta

EARLY = timedelta(minutes=1)
"""A token is renewed this long before its end; one of a short life in its last third."""

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
        # Such tokens leave out the padding that the decoder wants.
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
        return datetime.fromtimestamp(claims["exp"], UTC)
    # Its text is whatever a file or a program gave: nothing in it may end a request.
    except (ValueError, KeyError, TypeError, OverflowError, OSError, RecursionError):
        return None
