"""A user who publishes to an EvalAI on this machine. Its fixture is every test's."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fakes import evalai_rules
from fakes.evalai_rules import HOST, EvalAiRules
from fakes.evalai_server import EvalAiServer, evalai_server

from console import paths
from console.operations.publishing import publication_changes


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> Iterator[EvalAiServer]:
    """EvalAI with the embedded profile's submission, which runs as far as it knows."""
    monkeypatch.setattr(evalai_rules, "CHALLENGE", 1)
    monkeypatch.setattr(evalai_rules, "PHASE", 1)
    monkeypatch.setattr(publication_changes, "SHOWN_AFTER", publication_changes.SHOWN_AFTER * 0)
    rules = EvalAiRules()
    rules.add(1, "running", phase=1)
    with evalai_server(rules=rules) as server:
        yield server


def set_up(server: str, token: str = HOST, kept: str = "token-file: token") -> None:
    """This user publishes challenge 1 there, by a token in a file, or `kept` as that says."""
    paths.settings().mkdir(parents=True, exist_ok=True)
    text = f"evalai: {{server: '{server}', challenges: [1], {kept}}}"
    (paths.settings() / "publishing.yaml").write_text(text)
    (paths.settings() / "token").write_text(token)
    (paths.settings() / "token").chmod(0o600)
