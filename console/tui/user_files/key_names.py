"""The names of keys: as k9s and people write them, as Textual calls them, and as they are shown."""

from __future__ import annotations

import unicodedata

from textual.keys import KEY_NAME_REPLACEMENTS, format_key, key_to_character

_SHIFTED_DIGITS = dict(zip("0123456789", ")!@#$%^&*(", strict=True))
"""What a keyboard sends for a digit with shift; k9s takes the American one too."""
_OTHER_WORDS = {"esc": "escape", "return": "enter", "del": "delete", "ins": "insert"}
_OTHER_WORDS |= {"pgup": "pageup", "pgdn": "pagedown"}
_NAMED = {
    *("escape", "enter", "tab", "space", "backspace", "delete", "insert"),
    *("up", "down", "left", "right", "home", "end", "pageup", "pagedown"),
    *(f"f{number}" for number in range(1, 25)),
}
_SAME = {
    "ctrl+i": "tab",
    "ctrl+m": "enter",
    "ctrl+left_square_bracket": "escape",
    "ctrl+space": "ctrl+@",
    "ctrl+at": "ctrl+@",
}
"""A terminal sends the same for both."""
_MODIFIERS = ("ctrl", "alt", "shift")
_SHOWN = {"escape": "esc", "space": "space", "ctrl+@": "^space"}


def key_name(written: str) -> str:
    """`Shift-A`, `ctrl-y`, `ctrl+y`, `F2`, `?`: as Textual calls it. Else ValueError."""
    text = written.strip()
    if not text:
        raise ValueError(written)
    if len(text) == 1:
        return _of_character(text)
    *before, last = _parts(text)
    modifiers = {each.lower().replace("control", "ctrl") for each in before}
    if not last or not modifiers <= set(_MODIFIERS):
        raise ValueError(written)
    if "ctrl" in modifiers and len(last) == 1:
        last = last.lower()
        modifiers.discard("shift")  # a terminal tells neither
    base = _base(last, shifted="shift" in modifiers)
    if base not in _NAMED:
        modifiers.discard("shift")
    key = "+".join([*(each for each in _MODIFIERS if each in modifiers), base])
    return _SAME.get(key, key)


def shown_key(key: str) -> str:
    """A key of Textual's as the footer and the help have it: `^k`, `shift+→`, `?`."""
    if key in _SHOWN:
        return _SHOWN[key]
    *modifiers, base = key.split("+")
    told = format_key(base)
    if "ctrl" in modifiers:
        modifiers.remove("ctrl")
        told = f"^{told}"
    return "+".join([*modifiers, told])


def _parts(text: str) -> list[str]:
    """`Ctrl--` and `ctrl++` end in the character that separates."""
    if text[-1] in "+-":
        return [*text[:-2].replace("-", "+").split("+"), text[-1]]
    return text.replace("-", "+").split("+")


def _base(word: str, *, shifted: bool) -> str:
    if len(word) == 1:
        return _of_character(_SHIFTED_DIGITS.get(word, word.upper()) if shifted else word)
    small = _OTHER_WORDS.get(word.lower(), word.lower())
    known = small in _NAMED or small in KEY_NAME_REPLACEMENTS.values()
    if known or key_to_character(small):
        return small
    raise ValueError(word)


def _of_character(character: str) -> str:
    """Textual's name of the key that types it."""
    if character.isalnum():
        return character
    if character == " ":
        return "space"
    name = unicodedata.name(character).lower().replace("-", "_").replace(" ", "_")
    return KEY_NAME_REPLACEMENTS.get(name, name)
