"""msgspec without `typing_extensions` is all of msgspec, and nobody else misses it afterwards.

Nor does one thread find what another has half made.
"""

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


FIRST_ASKED_AT_ONCE = """
import sys, threading
from console.struct_library import decoder_of, fitted, msgspec

def struct(number, **inner):
    fields = [(f"f{each}", int) for each in range(40)] + list(inner.items())
    return msgspec.defstruct(f"S{number}", fields, namespace={"__module__": "__main__"})

def told(depth):
    plain = {f"f{each}": each for each in range(40)}
    return plain if depth == 0 else plain | {"inner": told(depth - 1)}

deepest = [struct(number) for number in range(60)]
middle = [struct(number, inner=each) for number, each in enumerate(deepest)]
shapes = [struct(number, inner=each) for number, each in enumerate(middle)]
value = told(2)
text = msgspec.json.encode(value)
together = threading.Barrier(4)

def read():
    for shape in shapes:
        together.wait()
        assert decoder_of(shape).decode(text) == fitted(value, shape)

sys.setswitchinterval(1e-6)
threads = [threading.Thread(target=read) for _ in range(4)]
for each in threads:
    each.start()
for each in threads:
    each.join()
"""


def test_threads_may_ask_for_the_same_type_at_the_same_time() -> None:
    assert "msgspec" in loaded_modules(FIRST_ASKED_AT_ONCE)
