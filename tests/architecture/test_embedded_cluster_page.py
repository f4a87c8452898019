"""console/localcluster/README.md is held against the folder: what it names is there, all of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

CLUSTER = Path(__file__).resolve().parents[2] / "console" / "localcluster"
PATH = re.compile(r"`((?:[\w-]+/)*[\w.-]+\.(?:py|json)|(?:[\w-]+/)+)`")


def _named() -> set[str]:
    return set(PATH.findall((CLUSTER / "README.md").read_text()))


def test_each_path_on_the_page_exists() -> None:
    homes = (CLUSTER, CLUSTER.parents[1])
    assert [path for path in _named() if not any((home / path).exists() for home in homes)] == []


@pytest.mark.parametrize(
    "word",
    [
        "as=",
        "protobuf",
        "openapi",
        "json-patch+json",
        "strategic-merge-patch",
        "apply-patch",
        "/eviction",
        "selfsubjectrulesreviews",
    ],
)
def test_the_console_asks_the_api_for_nothing_that_serves_kubectl_alone(word: str) -> None:
    edge = CLUSTER.parent / "cluster"
    texts = {path.name: path.read_text() for path in edge.glob("*.py")}
    assert "merge-patch+json" in "".join(texts.values())
    pattern = re.compile(rf"[\"'/; ]{re.escape(word)}|application/[\w.]*{re.escape(word)}")
    assert [name for name, text in texts.items() if pattern.search(text)] == []


def test_each_room_stands_on_the_page() -> None:
    rooms = {f"{path.parent.name}/" for path in CLUSTER.glob("*/__init__.py")}
    alone = {path.name for path in CLUSTER.glob("[a-z]*.py")}
    assert rooms | alone <= _named()
