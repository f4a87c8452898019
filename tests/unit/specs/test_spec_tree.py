"""YAML with the line of every node, and nothing that JSON could not carry."""

import pytest

from console.errors import InvalidInput
from console.specs.document_places import spell
from console.specs.tree import parse


def test_every_key_and_item_knows_its_line():
    document = parse("a:\n  b:\n    - x\n    - c: 1\n", "f.yaml")
    assert document.content == {"a": {"b": ["x", {"c": 1}]}}
    assert document.line(("a", "b")) == 2
    assert document.line(("a", "b", 0)) == 3
    assert document.line(("a", "b", 1, "c")) == 4


def test_a_place_without_a_line_takes_the_nearest_one_around_it():
    document = parse("a:\n  b: 1\n", "f.yaml")
    assert document.at(("a", "b", "gone", 3)) == "f.yaml, line 2"


def test_a_place_is_spelled_as_people_write_it():
    assert spell(("spec", "containers", 0, "name")) == "spec.containers[0].name"


def test_dates_stay_text_because_json_has_none():
    assert parse("a: 2026-11-22\n", "f.yaml").content == {"a": "2026-11-22"}


def test_aliases_are_read_as_what_they_stand_for():
    document = parse("a: &x {k: v}\nb: *x\n", "f.yaml")
    assert document.content == {"a": {"k": "v"}, "b": {"k": "v"}}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "f.yaml is empty"),
        ("- a\n", "line 1: a mapping"),
        ("a: 1\nb: [\n", "line 3"),
        ("a: 1\nb: 2\na: 3\n", "line 3: 'a' is here already, in line 1"),
        ("a:\n  1: x\n", "line 2: 1 as a key is no text"),
        ("a: !!python/object:os.system {}\n", "line 1"),
        ("a: !!binary aGk=\n", "no value that JSON can carry"),
        ("a: &a [*a]\n", "alias contains itself"),
        ("a: 1\n---\nb: 2\n", "but found another document"),
        ("a: \x07\n", "not YAML"),
        ("[" * 700, "nested too deeply"),
        ("a: !mine 5\n", "no value that JSON can carry"),
    ],
)
def test_what_is_no_single_mapping_is_refused_with_its_line(text, words):
    with pytest.raises(InvalidInput) as refusal:
        parse(text, "f.yaml")
    assert words in str(refusal.value)


def test_aliases_that_multiply_are_stopped():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    with pytest.raises(InvalidInput) as refusal:
        parse("\n".join(lines), "bomb.yaml")
    assert "too large" in str(refusal.value)
