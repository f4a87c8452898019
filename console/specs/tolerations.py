"""A pod's tolerations as a value: a list as Kubernetes has it, or taints as kubectl has them."""

from __future__ import annotations

import json
import re
from typing import Any

from console.specs.references import kind_of
from console.specs.schema import misfits

_TAINT = re.compile(r"([^=:\s]+)(?:=([^=:\s]*))?(?::([A-Za-z]+))?")
_EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")


def tolerations_mistake(value: Any) -> str:
    """What is wrong with it, as the words after its name; empty where it is sound."""
    try:
        found = tolerations(value)
    except ValueError as error:
        return str(error)
    for place, each in enumerate(found):
        if wrong := next(misfits(each, "Toleration"), None):
            key = ".".join(map(str, wrong.place))
            return f"[{place}] {key} {wrong.what}".rstrip(".")
    return ""


def tolerations(value: Any) -> list[dict[str, Any]]:
    """A list of tolerations, or taints as kubectl writes them: `nvidia.com/gpu=present:NoSchedule`,
    several with commas between. Raises ValueError with the words after the path's name."""
    if isinstance(value, str) and value.lstrip().startswith("["):
        try:
            value = json.loads(value)
        except ValueError:
            raise ValueError("is no list in JSON") from None
    if isinstance(value, str):
        return [_toleration(each.strip()) for each in value.split(",") if each.strip()]
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise ValueError(f"is {kind_of(value)}; a list of tolerations is wanted")
    return [dict(each) for each in value]


def _toleration(taint: str) -> dict[str, Any]:
    match = _TAINT.fullmatch(taint)
    if match is None:
        raise ValueError(f"holds {taint!r}; write KEY=VALUE:EFFECT as kubectl taint does")
    key, value, effect = match.groups()
    if effect is not None and effect not in _EFFECTS:
        raise ValueError(f"has the effect {effect!r}; one of {', '.join(_EFFECTS)}")
    found = {"key": key, "operator": "Exists" if value is None else "Equal"}
    found |= {} if value is None else {"value": value}
    return found | ({"effect": effect} if effect else {})


def spelled(value: Any) -> str:
    """Tolerations as the text that `tolerations` takes."""
    return value if isinstance(value, str) else json.dumps(value) if value else ""
