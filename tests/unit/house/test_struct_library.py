"""msgspec without `typing_extensions` is all of msgspec, and nobody else misses it afterwards."""

from __future__ import annotations

from fakes.loaded_modules import loaded_modules

SCRIPT = """
from typing import Annotated, NotRequired, TypedDict
from console.struct_library import msgspec

class Told(TypedDict):
    at: Annotated[int, msgspec.Meta(ge=1)]
    by: NotRequired[str]

assert msgspec.json.decode(b'{"at": 1}', type=Told) == {"at": 1}
for wrong in (b'{"at": 0}', b'{"by": "x"}'):
    try:
        msgspec.json.decode(wrong, type=Told)
    except msgspec.ValidationError:
        continue
    raise AssertionError(wrong)
"""


def test_values_are_checked_as_ever_and_typing_extensions_is_not_loaded() -> None:
    assert "typing_extensions" not in loaded_modules(SCRIPT)


def test_who_wants_typing_extensions_gets_it_afterwards() -> None:
    assert "typing_extensions" in loaded_modules(SCRIPT + "\nimport typing_extensions")


def test_who_has_it_already_keeps_it() -> None:
    kept = "import typing_extensions as had\n" + SCRIPT + "\nimport typing_extensions as has\n"
    assert "msgspec" in loaded_modules(kept + "assert had is has")
