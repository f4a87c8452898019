"""The exams of failures from public reports: how often cause and owner are right, and never surely
wrong. `python -m tests.unit.diagnosis.test_exam` prints what is not right, by case, and each score."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from console.diagnosis.verdict import Confidence, Verdict
from console.operations.inspecting.inspection import inspect
from console.operations.ports.recorder import LogLine, LogView
from console.operations.watching.logs_at_hand import LinesInMemory
from tests.fakes.scenes import LONG, at, board_of, lines_of, written

DATA = Path(__file__).parents[2] / "data/diagnosis"
EXAMS = {"exam": 117, "second_exam": 60, "third_exam": 90, "fourth_exam": 80, "fifth_exam": 70}
"""The folder of each, and how many cases it has: none is lost unseen."""
NOT_SURE = "not-sure"


class Case(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    source: str
    happened: str
    cause: str
    owner: list[str]
    """Whom a fair judge would accept; empty: none is to be named."""
    scene: dict[str, Any]
    also_right: list[str] = []


class Answer(msgspec.Struct, frozen=True):
    case: Case
    cause: str
    owner: str | None
    confidence: Confidence

    @property
    def cause_right(self) -> bool:
        return self.cause in (self.case.cause, *self.case.also_right)

    @property
    def owner_right(self) -> bool:
        if self.cause == NOT_SURE and self.cause_right:
            return True
        return self.owner in self.case.owner or not (self.owner or self.case.owner)


@cache
def cases(exam: str) -> tuple[Case, ...]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    files = sorted((DATA / exam).glob("*.yaml"))
    texts = [msgspec.convert(yaml.load(each.read_text(), loader), list[Case]) for each in files]
    return tuple(case for text in texts for case in text)


@cache
def answers_of(exam: str) -> tuple[Answer, ...]:
    """To every case of it."""
    return tuple(answered(case) for case in cases(exam))


def answered(case: Case) -> Answer:
    """As an operator gets it, who asks about the whole submission."""
    scene = written(case.scene)
    logs: dict[str, list[LogLine]] = {}
    for line in lines_of(scene):
        stamp = f"{line.at:%Y-%m-%dT%H:%M:%S.%f}000Z" if line.at else ""
        logs.setdefault(line.container, []).append(LogLine(stamp, line.text))

    def log(container: str) -> LogView | None:
        return LinesInMemory(tuple(logs[container])) if container in logs else None

    verdict: Verdict | None = inspect(board_of(scene), log, at(LONG)).answer
    if verdict is None:
        return Answer(case, NOT_SURE, None, Confidence.UNSURE)
    cause = verdict.cause.name if verdict.cause else NOT_SURE
    return Answer(case, cause, verdict.owner.value if verdict.owner else None, verdict.confidence)


@pytest.mark.parametrize("exam", EXAMS)
def test_nine_causes_in_ten_and_nineteen_owners_in_twenty_are_right(exam: str) -> None:
    answers = answers_of(exam)
    assert sum(each.cause_right for each in answers) >= 0.9 * len(answers)
    assert sum(each.owner_right for each in answers) >= 0.95 * len(answers)


@pytest.mark.parametrize("exam", EXAMS)
def test_no_wrong_cause_is_called_certain(exam: str) -> None:
    wrong = [each for each in answers_of(exam) if not each.cause_right]
    assert [each.case.name for each in wrong if each.confidence is Confidence.CERTAIN] == []


@pytest.mark.parametrize("exam", EXAMS)
def test_an_exam_keeps_all_its_cases(exam: str) -> None:
    assert len(cases(exam)) == EXAMS[exam]


def test_no_report_is_asked_about_in_two_exams() -> None:
    sources = [{case.source for case in cases(exam)} for exam in EXAMS]
    assert set.intersection(*sources) == set()


def main() -> None:
    for exam in EXAMS:
        answers = answers_of(exam)
        for each in answers:
            if not (each.cause_right and each.owner_right):
                wanted = f"{each.case.cause} {each.case.also_right} {each.case.owner}"
                told = f"{each.cause} {each.owner} {each.confidence.name}"
                print(f"{each.case.name}: {told}; right: {wanted}")
        causes, owners = (sum(e.cause_right for e in answers), sum(e.owner_right for e in answers))
        print(f"{exam}: {len(answers)} cases: cause right in {causes}, owner right in {owners}")


if __name__ == "__main__":
    main()
