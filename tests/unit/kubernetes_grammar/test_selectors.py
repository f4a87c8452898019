"""Label selectors as kubectl and an API server read them."""

from __future__ import annotations

import pytest

from console.kubernetes_grammar.selectors import NoSelector, label_selector

LABELS = {"team": "raven", "tier": "a", "leaderboard.carla.org/batch": "b1"}


@pytest.mark.parametrize(
    ("selector", "chosen"),
    [
        ("", True),
        ("team=raven", True),
        ("team==raven", True),
        ("team = raven", True),
        ("team!=raven", False),
        ("team=heron", False),
        ("team", True),
        ("!team", False),
        ("! other", True),
        ("other", False),
        ("other!=x", True),
        ("team in (heron, raven)", True),
        ("team notin (heron, raven)", False),
        ("other notin (heron)", True),
        ("team=raven,tier=a", True),
        ("team=raven,tier=b", False),
        ("team in (raven,heron),tier", True),
        ("leaderboard.carla.org/batch=b1", True),
        ("team=", False),
        ("team=raven,", True),
    ],
)
def test_terms_hold_together(selector: str, chosen: bool) -> None:
    assert label_selector(selector)(LABELS) is chosen


@pytest.mark.parametrize(
    "selector", ["team=a=b", "team in raven", "team ra ven", "=x", "a in (b", "!"]
)
def test_what_is_no_term_is_named(selector: str) -> None:
    with pytest.raises(NoSelector) as refused:
        label_selector(f"tier=a,{selector}")
    assert refused.value.term in selector
