"""The contexts of a kubeconfig at a glance: as kubectl writes it, or as JSON. Pure.

Importing a reader of YAML takes as long as all else that a Tab does. What is written in another
style is not offered; the command itself reads it whole.
"""

from __future__ import annotations

from collections.abc import Iterator

Context = tuple[str, str]
"""Its name and its namespace, empty where it names none."""


def contexts(text: str) -> Iterator[Context]:
    """Those of the list `contexts`; raises ValueError for JSON that is none."""
    return _of_json(text) if text.lstrip().startswith("{") else _of_lines(text)


def _of_json(text: str) -> Iterator[Context]:
    import json

    found = json.loads(text).get("contexts")
    for each in found if isinstance(found, list) else ():
        if isinstance(each, dict):
            context = each.get("context")
            inner = context if isinstance(context, dict) else {}
            yield str(each.get("name") or ""), str(inner.get("namespace") or "")


def _of_lines(text: str) -> Iterator[Context]:
    entry: dict[str, str] = {}
    parent, own, below = "", -1, -1
    for column, begins, line in _section(text):
        if begins:
            yield from _named(entry)
            entry, own = {}, column
        key, _, value = line.partition(":")
        if column == own:
            entry[key], parent, below = _plain(value), key, -1
        else:
            below = column if below < 0 else below
            # Deeper still are extensions, which may have names of their own.
            if column == below:
                entry[f"{parent}.{key}"] = _plain(value)
    yield from _named(entry)


def _named(entry: dict[str, str]) -> Iterator[Context]:
    if "name" in entry:
        yield entry["name"], entry.get("context.namespace", "")


def _section(text: str) -> Iterator[tuple[int, bool, str]]:
    """Of each line below `contexts:` column of its first key, whether an entry begins, rest."""
    inside, dashes = False, None
    for line in text.splitlines():
        body = line.lstrip(" ")
        if not body or body.startswith("#"):
            continue
        column = len(line) - len(body)
        if column == 0 and not body.startswith("-"):
            inside, dashes = body.rstrip() == "contexts:", None
        elif inside and body.startswith("- "):
            dashes = column if dashes is None else dashes
            rest = body[1:].lstrip(" ")
            yield column + len(body) - len(rest), column == dashes, rest
        elif inside:
            yield column, False, body


def _plain(value: str) -> str:
    text = value.strip()
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" else text
