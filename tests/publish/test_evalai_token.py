"""Where the token of a challenge's host is read, in which forms, and what is said where it is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from console.operations.ports.evalai import EvalAiLogin
from console.publish.evalai_token import EvalAiTokenFile, authorization

TOKEN = "eyJhbGciOi.eyJ0b2tlbl90.s1gnature-_"


@pytest.mark.parametrize(
    "text",
    [
        TOKEN,
        f"{TOKEN}\n",
        f"  {TOKEN}\r\n\n",
        f'{{"token": "{TOKEN}"}}',
        f'{{"token":"{TOKEN}"}}\n',
    ],
)
def test_a_token_is_read_alone_or_as_evalais_own_command_keeps_it(
    tmp_path: Path, text: str
) -> None:
    (tmp_path / "token").write_text(text)
    assert EvalAiTokenFile(tmp_path / "token").read() == TOKEN


def test_a_new_token_counts_at_once(tmp_path: Path) -> None:
    file = EvalAiTokenFile(tmp_path / "token")
    for told in (TOKEN, "another"):
        (tmp_path / "token").write_text(told)
        assert file.read() == told


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        f"{TOKEN} {TOKEN}",
        f"Bearer {TOKEN}",
        f"{TOKEN}\nX-Other: header",
        f"{TOKEN}\x1b[2J",
        f"{TOKEN}é",
        "x" * 10_000,
        '{"token": 7}',
        f'{{"auth": "{TOKEN}"}}',
        f'{{"token": "{TOKEN}',
        '{"a":' * 5_000,
    ],
)
def test_what_is_no_token_is_said_without_any_of_it(tmp_path: Path, text: str) -> None:
    (tmp_path / "token").write_text(text)
    with pytest.raises(EvalAiLogin, match="holds no token") as raised:
        EvalAiTokenFile(tmp_path / "token").read()
    assert TOKEN not in str(raised.value)
    assert TOKEN not in repr(raised.value.__context__)


def test_bytes_that_are_no_text_are_no_token(tmp_path: Path) -> None:
    (tmp_path / "token").write_bytes(b"\xff\xfe")
    with pytest.raises(EvalAiLogin, match="cannot be read"):
        EvalAiTokenFile(tmp_path / "token").read()


@pytest.mark.parametrize("name", ["missing", "", "odd\x1b[2J\n", "null\x00"])
def test_a_file_that_cannot_be_read_is_named_harmlessly(tmp_path: Path, name: str) -> None:
    with pytest.raises(EvalAiLogin, match="cannot be read") as raised:
        EvalAiTokenFile(tmp_path / name).read()
    assert str(raised.value).replace("\n", " ").isprintable()
    assert raised.value.fix


def test_both_kinds_of_tokens_are_presented_as_evalai_takes_them() -> None:
    assert authorization(TOKEN) == f"Bearer {TOKEN}"
    assert authorization("0123456789abcdef" * 2 + "01234567") == (
        "Token 0123456789abcdef0123456789abcdef01234567"
    )


def test_no_value_of_ours_shows_it(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(TOKEN)
    file = EvalAiTokenFile(tmp_path / "token")
    file.read()
    assert TOKEN not in repr(file) + repr(vars(file))
