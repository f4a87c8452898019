"""What is launched for a message, as upstream's first step has it: name, team, track, numbers.

A Job is named by its submission, and one that goes on by the time at which EvalAI was told to let
it go on. The name of each launch is so given before it, and no second one can have it.
"""

from __future__ import annotations

import re

import msgspec

from console.domain.budget import backoff_limit_for
from console.domain.facts import EvalAiPlace
from console.operations.ports.evalai_queue import PhaseRule
from console.specs.compose import Composed, compose, load_template
from console.specs.many.columns import IMAGE, NAME
from console.specs.presets import Preset, load_preset
from console.specs.step_input import TEAM_NAME
from console.specs.turns import into_queue
from console.specs.values import load_profile, usual_profile

ORIGIN = "EvalAI"
"""Who said the values of a message, where one of them is wrong."""
_STEM = "submission-"
_SECONDS = 14
"""Digits of a time down to its seconds."""


class IntakeOrder(msgspec.Struct, frozen=True):
    """One submission of EvalAI as a Job."""

    place: EvalAiPlace
    rule: PhaseRule
    name: str
    image: str
    team: int
    team_name: str = ""
    resuming: bool = False
    """EvalAI was told to let it go on."""


def first_name(submission: int) -> str:
    """Of the Job that a submission gets first."""
    return f"{_STEM}{submission}"


def name_of_round(submission: int, resumed: str) -> str:
    """Of the Job that goes on since then; `resumed`: EvalAI's words for the time."""
    digits = re.sub(r"\D", "", resumed)[:_SECONDS]
    return f"{_STEM}{submission}-r{digits}" if digits else f"{_STEM}{submission}-resumed"


def order_values(order: IntakeOrder) -> dict[str, str]:
    """Path of a value -> what the order says of it."""
    place = order.place
    return {
        NAME: order.name,
        IMAGE: order.image,
        TEAM_NAME: order.team_name,
        "submission.team_id": str(order.team),
        "submission.challenge_id": str(place.challenge),
        "submission.track_id": str(place.phase),
        "submission.submission_id": str(place.submission),
        "submission.track_codename": order.rule.track,
        "submission.resume": "1" if order.resuming else "",
    }


def compose_order(order: IntakeOrder, namespace: str, *, local: bool) -> Composed:
    """The Job, by what its phase says. Reads files; raises InvalidInput with every mistake."""
    rule = order.rule
    preset = load_preset(rule.preset) if rule.preset else Preset("")
    profile = load_profile(rule.profile or preset.profile or usual_profile(local=local))
    template = load_template(rule.leaderboard)
    values = preset.over(profile.values(rule.leaderboard), template.paths)
    values = values.override(order_values(order), origin=ORIGIN, known=template.paths)
    limit = None if preset.resumes is None else backoff_limit_for(preset.resumes)
    made = compose(template, values, namespace=namespace, backoff_limit=limit)
    return into_queue(made, preset.queue)
