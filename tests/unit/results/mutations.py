"""Damage to one partial of a set that was whole: by structure, with a seed, one change a time."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from console.results.leaderboard import KNOWN

Path = tuple[Any, ...]
WORDS = sorted(
    {word for version in KNOWN for word in (*version.words.records, *version.words.entries)}
    | {"banana", "finished", "", "Failed - ", "Perfect "}
)
NUMBERS = (0, -1, 1, 0.0, 1e-9, 99.99, 100, 101, 1e300, 2**63, -0.5, 10**30, 1.5, 2)
OTHERS: tuple[object, ...] = (
    None,
    True,
    False,
    [],
    {},
    "",
    "7",
    [0],
    {"a": 1},
    "\x1b[31m",
    "x" * 11_000,
)


@dataclass(frozen=True)
class Damage:
    """`texts` is the set, of which only the one at `place` is not as it was."""

    place: int
    how: str
    texts: list[str]


def damaged(texts: list[str], seed: int) -> Damage:
    """The same damage for the same seed."""
    dice = random.Random(seed)
    place = dice.randrange(len(texts))
    kind, change = dice.choice(CHANGES)
    document = json.loads(texts[place])
    told, text = change(dice, document, texts, place)
    changed = list(texts)
    changed[place] = json.dumps(document) if text is None else text
    return Damage(place, f"{kind}: {told}", changed)


def paths(part: Any, here: Path = ()) -> Iterator[Path]:
    """Where every value below `part` is."""
    if here:
        yield here
    items = part.items() if isinstance(part, dict) else enumerate(part)
    for key, value in list(items) if isinstance(part, (dict, list)) else ():
        yield from paths(value, (*here, key)) if isinstance(value, (dict, list)) else [(*here, key)]


def _at(document: Any, path: Path) -> Any:
    for key in path:
        document = document[key]
    return document


def _leaf(dice: random.Random, document: Any, wanted: type | tuple[type, ...]) -> Path:
    return dice.choice([p for p in paths(document) if isinstance(_at(document, p), wanted)])


def _put(document: Any, path: Path, value: Any) -> tuple[str, None]:
    before = _at(document, path)
    _at(document, path[:-1])[path[-1]] = value
    return f"{'/'.join(map(str, path))} {str(before)[:60]!r} -> {str(value)[:60]!r}", None


def _kind(dice: random.Random, document: Any, *_: Any) -> tuple[str, None]:
    return _put(document, dice.choice(list(paths(document))), copy.deepcopy(dice.choice(OTHERS)))


def _number(dice: random.Random, document: Any, *_: Any) -> tuple[str, None]:
    path = _leaf(dice, document, (int, float))
    old = _at(document, path)
    return _put(document, path, dice.choice([*NUMBERS, old + 1, old - 1, old * 1.01]))


def _word(dice: random.Random, document: Any, *_: Any) -> tuple[str, None]:
    named = [p for p in paths(document) if p[-1] in ("status", "entry_status")]
    return _put(document, dice.choice(named), dice.choice(WORDS))


def _delete(dice: random.Random, document: Any, *_: Any) -> tuple[str, None]:
    path = dice.choice(list(paths(document)))
    del _at(document, path[:-1])[path[-1]]
    return "/".join(map(str, path)), None


def _twice(dice: random.Random, document: Any, *_: Any) -> tuple[str, None]:
    path = _leaf(dice, document, (list, dict))
    holder = _at(document, path[:-1])
    if isinstance(holder, list):
        holder.append(copy.deepcopy(_at(document, path)))
    elif isinstance(_at(document, path), list) and _at(document, path):
        _at(document, path).append(copy.deepcopy(dice.choice(_at(document, path))))
    else:
        holder[f"{path[-1]}_"] = 1
    return "/".join(map(str, path)), None


def _swap(dice: random.Random, document: Any, *_: Any) -> tuple[str, None]:
    rows = document["_checkpoint"]["records"]
    one, other = dice.sample(range(len(rows)), 2)
    key = dice.choice([None, *(key for key in rows[one] if key in rows[other])])
    if key is None:
        rows[one], rows[other] = rows[other], rows[one]
    else:
        rows[one][key], rows[other][key] = rows[other][key], rows[one][key]
    return f"{key} of {one} and {other}", None


def _across(dice: random.Random, document: Any, texts: list[str], place: int) -> tuple[str, None]:
    other = json.loads(texts[(place + dice.randrange(1, len(texts))) % len(texts)])
    rows, foreign = document["_checkpoint"]["records"], other["_checkpoint"]["records"]
    what = dice.choice(["record", "records", "global_record", "file"])
    if what == "record":
        rows[dice.randrange(len(rows))] = dice.choice(foreign)
    elif what == "records":
        document["_checkpoint"]["records"] = foreign
    elif what == "global_record":
        document["_checkpoint"]["global_record"] = other["_checkpoint"]["global_record"]
    else:
        document.clear()
        document.update(other)
    return what, None


def _cut(dice: random.Random, _: Any, texts: list[str], place: int) -> tuple[str, str]:
    at = dice.randrange(len(texts[place]))
    return str(at), texts[place][:at]


def _bytes(dice: random.Random, _: Any, texts: list[str], place: int) -> tuple[str, str]:
    at = dice.randrange(len(texts[place]) - 1)
    sign = dice.choice('0123456789"{}[],:- xE\x00\x1b')
    return f"{sign!r} at {at}", texts[place][:at] + sign + texts[place][at + 1 :]


CHANGES: tuple[tuple[str, Callable[..., tuple[str, str | None]]], ...] = (
    ("kind", _kind),
    ("number", _number),
    ("word", _word),
    ("word", _word),
    ("delete", _delete),
    ("twice", _twice),
    ("swap", _swap),
    ("across", _across),
    ("cut", _cut),
    ("bytes", _bytes),
)
