"""Kubeconfigs and plug-in answers with values of any type, anywhere: only errors of ours come out."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fakes.sweeps import sweep

from console.cluster.connecting import connect
from console.cluster.kubeconfig import load
from console.errors import ClusterUnreachable, ConsoleError, InvalidInput

# The kubernetes package reads its clock in a way that Python 3.12 warns of.
pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utc:DeprecationWarning")

VERSION = "client.authentication.k8s.io/v1"
ODD: list[Any] = [
    None, True, 0, -1, 2024, 1.5, 10**30, "", " ", "x", "y\n", "a\0b", "\ud800", "\x1b[31m", "ü",
    "http://", "https://[", "https://a..b", "https://x:99999", "socks5://u:secret@:1", "~/x", ".",
    "/", "/dev/null", "YWJj", "?", "a" * 70_000, "Always", "oidc", [], [None], [[]], ["x"], [1],
    {}, {"": ""}, {"x": None}, {"name": "x"}, {"a": {"b": [1]}}, [{"name": "x"}], [{"name": 1}],
]  # fmt: skip


def plugin(folder: Path) -> dict[str, Any]:
    """A credential plug-in with all its fields."""
    return {
        "apiVersion": VERSION,
        "command": "cat",
        "args": [str(folder / "answer.json")],
        "env": [{"name": "A", "value": "b"}],
        "installHint": "install it",
        "provideClusterInfo": True,
        "interactiveMode": "Never",
    }


def whole(folder: Path) -> dict[str, Any]:
    """Every field of the schema, each with a value that is right."""
    extension = [{"name": "client.authentication.k8s.io/exec", "extension": {"audience": "a"}}]
    named = {"cluster": "k", "user": "u", "namespace": "n"}
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "preferences": {"colors": True, "extensions": extension},
        "current-context": "c",
        "extensions": extension,
        "contexts": [
            {"name": "c", "context": {**named, "extensions": extension}},
        ],
        "clusters": [
            {
                "name": "k",
                "cluster": {
                    "server": "https://127.0.0.1:9",
                    "tls-server-name": "x",
                    "insecure-skip-tls-verify": True,
                    "proxy-url": "socks5://127.0.0.1:9",
                    "disable-compression": True,
                    "extensions": extension,
                },
            }
        ],
        "users": [
            {
                "name": "u",
                "user": {
                    "as": "a",
                    "as-uid": "1",
                    "as-groups": ["g"],
                    "as-user-extra": {"k": ["v"]},
                    "exec": plugin(folder),
                    "extensions": extension,
                },
            }
        ],
    }


OTHER_USERS: list[dict[str, Any]] = [
    {"token": "t"},
    {"tokenFile": "token"},
    {"username": "u", "password": "p"},
    {"client-certificate-data": "YWJj", "client-key-data": "YWJj"},
    {"client-certificate": "token", "client-key": "token"},
    {"auth-provider": {"name": "oidc", "config": {"client-id": "a", "idp-issuer-url": "b"}}},
]


def paths(value: Any, here: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a document."""
    if here:
        yield here
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield from paths(value[key], (*here, key))


def mutated(document: Any, chance: random.Random) -> Any:
    found = copy.deepcopy(document)
    for _ in range(chance.choice([1, 1, 1, 2])):
        *way, last = chance.choice(list(paths(found)))
        spot = found
        for key in way:
            spot = spot[key]
        spot[last] = copy.deepcopy(chance.choice(ODD))
    return found


@pytest.mark.parametrize("seed", sweep(range(12), 0))
async def test_any_value_anywhere_is_an_error_of_ours(
    tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Through reading, logging in, and a first request to where nobody listens."""
    monkeypatch.setattr("console.cluster.transport.TRIES", 1)
    monkeypatch.chdir(tmp_path)
    chance = random.Random(seed)
    (tmp_path / "token").write_text("tok")
    answer = {"apiVersion": VERSION, "kind": "ExecCredential", "status": {"token": "t"}}
    answer["status"] |= {"expirationTimestamp": "2091-01-01T00:00:00Z"}  # type: ignore[operator]
    for number in range(30):
        document = whole(tmp_path)
        if number % 3:
            document["users"][0]["user"] |= chance.choice(OTHER_USERS)
            del document["users"][0]["user"]["exec"]
        answers = number % 3 == 0 and number % 2
        (tmp_path / "answer.json").write_text(
            json.dumps(mutated(answer, chance) if answers else answer)
        )
        (tmp_path / "config").write_text(
            json.dumps(document if answers else mutated(document, chance))
        )
        with pytest.raises(ConsoleError) as caught:
            await connect(str(tmp_path / "config"), environ={})
        said = str(caught.value)
        assert "\x1b" not in said
        assert isinstance(caught.value, ClusterUnreachable) or str(tmp_path) in said


def refusal(path: Path) -> str:
    """What is said about that file; its own name where nothing is wrong with it."""
    try:
        load(str(path), {})
    except InvalidInput as error:
        return str(error)
    return str(path)


@pytest.mark.parametrize("seed", range(6))
def test_any_damage_of_the_text_is_an_error_of_ours(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    text = json.dumps(whole(tmp_path), indent=1).encode()
    path = tmp_path / "config"
    for _ in range(60):
        damaged = bytearray(text)
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(damaged))
            damaged[at : at + chance.choice([0, 1, 9])] = chance.choice(
                [
                    b"\0",
                    b"\xff",
                    b"\t",
                    b"{",
                    b"]",
                    b":",
                    b"&a ",
                    b"*a",
                    b"!!int ",
                    b"'",
                    b"\n- ",
                    b"<<: ",
                ]
            )
        path.write_bytes(damaged)
        assert str(path) in refusal(path)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"a: 1\n---\nb: 2\n", "several documents"),
        (b"\xff\xfe\x00", "no text"),
        ("a: \xe9".encode("latin1"), "no text"),
        (b"a:\n\t- b\n", "Line 2"),
        (b"[" * 1000, "nested too deeply"),
        (b"&a [*a]", "holds itself"),
        (b"a: &a [x,x,x,x,x,x,x,x]\n" + b"".join(
            b"%c: &%c [%s]\n" % (i, i, b",".join([b"*%c" % (i - 1)] * 8)) for i in range(98, 112)
        ), "too many values"),
        (b"a: !!python/object:os.system x", "Line 1"),
        (b"a: '\\ud800'\nb: \"\\ud800\"", "half a character"),
    ],
)  # fmt: skip
def test_a_text_that_is_no_kubeconfig_says_why(tmp_path: Path, content: bytes, why: str) -> None:
    path = tmp_path / "config"
    path.write_bytes(content)
    with pytest.raises(InvalidInput, match="is not YAML") as caught:
        load(str(path), {})
    assert why in caught.value.why
    assert str(path) in caught.value.what


def test_a_file_without_end_is_not_read_to_it() -> None:
    with pytest.raises(InvalidInput, match="/dev/zero cannot be read") as caught:
        load("/dev/zero", {})
    assert "larger than" in caught.value.why
