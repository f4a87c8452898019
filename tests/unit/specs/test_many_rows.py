"""A file of submissions: how it is read, what its columns mean, what is wrong with each row."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.errors import InvalidInput
from console.specs.compose import Composed, compose
from console.specs.many.columns import IMAGE, NAME, flags_of, settings_of
from console.specs.many.judging import JudgedRow, demand_whole, judge_rows
from console.specs.many.reading import MOST_ROWS, FileRow, holds_rows, read_rows
from console.specs.mistakes import SpecRejected
from console.specs.parameters import parameters
from console.specs.step_input import TEAM_NAME
from console.specs.template import load_template
from console.specs.values import load_profile

TEMPLATE = load_template("2.0")
VALUES = load_profile("embedded").values("2.0")
ASKED = {each.path: each for each in parameters(TEMPLATE, VALUES)}
AGENT = "console.local/team-agent:quick"


def cells(text: str, source: str) -> list[dict[str, str]]:
    return [dict(each.cells) for each in read_rows(text, source)]


def composed(row: FileRow) -> Composed:
    settings = settings_of(row.cells, ASKED)
    values = VALUES.override(settings, origin=row.at, known=TEMPLATE.paths)
    return compose(TEMPLATE, values, nonce="n0nce")


def judged(text: str, *taken: str, source: str = "teams.csv") -> tuple[JudgedRow, ...]:
    return judge_rows(read_rows(text, source), composed, taken)


@pytest.mark.parametrize(
    ("text", "source", "rows"),
    [
        ("submission:\n  name: a\n", "values.yaml", False),
        ("# mine\n- name: a\n", "teams.yaml", True),
        ('[{"name": "a"}]', "teams.json", True),
        ('{"submission": {}}', "/dev/fd/63", False),
        ("submission:\n", "/dev/fd/63", False),
        ("registry.example.org/agent:1\n", "/dev/fd/63", True),
        ("name,image\n", "-", True),
        ("anything: at all", "teams.csv", True),
        ("", "-", False),
    ],
)
def test_a_file_of_submissions_is_told_from_one_of_values(
    text: str, source: str, rows: bool
) -> None:
    assert holds_rows(text, source) is rows


WANTED = [
    {NAME: "a", IMAGE: "x/a:1", "submission.team_id": "007"},
    {NAME: "b", IMAGE: "x/b:1"},
]


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("name,image,submission.team_id\na,x/a:1,007\nb,x/b:1,\n", "t.csv"),
        ("\ufeffName;IMAGE;submission.team_id\r\na;x/a:1;007\r\n\r\nb; x/b:1 ;\r\n", "t.csv"),
        ('name\timage\tsubmission.team_id\na\t"x/a:1"\t007\nb\tx/b:1\n', "t.tsv"),
        ("- {name: a, image: x/a:1, submission.team_id: 007}\n- {name: b, image: x/b:1}", "t.yaml"),
        ("- name: a\n  image: x/a:1\n  submission: {team_id: 007}\n- submission:\n    name: b\n"
         "    team_id:\n  image: x/b:1\n", "t.yaml"),
        (json.dumps([{"name": "a", "image": "x/a:1", "submission": {"team_id": "007"}},
                     {"name": "b", "image": "x/b:1", "track": None}]), "t.json"),
    ],
)  # fmt: skip
def test_csv_yaml_and_json_say_the_same_and_numbers_stay_as_they_are_written(
    text: str, source: str
) -> None:
    assert cells(text.removeprefix("\ufeff"), source) == WANTED


def test_a_pasted_list_is_one_image_a_line_with_remarks() -> None:
    assert cells("# today\n x/a:1 # first\n\nx/b:1\n", "-") == [{IMAGE: "x/a:1"}, {IMAGE: "x/b:1"}]
    assert cells("- x/a:1\n- x/b:1\n", "-") == [{IMAGE: "x/a:1"}, {IMAGE: "x/b:1"}]


def test_a_row_knows_its_line() -> None:
    rows = read_rows('name,team\n"a","two\nlines"\nb,c\n', "t.csv")
    assert [each.at for each in rows] == ["t.csv, line 3", "t.csv, line 4"]
    assert read_rows("# x\n- name: a\n- name: b\n", "t.yaml")[1].at == "t.yaml, line 3"


@pytest.mark.parametrize(
    ("text", "source", "told"),
    [
        ("name,image\n", "t.csv", "t.csv holds no submission"),
        ("name,image\na,b,c\n", "t.csv", "line 2: there are 3 cells under 2 columns"),
        ("name,,image\na,b,c\n", "t.csv", "column 2 has no name"),
        ('name\n"a\n', "t.csv", "t.csv, line 2"),
        ("name,submission.name\na,b\n", "t.csv", "name and submission.name are one column"),
        ("- name: [a]\n", "t.yaml", "line 1: name is no plain value"),
        ("- name: a\n- [b]\n", "t.yaml", "line 2: a mapping of columns is wanted"),
        ("- name: a\n  submission: {name: b}\n", "t.yaml", "are one column"),
        ("- {name: a\n", "t.yaml", "t.yaml, line 2"),
        ("x/a\n" * (MOST_ROWS + 1), "t.txt", f"more than {MOST_ROWS}"),
    ],
)
def test_a_file_that_cannot_be_read_says_where(text: str, source: str, told: str) -> None:
    with pytest.raises(InvalidInput, match=r".*") as caught:
        read_rows(text, source)
    assert told in str(caught.value)


@pytest.mark.hypothesis
@given(st.text(), st.sampled_from(["t.csv", "t.tsv", "t.yaml", "t.txt", "-"]))
def test_no_text_at_all_does_more_than_be_refused(text: str, source: str) -> None:
    try:
        holds_rows(text, source)
        rows = read_rows(text, source)
    except InvalidInput:
        return
    assert [each.place for each in rows] == list(range(1, len(rows) + 1))


def test_columns_are_called_as_people_call_them_or_by_a_path_or_by_its_end() -> None:
    row = {NAME: "a", TEAM_NAME: "Team", "instance_type": "g6", "job.repetitions": "2"}
    assert settings_of(row, ASKED) == {
        NAME: "a",
        TEAM_NAME: "Team",
        "cluster.instance_type": "g6",
        "job.repetitions": 2,
    }


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"imgae": "x"}, "imgae: there is no such column. Did you mean image?"),
        ({IMAGE: "X/a:1"}, "image: Agent image has upper case"),
        ({"submission.track_codename": "maps"}, "track: Track is one of"),
        ({"job.repetitions": "two"}, "repetitions: Repetitions is a whole number from 1"),
        ({"team_id": "1", "submission.team_id": "2"}, "another column says submission.team_id"),
    ],
)
def test_a_mistake_names_its_column(row: dict[str, str], told: str) -> None:
    with pytest.raises(SpecRejected) as caught:
        settings_of(row, ASKED)
    assert told in str(caught.value)


def test_a_row_chooses_leaderboard_profile_and_resumes_as_the_flags_do() -> None:
    said = flags_of({"leaderboard": "2", "profile": "embedded", "resumes": "3"})
    assert (said.leaderboard, said.profile, said.resumes) == ("2.0", "embedded", 3)
    said = flags_of({"backoff_limit": "9", "job.repetitions": "2"})
    assert (said.resumes, said.backoff_limit, said.repetitions) == (None, 9, 2)
    for wrong in ({"leaderboard": "3"}, {"resumes": "-1"}, {"resumes": "1", "backoff_limit": "8"}):
        with pytest.raises(SpecRejected):
            settings_of(wrong, ASKED)


def test_a_row_says_its_shape_and_what_is_wrong_with_it() -> None:
    text = f'image,pairs,routes,split\n{AGENT},2,"3,7,12-15",\n{AGENT},17,,\n{AGENT},,0-4;;5,\n'
    found = judged(text)
    assert found[0].valid is not None
    assert found[0].valid.composed.plan.drives.subsets == ("3,7,12", "13,14,15")
    assert ["pairs" in found[1].errors[0], "routes" in found[2].errors[0]] == [True, True]


def test_a_row_without_a_name_gets_one_of_its_image_that_nobody_has() -> None:
    found = judged(f"{AGENT}\n{AGENT}\n{AGENT}\n", "team-agent-quick-2", source="-")
    assert [each.name for each in found] == [
        *("team-agent-quick", "team-agent-quick-3"),
        "team-agent-quick-4",
    ]
    assert not any(each.errors for each in found)


def test_names_are_free_in_the_cluster_and_in_the_file() -> None:
    found = judged(f"name,image\nold,{AGENT}\nnew,{AGENT}\nnew,{AGENT}\n", "old")
    assert [each.errors for each in found] == [
        ("name: there is a Job named old already. Choose another name, or delete that submission"
         " first.",),
        (),
        ("name: row 2 is called new too. Choose another name.",),
    ]  # fmt: skip


def test_all_that_is_wrong_with_a_row_is_told_at_once() -> None:
    (found,) = judged("name,image,track,resumes,tram\nA!,Upper/x:1,maps,few,x\n")
    assert [each.partition(":")[0] for each in found.errors] == [
        *("resumes", "name", "image", "track", "tram"),
    ]


def test_one_faulty_row_keeps_all_back_unless_it_is_left_out_on_purpose() -> None:
    found = judged(f"name,image\ngood,{AGENT}\nbad,UPPER/x:1\n")
    with pytest.raises(InvalidInput, match=r"1 of 2 submissions has errors: nothing was launched"):
        demand_whole(found, skip_faulty=False)
    assert [each.name for each in demand_whole(found, skip_faulty=True)] == ["good"]
    with pytest.raises(InvalidInput):
        demand_whole(found[1:], skip_faulty=True)


def test_a_row_that_its_own_rules_refuse_says_why() -> None:
    def refused(_: FileRow) -> Any:
        raise InvalidInput("There is no profile 'x'.", fix="Give a file's path.")

    (found,) = judge_rows(read_rows("x/a:1", "-"), refused, ())
    assert found.errors == ("There is no profile 'x'. Give a file's path.",)


def test_the_guide_s_file_of_submissions_can_be_launched_as_it_stands() -> None:
    chapter = (Path(__file__).parents[3] / "console/guide/launching.md").read_text("utf-8")
    text = re.search(r"^name,team,image.*?(?=^```)", chapter, re.MULTILINE | re.DOTALL)
    assert text is not None
    found = judged(text[0])
    assert [(row.name, row.errors) for row in found] == [("raven", ()), ("heron", ())]
