"""What was typed before the cursor, and what can come there. Pure: names come from a callable."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from console.kubernetes_grammar.names import BEFORE_A_JOB

TYPE_CHECKING = False
if TYPE_CHECKING:
    from console.cli.completion.grammar import Flag, Grammar

Candidate = tuple[str, str]
"""A word and what it means."""
Known = Callable[[str, dict[str, str]], Iterable[str]]
"""Names of a kind, for what the flags before said."""
FILES: list[Candidate] = [("", "files")]
"""Stands for the shell's own completion of files; told by identity."""


class Typed:
    """The words before the cursor, as the parser will take them."""

    def __init__(self, grammar: Grammar) -> None:
        self._grammar = grammar
        self._command = ""
        self._waiting: Flag | None = None
        self._flags_ended = False
        self._places = 0
        self.given: dict[str, str] = {}
        """Flag by its longest name -> its last value, also of flags before the command."""

    def take(self, word: str) -> None:
        """The next word."""
        if self._waits_for(word) and self._waiting:
            self.given[self._waiting["names"][-1]] = word
            self._waiting = self._waiting if self._waiting["several"] else None
        elif word == "--" and not self._flags_ended:
            self._flags_ended, self._waiting = True, None
        elif self._is_flag(word):
            self._take_flag(word)
        elif (below := f"{self._command} {word}".strip()) in self._grammar:
            self._command = below
        else:
            self._places += 1

    def _waits_for(self, word: str) -> bool:
        """Whether it is a flag's value: a flag of several values takes no further flag for one."""
        waiting = self._waiting
        return waiting is not None and not (waiting["several"] and word.startswith("-"))

    def _is_flag(self, word: str) -> bool:
        return word.startswith("-") and word != "-" and not self._flags_ended

    def _take_flag(self, word: str) -> None:
        name, equals, value = word.partition("=")
        flag = self._flag(name)
        if flag is None and not word.startswith("--"):
            name, value = word[:2], word[2:]
            flag, equals = self._flag(name), value
        self._waiting = None
        if flag is not None:
            self.given[flag["names"][-1]] = value
            self._waiting = None if equals or flag["value"] is None else flag

    def _flag(self, name: str) -> Flag | None:
        flags = self._grammar[self._command]["flags"]
        return next((flag for flag in flags if name in flag["names"]), None)

    def wanted(self, current: str) -> tuple[str | list[str] | list[Candidate], str]:
        """The kind of text, choices, or words with their meaning; and what of it stands already."""
        if self._waits_for(current) and self._waiting:
            return self._waiting["value"] or [], ""
        if self._is_flag(current + "-" if current == "-" else current):
            name, equals, _ = current.partition("=")
            if equals:
                flag = self._flag(name)
                return (flag["value"] if flag else None) or [], f"{name}="
            return list(self._flags_left()), ""
        command = self._grammar[self._command]
        if command["words"]:
            return list(command["words"].items()), ""
        left = command["places"][self._places :]
        left = left or command["places"][-1:] if command["endless"] else left
        return (left[0] if left else []), ""

    def _flags_left(self) -> Iterator[Candidate]:
        for flag in self._grammar[self._command]["flags"]:
            if flag["again"] or flag["names"][-1] not in self.given:
                yield from ((name, flag["help"]) for name in flag["names"])


def read(grammar: Grammar, words: Sequence[str]) -> Typed:
    """The words between the program's name and the cursor's own word."""
    typed = Typed(grammar)
    for word in words:
        typed.take(word)
    return typed


def candidates(typed: Typed, current: str, known: Known) -> list[Candidate]:
    """What the word can become, whole; `FILES` where a file is meant."""
    wanted, stands = typed.wanted(current)
    if wanted == "file":
        return FILES
    named = known(wanted, typed.given) if isinstance(wanted, str) else wanted
    offered = [(each, "") if isinstance(each, str) else each for each in named]
    if wanted == "submission":
        stands += next(
            (each for each in BEFORE_A_JOB if current[len(stands) :].startswith(each)), ""
        )
    begun = current[len(stands) :]
    if wanted == "profile or file" and ("/" in begun or not any(_begin(offered, begun))):
        return FILES
    return [(stands + word, meaning) for word, meaning in _begin(offered, begun)]


def _begin(offered: Iterable[Candidate], begun: str) -> Iterator[Candidate]:
    return (each for each in offered if each[0].startswith(begun))
