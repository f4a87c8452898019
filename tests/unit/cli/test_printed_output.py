"""stdout holds data and stderr narration; both are harmless to a terminal and whole in a pipe."""

from __future__ import annotations

import io
import json
from collections.abc import Callable

import pytest
import yaml

from console.cli import narration, output
from console.errors import ConsoleError, NotFound

Captured = pytest.CaptureFixture[str]


def test_a_document_is_indented_json(capsys: Captured) -> None:
    output.as_json({"a": [1], "b": None})
    assert capsys.readouterr().out == '{\n  "a": [\n    1\n  ],\n  "b": null\n}\n'


def test_a_stream_of_documents_has_one_line_each(capsys: Captured) -> None:
    for number in (1, 2):
        output.as_json_line({"n": number, "text": "a\nb"})
    told = capsys.readouterr().out.splitlines()
    assert [json.loads(line)["n"] for line in told] == [1, 2]


def test_characters_are_plain_where_stdout_has_them(capsys: Captured) -> None:
    output.as_json({"status": "✓"})
    assert "✓" in capsys.readouterr().out


def test_where_stdout_has_them_not_json_escapes_them(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = io.BytesIO()
    latin = io.TextIOWrapper(kept, encoding="latin-1", errors="strict", write_through=True)
    monkeypatch.setattr("sys.stdout", latin)
    output.as_json({"status": "✓"})
    output.as_json_line({"status": "✓"})
    told = kept.getvalue().decode("latin-1")
    assert told.count("\\u2713") == 2
    assert json.loads(told.splitlines()[-1]) == {"status": "✓"}


@pytest.mark.parametrize("block", ["one line", "one line\n"])
def test_a_block_ends_with_one_line_break(capsys: Captured, block: str) -> None:
    output.text(block)
    assert capsys.readouterr().out == "one line\n"


def test_columns_are_three_blanks_apart_and_as_wide_as_their_widest_cell(
    capsys: Captured,
) -> None:
    output.columns(("NAME", "STATUS"), [("demo", "Running"), ("a-long-name", "Failed")])
    assert capsys.readouterr().out.splitlines() == [
        "NAME          STATUS",
        "demo          Running",
        "a-long-name   Failed",
    ]


def test_no_line_of_a_table_ends_in_blanks(capsys: Captured) -> None:
    output.columns(("NAME", "REASON"), [("demo", "")])
    assert capsys.readouterr().out == "NAME   REASON\ndemo\n"


def test_an_empty_table_has_no_titles(capsys: Captured) -> None:
    output.columns(("NAME", "AGE"), [])
    assert capsys.readouterr().out == ""


def test_a_cell_from_outside_neither_steers_the_terminal_nor_breaks_the_row(
    capsys: Captured,
) -> None:
    output.columns(("NAME", "REASON"), [("demo", "\x1b[2Jgone\nother  Complete")])
    told = capsys.readouterr().out
    assert "\x1b" not in told
    assert len(told.splitlines()) == 2


def test_narration_goes_to_stderr_alone(capsys: Captured) -> None:
    narration.say("launching \x1b[31mdemo")
    assert capsys.readouterr() == ("", "launching demo\n")


def test_an_error_says_what_why_and_what_to_do_next(capsys: Captured) -> None:
    narration.complain(NotFound("No Job demo.", why="It was deleted.", fix="carla-console list"))
    assert capsys.readouterr().err.splitlines() == [
        "error: No Job demo.",
        "why: It was deleted.",
        "next: carla-console list",
    ]


def test_what_an_error_does_not_know_has_no_line(capsys: Captured) -> None:
    narration.complain(ConsoleError("The disk is full."))
    assert capsys.readouterr().err == "error: The disk is full.\n"


def test_further_lines_of_an_error_stand_indented_beneath_it(capsys: Captured) -> None:
    narration.complain(ConsoleError("Two fields are wrong:\nname: too long\nresumes: not 0"))
    assert capsys.readouterr().err.splitlines() == [
        "error: Two fields are wrong:",
        "  name: too long",
        "  resumes: not 0",
    ]


def test_a_stream_of_yaml_is_read_as_documents(capsys: Captured) -> None:
    for number in (1, 2):
        output.in_stream({"n": number}, "yaml")
    assert [each["n"] for each in yaml.safe_load_all(capsys.readouterr().out)] == [1, 2]


def test_a_stream_of_what_a_path_finds_has_a_line_each(capsys: Captured) -> None:
    for number in (1, 2):
        output.in_stream({"n": number}, "jsonpath={.n}")
    output.in_stream({"n": 3}, "json")
    assert capsys.readouterr().out == '1\n2\n{"n": 3}\n'


@pytest.mark.parametrize(
    ("form", "is_one"),
    [("json", True), ("yaml", True), ("jsonpath={.a}", True), ("table", False), ("name", False)],
)
def test_a_form_is_a_document_or_words(form: str, is_one: bool) -> None:
    assert output.is_document(form) is is_one


def test_columns_without_titles_are_as_wide_as_their_cells(capsys: Captured) -> None:
    output.columns(["A LONG TITLE", "B"], [["a", "b"], ["aa", "b"]], headless=True)
    output.columns(["A"], [], headless=True)
    assert capsys.readouterr().out == "a    b\naa   b\n"


WILD = "\x1b[2J\x9b31m\x7f\u202e\u2066\u2028 ä✓"


@pytest.mark.parametrize("form", ["json", "yaml"])
@pytest.mark.parametrize("tell", [output.document, output.in_stream])
def test_no_document_controls_a_terminal_and_none_loses_a_character(
    capsys: Captured, form: str, tell: Callable[[object, str], None]
) -> None:
    tell([{"reason": WILD}], form)
    told = capsys.readouterr().out
    assert not set(WILD[:-3]) - set("[2J31m") & set(told)
    assert yaml.safe_load(told) == [{"reason": WILD}]


def test_characters_that_harm_nobody_stay_as_they_are(capsys: Captured) -> None:
    for form in ("json", "yaml"):
        output.document({"reason": "ä✓"}, form)
        assert "ä✓" in capsys.readouterr().out


def test_what_a_path_finds_is_harmless_where_a_terminal_reads_it(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    output.document({"reason": WILD}, "jsonpath={.reason}")
    assert capsys.readouterr().out == f"{WILD}\n"
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    output.document({"reason": WILD}, 'jsonpath={.reason}{"\\n"}second')
    told = capsys.readouterr().out
    assert not {"\x1b", "\x9b", "\u202e"} & set(told)
    assert told.endswith("ä✓\nsecond\n")


def test_a_block_of_words_from_anywhere_controls_no_terminal(capsys: Captured) -> None:
    """A submission's name stands in many of them, and a bundle's name is a stranger's."""
    output.text("de\x1b]0;owned\x07mo  \u202e routes\n\n  ✓ 12/20\tdone")
    assert capsys.readouterr().out == "demo  \ufffd routes\n\n  ✓ 12/20\tdone\n"
