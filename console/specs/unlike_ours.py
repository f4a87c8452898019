"""What a Job of elsewhere would run, and where it is unlike one that this console makes. Pure.

Whoever may write where it comes from may have written anything into its pod. Its images and the
other values are read from it, so these are always told; all else is held against the template that
would make a Job of the same values.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from console.errors import ConsoleError
from console.results.quoting import printable
from console.specs import pod
from console.specs.compose import compose
from console.specs.node_gpus import GPUS_PER_NODE
from console.specs.parameters import as_value, parameters
from console.specs.read_back import ReadBack, read_back
from console.specs.shape import PAIRS
from console.specs.template import load_template
from console.specs.values import Values

_LONGEST = 60
_OF_A_SERVER = frozenset(
    (
        *("terminationMessagePath", "terminationMessagePolicy", "imagePullPolicy"),
        *("apiVersion", "defaultMode", "protocol", "dnsPolicy", "schedulerName"),
        *("serviceAccount", "terminationGracePeriodSeconds"),
    )
)
"""Where we say nothing a server says the usual."""
_OF_A_LAUNCH = frozenset(("PROGRESS_NONCE", "RESUME", "RESUME_DIR"))
_WORKERS = "workers"
"""The volume whose content a launch brings along."""


def images_of(manifest: Mapping[str, Any]) -> dict[str, list[str]]:
    """Image -> the containers that run it."""
    found: dict[str, list[str]] = {}
    for each in pod.all_containers(manifest):
        image = each.content.get("image")
        found.setdefault(image if isinstance(image, str) else "?", []).append(each.name)
    return found


def unlike_ours(manifest: Mapping[str, Any]) -> tuple[str, ...]:
    """A line for each thing that the values do not explain; safe to show."""
    read = read_back(manifest)
    if read is None:
        return ("it is of no Leaderboard that this console has a template of",)
    try:
        ours = _composed(read)
    except ConsoleError as error:
        return (f"this console would not launch its values: {printable(error.what, 200)}",)
    there, here = pod.pod_spec(manifest), pod.pod_spec(ours)
    return tuple(_said(*each) for each in _differences(here, there, ()))


def _composed(read: ReadBack) -> Mapping[str, Any]:
    template = load_template(read.leaderboard)
    known = {each.path: each for each in parameters(template)}
    given = {
        path: as_value(known[path], text) for path, text in read.values.items() if path in known
    }
    # Its nodes had room for it, whatever is known of their type here.
    given[GPUS_PER_NODE] = given.get(PAIRS)
    values = Values({}).override(given, origin="the Job", known=template.paths)
    return compose(template, values, nonce="0").manifest


def _differences(here: Any, there: Any, at: tuple[str, ...]) -> Iterator[tuple[Any, ...]]:
    if isinstance(here, dict | list) and isinstance(there, dict | list):
        one, other = _named(here), _named(there)
        for key in {**one, **other}:
            if not _expected(at, key, one):
                yield from _differences(one.get(key), other.get(key), (*at, key))
    elif here != there and not (here in _NOTHING and there in _NOTHING):
        yield at, here, there


_NOTHING: tuple[Any, ...] = (None, "", {}, [])


def _expected(at: tuple[str, ...], key: str, ours: Mapping[str, Any]) -> bool:
    """What differs in every launch, or is a server's word for nothing."""
    if key in _OF_A_SERVER and key not in ours:
        return True
    return (at[-1:] == ("env",) and key in _OF_A_LAUNCH) or (*at, key) == ("volumes", _WORKERS)


def _named(said: dict[str, Any] | list[Any]) -> dict[str, Any]:
    """Of a list, its items by their names, where they have any: their order says little."""
    if isinstance(said, dict):
        return said
    names = [each.get("name") if isinstance(each, dict) else None for each in said]
    if all(isinstance(name, str) for name in names) and len(set(names)) == len(names):
        return dict(zip(map(str, names), said, strict=True))
    return {str(number): each for number, each in enumerate(said)}


def _said(at: tuple[str, ...], here: Any, there: Any) -> str:
    return f"{printable('.'.join(at), 120)}: {_shown(there)}, where a launch has {_shown(here)}"


def _shown(said: Any) -> str:
    if said in _NOTHING:
        return "nothing"
    if isinstance(said, dict):
        said = said.get("value", said)
    return printable(str(said), _LONGEST)
