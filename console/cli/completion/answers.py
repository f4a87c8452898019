"""`carla-console __complete SHELL ...`: what can stand where the cursor is, one line each.

The scripts beside this ask it. The first line is `words` or `files`; after `files` the shell offers
its own. A line is a word, for zsh and fish with a tab and what it means; bash gets the part of the
word after the last character that breaks words there. What a shell could take for more than a word
is left out, wherever it came from.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from console.cli.completion import grammar, known_names
from console.cli.completion.typed import FILES, Candidate, candidates, read

_WORD = re.compile(r"[A-Za-z0-9._:/@%+=,|-]+")
_NOT_SHOWN = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def answer(asked: Sequence[str]) -> int:
    """Print the candidates; nothing where the shell or the line is not understood."""
    if asked[:1] == ["bash"] and len(asked) == 3:
        _, breaks, line = asked
        if (words := shell_words(line)) is not None:
            _tell(words, breaks=breaks, explained=False)
    elif asked[:1] in (["zsh"], ["fish"]) and len(asked) > 1:
        _tell(list(asked[1:]), breaks="", explained=True)
    return 0


def shell_words(line: str) -> list[str] | None:
    """The words after the program's name, the last one as far as it is typed.

    None inside quotes: what the shell would make of them is not ours to say.
    """
    import shlex

    try:
        words = shlex.split(line)
    except ValueError:
        return None
    if line[-1:].isspace() or not words:
        words.append("")
    return words[1:]


def _tell(words: list[str], *, breaks: str, explained: bool) -> None:
    *before, current = words or [""]
    found = candidates(read(grammar.load(), before), current, known_names.known)
    if found is FILES:
        print("files")
        return
    print("words")
    kept = max((current.rfind(each) + 1 for each in breaks), default=0)
    for word, meaning in _harmless(found):
        told = f"{word}\t{meaning}" if explained and meaning else word
        print(told[kept:])


def _harmless(found: Iterable[Candidate]) -> Iterable[Candidate]:
    for word, meaning in found:
        if _WORD.fullmatch(word):
            yield word, _NOT_SHOWN.sub(" ", meaning)
