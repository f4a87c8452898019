"""The default merge of the sample sets, whole or with a document that a test has changed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from result_vectors import vector

from console.results.collecting import Partial
from console.results.drives import Drives
from console.results.leaderboard import named
from console.results.plan import launched
from console.results.report import MergeReport
from console.results.trustworthy import merge

SUBSETS = "0-4;5-9;10-14;15-19"
"""How the sample sets share twenty routes among four pairs."""
WHOLE = {
    "1.0": "lb10-complete_r1_01",
    "2.0": "lb20-complete_r1_01",
    "2.1": "lb21-complete_r1_01",
    "Bench2Drive": "b2d-complete_r1_01",
    "Longest6": "longest6-complete_r1_01",
}
"""By version, a set in which every drive is there once."""


def subsets_of(version: str) -> str:
    """How the whole set of a version was shared."""
    return ";".join(vector(WHOLE[version]).meta["routes_subsets"])


def documents_of(name: str) -> list[Any]:
    """The partials of that sample, to be changed."""
    return [json.loads(part.text or "null") for part in vector(name).partials()]


def whole_set(version: str) -> list[Any]:
    """Four partials that are complete together."""
    return documents_of(WHOLE[version])


def merged(name: str, documents: Sequence[Any], **plan: Any) -> MergeReport:
    """As of pairs 1 to 4; a text is taken as it is. `plan` is what was launched otherwise."""
    partials = [
        Partial(pair, document if isinstance(document, str) else json.dumps(document))
        for pair, document in enumerate(documents, 1)
    ]
    case = vector(name)
    wanted = {"leaderboard": named(case.version), "subsets": subsets_of(case.version)}
    wanted["repetitions"] = 1
    return merge(launched(Drives.of(**{**wanted, **plan})), partials)


def merged_files(version: str, documents: Sequence[Any], subsets: str = "") -> MergeReport:
    """As of files whose pair only their names tell."""
    partials = [
        Partial(0, json.dumps(document), name=f"in/partial_{number}.json")
        for number, document in enumerate(documents, 1)
    ]
    return merge(launched(Drives.of(named(version), subsets or subsets_of(version), 1)), partials)


def with_score(key: str, value: Any) -> MergeReport:
    """A whole set in whose first record that score has that value."""
    documents = whole_set("2.0")
    documents[0]["_checkpoint"]["records"][0]["scores"][key] = value
    return merged(WHOLE["2.0"], documents)


def kinds(report: MergeReport) -> set[tuple[str, int]]:
    """What is wrong, and with which pair."""
    return {(problem.kind, problem.pair) for problem in report.problems}
