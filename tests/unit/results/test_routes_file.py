"""Routes files as they are met: the ids in file order, in whatever encoding the file declares."""

from __future__ import annotations

import pytest

from console.results.plan import PlanError
from console.results.routes_file import route_ids

BODY = '<routes><route id="4" town="Zürich"/><x id="9"/><route id="2" town="T"/></routes>'


def declared(encoding: str, body: str = BODY) -> str:
    return f'<?xml version="1.0" encoding="{encoding}"?>\n{body}'


def test_routes_come_in_file_order_and_nothing_else_in_the_file_matters() -> None:
    xml = '<routes><route id="4"><waypoints/></route><x id="9"/><route id="2" town="T"/></routes>'
    assert route_ids(xml) == ["4", "2"]


@pytest.mark.parametrize(
    ("encoding", "codec"),
    [
        ("UTF-8", "utf-8"),
        ("utf8", "utf-8-sig"),
        ("ISO-8859-1", "iso-8859-1"),
        ("windows-1252", "cp1252"),
        ("ISO-8859-15", "iso-8859-15"),
        ("UTF-16", "utf-16"),
        ("UTF-16", "utf-16-le"),
        ("UTF-16LE", "utf-16-le"),
        ("utf-16", "utf-16-be"),
        ("UTF-32", "utf-32"),
    ],
)
def test_a_file_is_read_in_the_encoding_that_it_declares(encoding: str, codec: str) -> None:
    assert route_ids(declared(encoding).encode(codec)) == ["4", "2"]


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_a_file_without_a_declaration_is_told_by_its_first_bytes(codec: str) -> None:
    assert route_ids(BODY.encode(codec)) == ["4", "2"]


def test_an_encoding_of_several_bytes_a_character_is_read_too() -> None:
    xml = declared("GB2312", '<routes><route id="1" town="北京"/></routes>')
    assert route_ids(xml.encode("gb2312")) == ["1"]


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (declared("klingon").encode(), "'klingon'"),
        (declared("rot13").encode(), "'rot13'"),
        (declared("undefined").encode(), "'undefined'"),
        (declared("UTF-8").encode("iso-8859-1"), "'UTF-8'"),
        (BODY.encode("iso-8859-1"), "UTF-8"),
        (declared("UTF-16").encode(), "'UTF-16'"),
        (declared("UTF-8").encode("utf-16"), "'UTF-8'"),
        (declared("ISO-8859-1").encode("utf-8-sig"), "'ISO-8859-1'"),
        (declared("ascii").encode(), "'ascii'"),
        (declared("").encode("iso-8859-1"), "UTF-8"),
        (declared("x" * 5000).encode("iso-8859-1"), "UTF-8"),
    ],
)
def test_an_unknown_or_untrue_encoding_is_an_error_that_names_file_and_encoding(
    content: bytes, named: str
) -> None:
    with pytest.raises(PlanError) as refused:
        route_ids(content, "the routes file r.xml")
    assert str(refused.value).startswith("the routes file r.xml ")
    assert named in str(refused.value)


@pytest.mark.parametrize(
    "xml",
    ["", "<routes>", "<routes/>", '<routes><route id="a"/></routes>', "\x00", "\x1b[2J",
     '<!DOCTYPE r [<!ENTITY a "b">]><routes><route id="1"/></routes>', "<routes><route/></routes>",
     '<routes><route id=""/></routes>', '<routes><route id="1"/>\ud800</routes>',
     '<routes><route id="&#55296;"/></routes>', "<a>" * 50_000],
)  # fmt: skip
def test_a_file_without_usable_routes_is_refused(xml: str) -> None:
    with pytest.raises(PlanError) as refused:
        route_ids(xml)
    assert str(refused.value).isprintable()


def test_a_doctype_in_a_comment_is_none() -> None:
    assert route_ids('<!-- <!DOCTYPE r> --><routes><route id="1"/></routes>') == ["1"]


def test_every_first_byte_and_every_cut_is_an_answer_and_never_an_accident() -> None:
    whole = declared("UTF-16").encode("utf-16")
    contents = [whole[:n] for n in range(len(whole))]
    contents += [bytes([n, m]) + whole for n in range(0, 256, 5) for m in range(0, 256, 17)]
    contents += [declared(name).encode() for name in ("idna", "punycode", "hex", "utf-7", "zlib")]
    assert all(_answer(content).isprintable() for content in contents)


def _answer(content: bytes) -> str:
    try:
        return ",".join(route_ids(content))
    except PlanError as refused:
        return str(refused)
