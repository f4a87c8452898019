"""`NamedTuple` and types for a type checker alone: at work nothing here imports `typing`.

To import it, and to have it compile the text of each annotation, takes an eighth of a merge, and
none of that is ever asked for. So this package names `typing` below `if TYPE_CHECKING:` only, and
has its named tuples from here. Standard-library Python 3.7.
"""

from __future__ import annotations

from collections import namedtuple

TYPE_CHECKING = False
"""True to a type checker, which knows it by its name."""

if TYPE_CHECKING:
    from typing import NamedTuple as NamedTuple
else:

    class _OfBody(type):
        """Makes the tuple that a class body describes, as `typing` does."""

        def __new__(cls, name, bases, body):
            fields = body["__annotations__"]
            defaults = [body.pop(field) for field in fields if field in body]
            made = namedtuple(name, fields, defaults=defaults)
            for word, what in body.items():
                setattr(made, word, what)
            return made

    NamedTuple = type.__new__(_OfBody, "NamedTuple", (), {})
