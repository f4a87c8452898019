"""Manifests as YAML text, in an order that does not change from one time to the next."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any

import yaml
from yaml.representer import SafeRepresenter

_FIRST = ("apiVersion", "kind", "metadata", "name", "spec")


def to_yaml(manifest: Mapping[str, Any]) -> str:
    """One document that kubectl takes; several lines of text become a block."""
    ordered = _ordered(manifest)
    if yaml.__with_libyaml__:
        # A fifth of the time, and the form of compose shows it at each edit. Half a character is
        # no text to libyaml; the other one writes it as JSON does.
        with contextlib.suppress(UnicodeError):
            return _dumped(ordered, _Quick)
    return _dumped(ordered, _Plain)


def _dumped(manifest: Any, dumper: type[yaml.SafeDumper]) -> str:
    text: str = yaml.dump(manifest, Dumper=dumper, sort_keys=False, width=100)
    return text


def _ordered(value: Any) -> Any:
    if isinstance(value, list):
        return [_ordered(item) for item in value]
    if not isinstance(value, Mapping):
        return value
    keys = sorted(value, key=lambda key: _FIRST.index(key) if key in _FIRST else len(_FIRST))
    return {key: _ordered(value[key]) for key in keys}


class _Anchorless(SafeRepresenter):
    """People read and change these files."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


class _Plain(_Anchorless, yaml.SafeDumper):
    """By PyYAML itself."""


class _Quick(_Anchorless, yaml.CSafeDumper if yaml.__with_libyaml__ else yaml.SafeDumper):  # type: ignore[misc]
    """By libyaml, of which it is a wrapper where there is one."""


for _each in (_Plain, _Quick):
    _each.add_representer(str, _text)
