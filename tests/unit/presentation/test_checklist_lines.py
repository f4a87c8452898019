"""A preflight's checklist: a mark for each finding, its remedy beneath, one sentence over all."""

from __future__ import annotations

import pytest
from fakes.shown import all_said, said, toned

from console.domain.preflight.checklist import NodeFinding, NodeVerdict, Topic
from console.presentation.checklist_lines import INDENT, VERDICT_MARKS, checklist_lines, summary
from console.presentation.tones import Tone

OK, WARNING = NodeVerdict.OK, NodeVerdict.WARNING
FAILS, UNKNOWN = NodeVerdict.FAILS, NodeVerdict.UNKNOWN


def finding(verdict: NodeVerdict, text: str = "sees 4 GPUs", fix: str = "") -> NodeFinding:
    return NodeFinding(Topic.GPUS, verdict, text, fix)


def test_a_finding_has_its_mark_its_topic_and_its_words_in_columns() -> None:
    (line,) = checklist_lines([finding(OK)])
    assert said(line) == "✓ GPUs       sees 4 GPUs"
    assert said(line).index("sees") == INDENT


def test_the_words_of_every_topic_begin_in_one_column() -> None:
    lines = checklist_lines(NodeFinding(topic, OK, "words") for topic in Topic)
    assert {said(line).index("words") for line in lines} == {INDENT}


def test_what_to_do_stands_beneath_its_finding_under_its_words() -> None:
    told = checklist_lines([finding(FAILS, "sees none", "ask for one"), finding(OK)])
    assert said(told[1]) == " " * INDENT + "ask for one"
    assert len(told) == 3


def test_no_two_verdicts_have_one_mark() -> None:
    assert set(VERDICT_MARKS) == set(NodeVerdict)
    assert len({mark for mark, _ in VERDICT_MARKS.values()}) == len(NodeVerdict)


def test_what_could_not_be_told_is_not_toned_as_fine() -> None:
    (line,) = checklist_lines([finding(UNKNOWN)])
    assert toned(line, Tone.OK) == ""


def test_words_of_a_container_do_not_steer_the_terminal() -> None:
    assert "\x1b" not in all_said(checklist_lines([finding(OK, "\x1b[2Jfour")]))


@pytest.mark.parametrize(
    ("verdicts", "words"),
    [
        ([], "Nothing speaks against a launch."),
        ([OK, OK], "Nothing speaks against a launch."),
        ([OK, FAILS], "A launch would fail: 1 finding marked ✗."),
        ([FAILS, WARNING, FAILS], "A launch would fail: 2 findings marked ✗."),
        ([WARNING], "Nothing that was found would fail a launch; 1 warning marked !."),
        (
            [WARNING, WARNING, UNKNOWN],
            "Nothing that was found would fail a launch; 2 warnings marked !, 1 could not be told.",
        ),
        ([UNKNOWN, OK], "Nothing that was found would fail a launch; 1 could not be told."),
    ],
)
def test_one_sentence_says_what_the_findings_mean_together(
    verdicts: list[NodeVerdict], words: str
) -> None:
    assert summary(finding(each) for each in verdicts) == words
