"""The text of a document, beside the one that Python's own `json` writes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.results import jsontext

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
DOCUMENTS = st.recursive(
    SCALARS,
    lambda parts: (
        st.lists(parts, max_size=4).map(tuple)
        | st.lists(parts, max_size=4)
        | st.dictionaries(st.text(max_size=4), parts)
    ),
    max_leaves=12,
)


@given(DOCUMENTS)
def test_a_text_is_the_one_that_python_writes(document: Any) -> None:
    for sort_keys in (False, True):
        ours = jsontext.indented(document, sort_keys=sort_keys)
        assert ours == json.dumps(document, indent=4, sort_keys=sort_keys)


@pytest.mark.parametrize("document", [{"a": object()}, {"a": {1, 2}}])
def test_what_json_cannot_say_is_refused_as_python_does(document: Any) -> None:
    with pytest.raises(TypeError, match="not JSON serializable"):
        jsontext.indented(document, sort_keys=False)
