"""`-o jsonpath=`: kubectl's templates over our documents; what is not understood is refused."""

from __future__ import annotations

import pytest

from console.cli.jsonpath.finding import found
from console.errors import InvalidInput

ROWS = [
    {"name": "raven", "status": "Failed", "routes": {"done": 3, "total": 20}, "reason": "no image"},
    {"name": "heron", "status": "Running", "routes": {"done": None, "total": 20}, "reason": ""},
]


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{.items[*].name}", "raven heron"),
        ("{[*].name}", "raven heron"),
        ("[*].name", "raven heron"),
        ("{$[1].name}", "heron"),
        ("{[-1].name}", "heron"),
        ("{[0:1].name}", "raven"),
        ("{[*]['status']}", "Failed Running"),
        ("{..done}", "3 null"),
        ('{[0].name}{"\\udc00!"}', "raven\ufffd!"),
        ("{[0].routes.*}", "3 20"),
        ("{[0].routes}", '{"done": 3, "total": 20}'),
        ('{[?(@.status=="Failed")].name}', "raven"),
        ("{[?(@.status!='Failed')].name}", "heron"),
        ("{[?(@.routes.done>=3)].name}", "raven"),
        ("{[?(@.routes.done<3)].name}", ""),
        ("{[?(@.reason)].name}", "raven"),
        ("{[?(@.routes.done==null)].name}", "heron"),
        ("first: {[0].name}!", "first: raven!"),
        ('{range [*]}{.name}{"\\t"}{.routes.done}{"\\n"}{end}', "raven\t3\nheron\tnull\n"),
        ("{range .items[*]}{.name}={.status}{' '}{end}", "raven=Failed heron=Running "),
        ("{range [*]}{range .routes.*}<{@}>{end};{end}", "<3><20>;<null><20>;"),
    ],
)
def test_a_template_of_kubectl_finds_the_same_here(template: str, text: str) -> None:
    assert found(template, ROWS) == text


def test_of_nothing_nothing_is_found_and_nothing_is_wrong() -> None:
    assert found("{.items[*].name}", []) == found("{range [*]}{.name}{end}", []) == ""


@pytest.mark.parametrize(
    "template",
    [
        "",
        "{.a|b}",
        "{[0,1]}",
        "{[?(@.a=~'x')]}",
        "{range [*]}{.name}",
        "{end}",
        "{.name",
        "{.a[?(b)]}",
        "{[" + "9" * 5000 + "]}",
        "{[0:" + "9" * 5000 + "]}",
    ],
)
def test_what_is_not_understood_is_refused_with_what_is(template: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        found(template, ROWS)
    assert "Understood are .key, ..key" in refused.value.why


@pytest.mark.parametrize("template", ["{[*].nmae}", "{range [*]}{.nmae}{end}", "{[?(@.nmae==1)]}"])
def test_a_key_that_nothing_has_is_named_with_those_that_there_are(template: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        found(template, ROWS)
    assert "'nmae'" in refused.value.what
    assert refused.value.fix == "Choose: name, reason, routes, status"


def test_a_key_that_one_has_and_another_lacks_is_left_out_there() -> None:
    assert found("{range [*]}<{.track}>{end}", [*ROWS, {"track": "MAP"}]) == "<><><MAP>"


def test_a_key_of_a_list_says_how_to_ask_each() -> None:
    with pytest.raises(InvalidInput) as refused:
        found("{.name}", ROWS)
    assert refused.value.fix == "Ask each of it: [*].name"
