"""The runbook: each cause has a page, made from the catalogue, and every link leads to one."""

from __future__ import annotations

import re

import pytest

from console.diagnosis.catalogue import Catalogue, Cause, Sign, Strength, catalogue
from console.diagnosis.scene import FactKind
from console.presentation import runbook
from console.presentation.verdicts import OWNERS

PAGES = dict(runbook.pages(catalogue()))


def of(name: str) -> str:
    return PAGES[name]


@pytest.mark.parametrize("cause", catalogue().causes, ids=lambda cause: cause.name)
def test_a_page_says_whose_it_is_and_what_to_do(cause: Cause) -> None:
    page = of(cause.name)
    assert page.startswith(f"# {cause.title}\n")
    assert f"`{cause.name}` · whose: {OWNERS[cause.owner]}" in page
    assert "\n## What to do next\n" in page
    assert "\n## How it is recognised\n" in page
    assert ("\n## For the team\n" in page) == bool(cause.team)


@pytest.mark.parametrize("name", PAGES)
def test_every_link_leads_to_a_page(name: str) -> None:
    assert set(re.findall(r"\]\(([\w-]+)\.md\)", of(name))) <= set(PAGES)


@pytest.mark.parametrize("cause", catalogue().causes, ids=lambda cause: cause.name)
def test_no_sentence_has_a_place_left_open(cause: Cause) -> None:
    prose = of(cause.name).partition("\n## How it is recognised")[0]
    assert not re.search(r"\{\w+\??\}", prose)


def test_the_index_names_every_cause_once_under_its_owner() -> None:
    for owner, words in OWNERS.items():
        section = (
            of(runbook.INDEX).partition(f"\n## {words.capitalize()}\n")[2].partition("\n## ")[0]
        )
        links = re.findall(r"\(([\w-]+)\.md\)", section)
        assert links == [each.name for each in catalogue().causes if each.owner is owner]


def test_what_is_a_consequence_leads_back_to_its_cause() -> None:
    assert "(agent-killed.md)" in of("agent-out-of-memory").partition("## What follows")[2]
    assert "(agent-out-of-memory.md)" in of("agent-killed").partition("## What may be behind")[2]


def test_a_sign_is_told_with_all_that_must_hold() -> None:
    also = Sign(log="any", words="ready", strength=Strength.HINT)
    sign = Sign(
        fact=FactKind.EXIT, half="agent", reason="Error", exit=(1, 2), at_least=2, also=(also,)
    )
    assert runbook.sign_words(sign) == (
        "a container that ended, of the agent, reason `Error`, exit 1, 2, at least 2 times, besides "
        "a line of any log, with `ready` (it goes with others too) (it says much)"
    )


@pytest.mark.parametrize("kind", FactKind)
def test_there_are_words_for_each_kind_of_fact(kind: FactKind) -> None:
    assert not runbook.sign_words(Sign(fact=kind)).startswith(kind.value)


def test_a_pattern_with_a_backtick_stays_one_piece_of_code() -> None:
    assert "with ``a`b``" in runbook.sign_words(Sign(log="agent", words="a`b"))


def test_a_change_of_the_catalogue_changes_the_page() -> None:
    cause = catalogue()["agent-out-of-memory"]
    other = Catalogue((Cause(**{**_fields(cause), "advice": "Sleep.", "over": ()}),))
    assert "\nSleep.\n" in runbook.page(other.causes[0], other)


def _fields(cause: Cause) -> dict[str, object]:
    return {name: getattr(cause, name) for name in cause.__struct_fields__}
