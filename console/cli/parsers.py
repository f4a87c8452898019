"""A parser of flags that measures the terminal only where it prints, and then tells examples too.
Knows no flag; the examples stand in `examples.txt`.

argparse measures it for each flag that is added, with `shutil`, which brings every compression of
the standard library along: more than it takes to read all flags.
"""

from __future__ import annotations

import argparse
import os
from functools import partial

# A type checker alone knows `typing` here.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_UNMEASURED = 80

# argparse has each of its own words looked up in catalogues of translations, on the disk. There is
# none of them, and the looking takes longer than to read all flags.
argparse._ = lambda text: text  # type: ignore[attr-defined]


EXAMPLES = os.path.join(os.path.dirname(__file__), "examples.txt")


def examples_of(program: str) -> str:
    """The end of that command's help; empty where there is no example of it."""
    with open(EXAMPLES, encoding="utf-8") as file:
        _, found, rest = file.read().partition(f"\n[{program}]\n")
    lines = rest.partition("\n\n")[0].splitlines()
    told = [line if line.startswith(" ") else f"  # {line}" for line in lines]
    return "\nexamples:\n{}\n".format("\n".join(told)) if found else ""


class LateParser(argparse.ArgumentParser):
    """Its help and its usage are those of any other."""

    def __init__(
        self,
        *,
        formatter_class: type[argparse.HelpFormatter] = argparse.HelpFormatter,
        **named: Any,
    ) -> None:
        self._printed = formatter_class
        while_made = partial(formatter_class, width=_UNMEASURED)
        super().__init__(formatter_class=while_made, **named)

    def format_help(self) -> str:
        """In the width of this terminal."""
        self.formatter_class = self._printed
        return super().format_help() + examples_of(self.prog)

    def format_usage(self) -> str:
        """In the width of this terminal."""
        self.formatter_class = self._printed
        return super().format_usage()
