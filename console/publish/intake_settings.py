"""What `publishing.yaml` says of submissions that come from EvalAI: its queue, and each phase.

```
  queue: carla-challenge.fifo   # at EvalAI; without it nothing is taken from a queue
  phases:
    4137: {leaderboard: "2.0", track: SENSORS}
    4138: {leaderboard: "2.0", track: MAP, profile: g5.12xlarge, preset: nightly}
```
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from console.errors import InvalidInput
from console.operations.ports.evalai_queue import IntakeSettings, PhaseRule
from console.publish.written_settings import demand_known, mapping, there_is
from console.results.leaderboard import LAUNCHED, find, names

KEYS = ("queue", "phases")
_RULE = ("leaderboard", "track", "profile", "preset")
_QUEUE = re.compile(r"[A-Za-z0-9_-]{1,80}(\.fifo)?", re.ASCII)
"""What SQS takes as a name; anything else would be another path of EvalAI's API."""
_MOST_NUMBER = 10**9
_MOST_PHASES = 100
_LONGEST = 300


def intake_settings(told: Mapping[str, Any], place: str) -> IntakeSettings:
    """`told`: all that stands below `evalai`. Raises InvalidInput with the mistake's place."""
    phases = mapping(told.get("phases"), f"{place}.phases")
    if len(phases) > _MOST_PHASES:
        raise InvalidInput(f"{place}.phases has more than {_MOST_PHASES} phases.")
    rules = {_phase(each, place): _rule(rule, place, each) for each, rule in phases.items()}
    return IntakeSettings(_queue(told.get("queue"), f"{place}.queue"), rules)


def _queue(told: Any, place: str) -> str:
    if told is None:
        return ""
    if not isinstance(told, str) or not _QUEUE.fullmatch(told):
        raise InvalidInput(
            f"{place} is no name of a queue.",
            fix="Write it as EvalAI shows it on the challenge's page for its hosts.",
        )
    return told


def _phase(told: Any, place: str) -> int:
    if type(told) is not int or not 0 < told <= _MOST_NUMBER:
        raise InvalidInput(
            f"{place}.phases has a key that is no phase.",
            fix='Write its number at EvalAI: 4137: {leaderboard: "2.0", track: SENSORS}',
        )
    return told


def _rule(told: Any, place: str, phase: Any) -> PhaseRule:
    at = f"{place}.phases.{phase}"
    rule = mapping(told, at)
    demand_known(rule, _RULE, at)
    # YAML reads 2.0 as a number.
    version = find(str(rule.get("leaderboard", "")))
    if version is None or version.name not in names(LAUNCHED):
        raise InvalidInput(f"{at}.leaderboard is none.", fix=there_is(names(LAUNCHED)))
    track = rule.get("track")
    if track not in version.tracks:
        raise InvalidInput(
            f"{at}.track is no track of Leaderboard {version}.", fix=there_is(version.tracks)
        )
    return PhaseRule(version.name, str(track), *(_named(rule, at, key) for key in _RULE[2:]))


def _named(rule: Mapping[str, Any], at: str, key: str) -> str:
    """A name or a file's path; whether it is there, its reader says."""
    told = rule.get(key, "")
    if not isinstance(told, str) or not told.isprintable() or len(told) > _LONGEST:
        raise InvalidInput(f"{at}.{key} names none.", fix="Write its name, or a file's path.")
    return told
