"""Which texts hold a token, what is said of those that do not, and how it is presented."""

from __future__ import annotations

import pytest

from console.operations.ports.evalai import EvalAiLogin
from console.publish.evalai_token import authorization, token_in

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
def test_a_token_is_read_alone_or_as_evalais_own_command_keeps_it(text: str) -> None:
    assert token_in(text, "Its file") == TOKEN


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
def test_what_is_no_token_is_said_without_any_of_it(text: str) -> None:
    with pytest.raises(EvalAiLogin, match="Its file holds no token") as raised:
        token_in(text, "Its file")
    assert TOKEN not in str(raised.value)
    assert TOKEN not in repr(raised.value.__context__)


def test_both_kinds_of_tokens_are_presented_as_evalai_takes_them() -> None:
    assert authorization(TOKEN) == f"Bearer {TOKEN}"
    assert authorization("0123456789abcdef" * 2 + "01234567") == (
        "Token 0123456789abcdef0123456789abcdef01234567"
    )
