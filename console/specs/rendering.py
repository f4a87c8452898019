"""Manifests as YAML text, in an order that does not change from one time to the next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

_FIRST = ("apiVersion", "kind", "metadata", "name", "spec")


def to_yaml(manifest: Mapping[str, Any]) -> str:
    """One document that kubectl takes; several lines of text become a block."""
    text: str = yaml.dump(_ordered(manifest), Dumper=_Plain, sort_keys=False, width=100)
    return text


def _ordered(value: Any) -> Any:
    if isinstance(value, list):
        return [_ordered(item) for item in value]
    if not isinstance(value, Mapping):
        return value
    keys = sorted(value, key=lambda key: _FIRST.index(key) if key in _FIRST else len(_FIRST))
    return {key: _ordered(value[key]) for key in keys}


class _Plain(yaml.SafeDumper):
    """YAML without anchors: people read and change these files."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Plain.add_representer(str, _text)
