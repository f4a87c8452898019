"""Which addresses a token may be sent to, and what is said of the others."""

from __future__ import annotations

import pytest

from console.errors import InvalidInput
from console.operations.ports.publishing_settings import EVALAI
from console.publish.evalai_address import server_address


@pytest.mark.parametrize(
    ("told", "address"),
    [
        (EVALAI, EVALAI),
        ("https://eval.ai/", EVALAI),
        ("https://staging.eval.ai", "https://staging.eval.ai"),
        ("https://lab.example:8443//", "https://lab.example:8443"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("http://localhost", "http://localhost"),
    ],
)
def test_an_address_is_a_server_alone(told: str, address: str) -> None:
    assert server_address(told) == address


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("", "no http or https address"),
        (None, "no http or https address"),
        (7, "no http or https address"),
        ("eval.ai", "no http or https address"),
        ("ftp://eval.ai", "no http or https address"),
        ("https://", "no http or https address"),
        ("https://eval.ai:0", "no http or https address"),
        ("https://eval.ai:99999", "no http or https address"),
        ("https://[::1", "no http or https address"),
        ("https://ëval.ai", "no http or https address"),
        ("https://eval.ai/\x1b[2J", "no http or https address"),
        ("https://eval.ai\r\nX: y", "no http or https address"),
        (" https://eval.ai", "no http or https address"),
        (f"https://{'x' * 300}", "no http or https address"),
        ("https://user:s3cret@eval.ai", "more than a server's name"),
        ("https://s3cret@eval.ai", "more than a server's name"),
        ("https://@eval.ai", "more than a server's name"),
        ("https://eval.ai?token=s3cret", "more than a server's name"),
        ("https://eval.ai/#s3cret", "more than a server's name"),
        ("https://eval.ai/api/jobs", "more than a server's name"),
        ("https://evalapi.cloudcv.org", "an old name"),
        ("https://EvalAI.cloudcv.org/", "an old name"),
        ("http://eval.ai", "unencrypted"),
        ("http://10.0.0.7", "unencrypted"),
        ("http://localhost.example", "unencrypted"),
        ("http://127.0.0.1.example", "unencrypted"),
    ],
)
def test_what_is_none_for_a_token_is_said_with_its_place_and_not_repeated(
    told: object, said: str
) -> None:
    with pytest.raises(InvalidInput, match=f"^evalai.server .*{said}") as raised:
        server_address(told, "evalai.server")
    assert "s3cret" not in str(raised.value)
    assert raised.value.fix
