"""Answers that are nested too deeply or have countless parts: named, never a fall."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fakes.measured_console import refused
from fakes.wild_server import body, kubeconfig, wild_server

from console.cluster import bounds
from console.cluster.bounds import DEPTH, TooMuch, check_shape
from console.cluster.connecting import connect
from console.cluster.decoding import DecodingFailed
from console.cluster.failures import Asked

ASKED = Asked("list", "pods", "races")


@pytest.mark.parametrize(
    "nest",
    [
        (b'{"metadata":', b"{}", b"}"),
        (b"[", b"", b"]"),
        (b'[{"a\\"":', b'"]"', b"}]"),
        (b'{"x":["\\\\",', b"1", b"]}"),
        (b"[", b"", b""),
    ],
    ids=["objects", "lists", "escaped quotes", "escaped backslashes", "never closed"],
)
@pytest.mark.parametrize("levels", [DEPTH + 1, 100_000])
async def test_an_answer_that_is_nested_too_deeply_is_named(
    tmp_path: Path, nest: tuple[bytes, bytes, bytes], levels: int
) -> None:
    deep = nest[0] * levels + nest[1] + nest[2] * levels
    error = await refused(tmp_path, body(deep), call="config map")
    assert error.why == f"It is nested more than {DEPTH} levels deep."


@pytest.mark.parametrize("call", ["pods", "version"])
async def test_depth_in_what_nobody_reads_ends_in_an_error_that_says_so(
    tmp_path: Path, call: str
) -> None:
    """Of a list and the like only known fields are taken; the rest is skipped, to some depth."""
    deep = b'{"x":' * 100_000 + b"1" + b"}" * 100_000
    error = await refused(tmp_path, body(deep), call=call)
    assert isinstance(error, DecodingFailed)
    assert "recursion" in error.why


async def test_a_job_without_measure_is_listed_without_a_plan(tmp_path: Path) -> None:
    deep = b"[" * (DEPTH + 1) + b"]" * (DEPTH + 1)
    job = b'{"metadata":{"name":"j"},"spec":{"template":{"spec":{"containers":%s}}}}' % deep
    async with wild_server(body(b'{"items":[%s]}' % job)) as server:
        cluster = await connect(kubeconfig(tmp_path, server.url), probe=False)
        listed = await cluster.jobs("races")
        await cluster.close()
    assert [(each.name, each.plan) for each in listed] == [("j", None)]


def test_brackets_in_strings_are_no_depth() -> None:
    text = json.dumps({"a": "[" * 500, "b": '"[{' * 100, "c": "\\" * 7 + '"' + "[" * 99}).encode()
    check_shape(text, ASKED)
    deepest = b"[" * DEPTH + b"]" * DEPTH
    check_shape(deepest, ASKED)
    with pytest.raises(TooMuch, match="list pods in namespace races"):
        check_shape(b"[" + deepest + b"]", ASKED)


def test_countless_tiny_parts_are_too_many() -> None:
    with pytest.raises(TooMuch) as caught:
        check_shape(b'{"items":[' + b"{}," * (bounds.PARTS + 1) + b"{}]}", ASKED)
    assert "2,000,000 parts" in caught.value.why


async def test_a_deep_error_is_still_the_error_that_it_is(tmp_path: Path) -> None:
    error = await refused(tmp_path, body(b"[" * 100_000, 403))
    assert error.what == "The cluster does not allow: list pods in namespace races."
