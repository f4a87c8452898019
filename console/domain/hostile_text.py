"""Text from outside, made harmless for a terminal. The one place that decides what may pass.

Whatever a container, an image or a cluster wrote may hold control sequences that move the cursor,
set the title, answer queries or reorder the line. Knows nothing of who shows the text.
"""

from __future__ import annotations

import re

# Each is compiled when the first text needs it: most commands meet none that does.
_SEQUENCE = r"""
      \x1b\[ [0-?]* [ -/]* [@-~]          # CSI
    | \x9b   [0-?]* [ -/]* [@-~]
    | (?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f]) [^\x07\x1b\x9c]* (?:\x07|\x1b\\|\x9c|$)   # OSC, DCS, ...
    | \x1b [ -/]* [0-~]?                    # two- and three-character escapes
"""
_SGR = r"\x1b\[[0-9;:]*m"
# These change the order in which a line is read: a log could show another command than it holds.
_BIDI = "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_CONTROL = f"[\x00-\x08\x0a-\x1a\x1c-\x1f\x7f-\x9f{_BIDI}\u2028\u2029\ufeff]"

_CONTROL_IN_JSON = f"[\x7f-\x9f{_BIDI}\u2028\u2029\ufeff]"


def _visible(match: re.Match[str]) -> str:
    """A control character as a symbol that shows which one it was."""
    code = ord(match.group())
    if code < 0x20:
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else "\ufffd"


def neutralise(text: str, *, keep_colours: bool = False) -> str:
    """One line of text that cannot control a terminal.

    Escape sequences are removed (colour sequences stay on request), tabs stay, every other control
    and text-direction character becomes a visible symbol.
    """
    if text.isprintable():  # most is, and none of those characters
        return text

    def replace(match: re.Match[str]) -> str:
        return match.group() if keep_colours and re.fullmatch(_SGR, match.group()) else ""

    # Sequences go before single characters: an ESC made visible would leave its parameters as text.
    stripped = re.sub(_SEQUENCE, replace, text, flags=re.VERBOSE)
    return re.sub(_CONTROL, _visible, stripped)


def escaped_json(text: str) -> str:
    """A JSON text that reads the same and cannot control a terminal: JSON itself escapes only the
    oldest of those characters."""
    return re.sub(_CONTROL_IN_JSON, lambda found: f"\\u{ord(found.group()):04x}", text)


def has_control(text: str) -> bool:
    """Whether a character is in it that JSON leaves and a terminal obeys."""
    return re.search(_CONTROL_IN_JSON, text) is not None


def left_standing(text: str) -> str:
    """Of a line that was rewritten in place, as a progress bar does, its last state."""
    if "\r" not in text:
        return text
    return next((each for each in reversed(text.split("\r")) if each.strip()), "")
