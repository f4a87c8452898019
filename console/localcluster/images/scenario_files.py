"""Scenario files of the team-agent image: the shipped ones and the user's, by tag.

A user's file `<state directory>/scenarios/<tag>.yaml` wins over a shipped one of that name. The
schema is the stand-in's own: `console.localcluster.images.standin.scenario`.
"""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from console import paths
from console.errors import InvalidInput
from console.localcluster.images.standin import scenario
from console.localcluster.images.standin.failures import ScenarioError

_SHIPPED = Path(__file__).with_name("scenarios")
_TAG = re.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_LARGEST_BYTES = 1 << 20


def names() -> list[str]:
    """Every tag that can be pulled."""
    return sorted({path.stem for folder in _folders() for path in folder.glob("*.yaml")})


def find(tag: str) -> Path | None:
    """The file behind a tag, or None."""
    if not _TAG.fullmatch(tag):
        return None
    found = (folder / f"{tag}.yaml" for folder in _folders())
    return next((path for path in found if path.is_file()), None)


def load(path: Path) -> scenario.Scenario:
    """A checked scenario. Raises InvalidInput naming the file and the wrong key."""
    what = f"The scenario {path} is wrong."
    fix = "The keys are described in console/localcluster/images/standin/scenario.py."
    try:
        if path.stat().st_size > _LARGEST_BYTES:
            raise InvalidInput(what, why=f"It is larger than {_LARGEST_BYTES} bytes.", fix=fix)
        return scenario.check(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (ScenarioError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise InvalidInput(what, why=str(error), fix=fix) from error


def _folders() -> tuple[Path, Path]:
    return (paths.state() / "scenarios", _SHIPPED)
