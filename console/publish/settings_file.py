"""The calls as a user sets them: `calls.yaml`. Errors name the field and what it may be.

```
occasions: {complete: off}       # failed, blocked, waiting, stalled, last-resume, repeats,
#                                complete, unpublished, resume, recovered
waiting-minutes: 30              # for room, before it calls
ways: {bell: off, desktop: osc9} # toast, bell, title; desktop: auto, osc9, osc777 or off
webhooks:
  - url: https://hooks.slack.com/services/…     # or url-file: a file that holds it
    form: slack                                 # or json
    occasions: [failed, blocked]                # all where it is left out
```
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from console.domain.calls import Occasion
from console.domain.waits import PATIENCE
from console.errors import InvalidInput
from console.operations.ports.call_settings import (
    EVERY,
    CallSettings,
    Desktop,
    Webhook,
    WebhookForm,
)
from console.publish.written_settings import demand_known, mapping, there_is, written

FILE = "calls.yaml"
_LONGEST_URL = 4096
_PARTS = ("occasions", "ways", "webhooks", "waiting-minutes")
_MOST_MINUTES = 7 * 24 * 60
_SWITCHES = ("toast", "bell", "title")
_WEBHOOK = ("url", "url-file", "form", "occasions")

Choice = TypeVar("Choice", Desktop, WebhookForm)


def read(path: Path) -> CallSettings:
    """What is set, the usual where nothing is. Raises InvalidInput with the mistake's place."""
    told = written(path, until_then="no call leaves")
    where = f"{path}: "
    demand_known(told, _PARTS, str(path))
    occasions = mapping(told.get("occasions"), f"{where}occasions")
    ways = mapping(told.get("ways"), f"{where}ways")
    demand_known(occasions, tuple(Occasion), f"{where}occasions")
    demand_known(ways, (*_SWITCHES, "desktop"), f"{where}ways")
    on = {each: _switch(occasions.get(each, True), f"{where}occasions.{each}") for each in Occasion}
    toast, bell, title = (_switch(ways.get(w, True), f"{where}ways.{w}") for w in _SWITCHES)
    return CallSettings(
        frozenset(each for each in Occasion if on[each]),
        toast,
        bell,
        title,
        _desktop(ways.get("desktop", Desktop.AUTO), f"{where}ways.desktop"),
        tuple(_webhooks(told.get("webhooks"), path)),
        _patience(told.get("waiting-minutes"), f"{where}waiting-minutes"),
    )


def _patience(told: Any, place: str) -> timedelta:
    if told is None:
        return PATIENCE
    if not isinstance(told, int) or isinstance(told, bool) or not 1 <= told <= _MOST_MINUTES:
        raise InvalidInput(
            f"{place} is no number of minutes.",
            fix=f"Give 1 to {_MOST_MINUTES}; 'occasions: {{waiting: off}}' switches the call off.",
        )
    return timedelta(minutes=told)


def _webhooks(told: Any, path: Path) -> Iterable[Webhook]:
    if told is not None and not isinstance(told, list):
        raise InvalidInput(f"{path}: webhooks is no list.", fix="Begin each with '- url: …'.")
    for number, each in enumerate(told or (), 1):
        yield _webhook(each, f"{path}: webhooks[{number}]", path.parent)


def _webhook(told: Any, place: str, folder: Path) -> Webhook:
    told = mapping(told, place)
    demand_known(told, _WEBHOOK, place)
    if ("url" in told) == ("url-file" in told):
        raise InvalidInput(f"{place} needs url or url-file, and not both.")
    if "url" in told:
        url, where = told["url"], f"{place}.url"
    else:
        where = f"{place}.url-file"
        url = _from_file(folder, str(told["url-file"]), where)
    wanted = told.get("occasions")
    return Webhook(
        _address(url, where),
        _choice(told.get("form"), WebhookForm, f"{place}.form"),
        EVERY if wanted is None else _listed(wanted, f"{place}.occasions"),
    )


def _from_file(folder: Path, name: str, place: str) -> str:
    try:
        with (folder / Path(name).expanduser()).open(encoding="utf-8") as file:
            return file.read(_LONGEST_URL).strip()
    except (OSError, ValueError, RuntimeError) as error:  # of a name that is none, a home of nobody
        why = type(error).__name__
        raise InvalidInput(f"{place} cannot be read: {name!a}.", why=why) from error


def _address(url: Any, place: str) -> str:
    """Never said again, not even in an error: it is a secret."""
    fix = "Give the whole address, as in https://hooks.example/services/…"
    try:
        parts = urlsplit(url) if isinstance(url, str) else None
        port = parts.port if parts else None
    except ValueError:
        parts = port = None
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        raise InvalidInput(f"{place} is no http or https address.", fix=fix)
    if not url.isprintable() or not url.isascii() or " " in url or len(url) > _LONGEST_URL:
        raise InvalidInput(f"{place} has characters that no address has.", fix=fix)
    return str(url)


def _listed(told: Any, place: str) -> frozenset[Occasion]:
    names = told if isinstance(told, list) else [told]
    for each in names:
        if each not in tuple(Occasion):
            raise InvalidInput(
                f"{place} has an occasion that there is none of.", fix=there_is(Occasion)
            )
    return frozenset(Occasion(each) for each in names)


def _desktop(told: Any, place: str) -> Desktop:
    """YAML reads `on` and `off` as a choice of its own."""
    if isinstance(told, bool):
        return Desktop.AUTO if told else Desktop.OFF
    return _choice(told, Desktop, place)


def _choice(told: Any, kind: type[Choice], place: str) -> Choice:
    if told not in tuple(kind):
        raise InvalidInput(f"{place} is not one that there is.", fix=there_is(kind))
    return kind(told)


def _switch(told: Any, place: str) -> bool:
    if not isinstance(told, bool):
        raise InvalidInput(f"{place} is neither on nor off.", fix="Say on or off.")
    return told
