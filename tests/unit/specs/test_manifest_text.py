"""Manifests to text and back: the same whether libyaml is there or PyYAML has to do it alone."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from console.errors import InvalidInput
from console.specs.rendering import to_yaml
from console.specs.tree import parse

TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=30)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=12,
)
MANIFESTS = st.dictionaries(TEXT, VALUES, min_size=1, max_size=4)
SCRAPS = st.lists(
    st.sampled_from(
        ["a", "b: ", "- ", "? ", "\n", "  ", "[", "]", "{", "}", ", ", "'", '"', "&x ", "*x",
         "|\n", ">-\n", "# c", "!!int ", "~", "3", "2024-01-01", "\t", "---\n", "%", "\\", ": "]
    ),
    max_size=14,
).map("".join)  # fmt: skip


@pytest.fixture(params=["libyaml", "alone"])
def how(request: pytest.FixtureRequest) -> bool:
    return request.param == "libyaml"


def told(text: str, how: bool) -> Any:
    """What was read, with its lines, or the words of the refusal."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(yaml, "__with_libyaml__", how)
        try:
            document = parse(text, "job.yaml")
        except InvalidInput as error:
            return str(error)
        return document.content, document.lines


def written(manifest: dict[str, Any], how: bool) -> str:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(yaml, "__with_libyaml__", how)
        return to_yaml(manifest)


@given(MANIFESTS)
def test_a_manifest_comes_back_from_its_text(manifest: dict[str, Any]) -> None:
    for each in (True, False):
        text = written(manifest, each)
        assert told(text, True)[0] == told(text, False)[0] == manifest


@given(SCRAPS)
def test_any_text_is_read_or_refused_in_the_same_words(text: str) -> None:
    assert told(text, True) == told(text, False)


def test_half_a_character_is_written_as_json_writes_it(how: bool) -> None:
    assert written({"a": "\ud800"}, how) == 'a: "\\uD800"\n'


@pytest.mark.parametrize("text", ["a: " + "[" * 300, "- " * 300 + "a", "? " * 300 + "a"])
def test_what_nests_too_deeply_is_refused_by_its_line(text: str, how: bool) -> None:
    assert told(text, how).startswith("job.yaml, line 1: nested too deeply")
