"""The values of a site, which have a default and which no template has to ask for: GPUs, nodes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from console.specs import gpu_ways, node_choice, node_gpus, surroundings
from console.specs.mistakes import Mistake

DEFAULTS: dict[str, str] = {
    **gpu_ways.DEFAULTS,
    **node_gpus.DEFAULTS,
    **node_choice.DEFAULTS,
    **surroundings.DEFAULTS,
}
CHOICES: dict[str, tuple[str, ...]] = {gpu_ways.WAY: tuple(gpu_ways.Way), **surroundings.CHOICES}

_JUDGES: tuple[tuple[Mapping[str, str], Callable[[str, Any], str]], ...] = (
    (gpu_ways.DEFAULTS, gpu_ways.value_mistake),
    (node_gpus.DEFAULTS, node_gpus.value_mistake),
    (node_choice.DEFAULTS, node_choice.value_mistake),
    (surroundings.DEFAULTS, surroundings.value_mistake),
)


def value_mistake(path: str, value: Any) -> str:
    """The sentence after the path's name; empty where the value is sound."""
    return next(judge for known, judge in _JUDGES if path in known)(path, value)


def mistakes(said: Mapping[str, Any], origin: Mapping[str, str]) -> Iterator[Mistake]:
    """What is wrong with these values, each with who said it."""
    for path in DEFAULTS:
        if (what := value_mistake(path, said.get(path))) != "":
            yield Mistake(f"{origin.get(path, 'the values')}: {path} {what}.", path)


def said_by(job: Mapping[str, Any], template: Mapping[str, Any]) -> dict[str, str]:
    """The values that made a Job of that template."""
    return {
        **gpu_ways.said_by(job, template),
        **node_choice.said_by(job, template),
        **surroundings.said_by(job, template),
    }


def settle(manifest: dict[str, Any], said: Mapping[str, Any]) -> None:
    """Put what was said, or its defaults, into a Job."""
    gpu_ways.set_gpus(manifest, gpu_ways.gpu_values(said))
    node_choice.choose(manifest, said)
    surroundings.surround(manifest, said)
