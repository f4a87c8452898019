"""Whole sets, damaged in one place: never a false final, and the damaged file is always named."""

from __future__ import annotations

import json
import random

import pytest
from fakes.sweeps import sweep
from mutations import damaged
from result_vectors import vectors

from console.results.collecting import Partial
from console.results.trustworthy import merge

WHOLE = [one for one in vectors() if one.whole and one.meta["repetitions"] == 1]
SEED = random.randrange(10**6)
A_RUN = 25
UNSEEN = 1e-4
"""Of a score of 100: as 1.0 rounds it, a digit more is still the same score."""
RUNS = 8


@pytest.mark.parametrize("run", sweep(range(RUNS), 0))
def test_damage_to_one_file_is_never_a_false_final_and_names_the_file(run: int) -> None:
    for number in range(A_RUN):
        seed = SEED + run * A_RUN + number
        case = WHOLE[seed % len(WHOLE)]
        texts = [part.text or "" for part in case.partials()]
        names = [path.rpartition("/")[2] for path in case.paths]
        damage = damaged(texts, seed)
        report, before = (
            merge(
                case.plan(),
                [Partial(0, text, name=name) for text, name in zip(some, names, strict=True)],
            )
            for some in (damage.texts, texts)
        )
        told = f"seed {seed}: {case}, {names[damage.place]}, {damage.how}"
        json.loads(report.text)
        if report.eligible:
            # Route times penalty says whether a score is right but for the last digits.
            assert sorted(each.scores.composed for each in report.records) == pytest.approx(
                sorted(each.scores.composed for each in before.records), abs=UNSEEN
            ), told
            # Records in another order are added up in another order: the last digit may differ.
            assert report.statistics.means == pytest.approx(
                before.statistics.means, rel=1e-12, abs=UNSEEN
            ), told
            assert {e.key for e in report.records} == {e.key for e in before.records}, told
        else:
            assert any(names[damage.place] in each.text for each in report.problems), told
