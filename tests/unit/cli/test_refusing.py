"""Flags that say nothing together: refused by their names; a flag that was not written never is."""

from __future__ import annotations

import argparse

import pytest

from console.cli.refusing import given, refuse_all, refuse_empty, refuse_together
from console.errors import InvalidInput


def options(**flags: object) -> argparse.Namespace:
    return argparse.Namespace(**flags)


@pytest.mark.parametrize("value", [None, False, []])
def test_a_flag_in_its_rest_position_was_not_given(value: object) -> None:
    assert not given(options(tail=value), "--tail")


@pytest.mark.parametrize("value", [0, "", "x", True, ["a"]])
def test_a_flag_that_was_written_is_given_whatever_its_value(value: object) -> None:
    assert given(options(tail=value), "--tail")


def test_a_flag_that_the_command_does_not_have_was_not_given() -> None:
    assert not given(options(), "--follow")


def test_a_dash_inside_a_flag_is_an_underscore_of_its_name() -> None:
    assert given(options(all_containers=True), "--all-containers")


def test_two_flags_together_are_refused_by_both_names_and_with_the_reason() -> None:
    both = options(follow=True, previous=True)
    with pytest.raises(InvalidInput) as refused:
        refuse_together(both, "--follow", "--previous", why="A run that is over ends.")
    assert refused.value.what == "--follow and --previous do not go together."
    assert refused.value.why == "A run that is over ends."


@pytest.mark.parametrize(("follow", "previous"), [(True, False), (False, True), (False, False)])
def test_one_of_two_flags_alone_is_fine(follow: bool, previous: bool) -> None:
    refuse_together(options(follow=follow, previous=previous), "--follow", "--previous")


def test_an_empty_value_is_refused_with_what_to_do() -> None:
    with pytest.raises(InvalidInput) as refused:
        refuse_empty(options(uid="", context="lab"), "--context", "--uid")
    assert refused.value.what == "--uid is empty."
    assert refused.value.fix == "Leave it out for the usual one."


def test_a_value_that_was_not_given_is_not_empty() -> None:
    refuse_empty(options(uid=None), "--uid", "--context")


def test_every_useless_flag_is_named_in_one_refusal() -> None:
    with pytest.raises(InvalidInput) as refused:
        refuse_all(
            options(kubeconfig="x", context="y", namespace=None),
            ("--kubeconfig", "--context", "--namespace"),
            beside="--local",
        )
    assert refused.value.what == "--local has no use for --kubeconfig, --context."


def test_without_a_useless_flag_nothing_is_refused() -> None:
    refuse_all(options(theme=None, no_mouse=False), ("--theme", "--no-mouse"), beside="list")
