"""A text in double quotes as kubectl and stern read one. Pure."""

from __future__ import annotations

import json
import re

_HALF = re.compile("[\ud800-\udfff]")


def unquoted(word: str) -> str:
    """Half of a pair that stands alone is no character: U+FFFD, as in Go. Raises ValueError."""
    return _HALF.sub("\ufffd", str(json.loads(word, strict=False)))
