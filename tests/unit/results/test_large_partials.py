"""A partial of many megabytes is merged like any other: nothing is refused for its size below 50 MB."""

from __future__ import annotations

import json

from result_vectors import vectors

from console.results import jsontext
from console.results.collecting import Partial
from console.results.trustworthy import merge

MESSAGE = (
    "Agent met with an obstacle number {} at (x=12.5, y=-7.25, z=0.1) and drove on after a while"
)


def test_a_partial_of_twelve_megabytes_is_merged_and_complete() -> None:
    case = next(one for one in vectors() if one.meta["kind"].startswith("complete"))
    texts = [part.text or "" for part in case.partials()]
    document = json.loads(texts[1])
    noted = [MESSAGE.format(number) for number in range(125_000)]
    document["_checkpoint"]["records"][0]["noted"] = noted
    texts[1] = json.dumps(document)
    assert 12_000_000 < len(texts[1]) < jsontext.SIZE_LIMIT
    report = merge(case.plan(), [Partial(0, text) for text in texts])
    assert report.complete, report.problems[:3]
    assert noted[-1] in report.text


def test_fifty_megabytes_are_the_limit() -> None:
    assert jsontext.SIZE_LIMIT >= 50_000_000


def test_thousands_of_short_messages_are_no_more_values_than_a_partial_may_hold() -> None:
    messages = [f"Agent ran a red light {n} at (x=1.0, y=2.0, z=0.1)" for n in range(800_000)]
    text = jsontext.compact(messages)
    assert 40_000_000 < len(text) < jsontext.SIZE_LIMIT
    assert len(jsontext.bounded(text)) == len(messages)
