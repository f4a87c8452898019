"""`calls`: what is on, what webhooks answered, and a test of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fakes.hooks import SECRET, hook_server

from console import paths, wiring
from console.domain.calls import Call, Occasion

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    paths.settings().mkdir(parents=True)
    return paths.settings() / "calls.yaml"


def test_without_a_file_all_is_on_and_the_place_of_the_file_is_said(
    run: Run, settings: Path
) -> None:
    code, out, told = run("calls")
    assert code == 0
    assert out.splitlines()[1:4] == [
        "failed            on",
        "blocked           on",
        "waiting           on",
    ]
    assert f"set in {settings}" in told


def test_what_is_switched_off_and_each_webhook_are_shown_without_the_address(
    run: Run, settings: Path
) -> None:
    settings.write_text(
        "occasions: {complete: off}\nways: {desktop: off}\nwebhooks:\n"
        f"  - {{url: 'https://hooks.example/{SECRET}', form: slack, occasions: [failed, complete]}}\n"
    )
    code, out, told = run("calls")
    shown = [line.split() for line in out.splitlines()]
    assert code == 0
    assert ["complete", "off"] in shown
    assert ["desktop", "off"] in shown
    assert ["waiting-minutes", "30"] in shown
    assert ["webhook", "hooks.example", "slack:", "failed"] in shown
    assert f"warning: others may read an address: chmod 600 {settings}" in told
    settings.chmod(0o600)
    assert "chmod" not in run("calls")[2]
    assert SECRET not in out + told + run("calls", "-o", "json")[1]


def test_a_test_sends_one_to_each_and_fails_where_one_does_not_arrive(
    run: Run, settings: Path
) -> None:
    with hook_server() as well, hook_server(404) as gone:
        settings.write_text(
            "webhooks:\n"
            f"  - {{url: '{well.url}', form: slack}}\n  - {{url: '{gone.url}', form: json}}\n"
        )
        code, out, _ = run("calls", "--test")
    assert code == 1
    assert [line.split()[1:] for line in out.splitlines()[1:]] == [
        ["yes", "200", "OK"],
        ["no", "404", "Not", "Found"],
    ]
    assert "this is a test" in well.bodies[0]["text"]


def test_without_a_webhook_there_is_none_to_test(run: Run, settings: Path) -> None:
    assert run("calls", "--test")[0] == 5


def test_a_mistake_in_the_settings_is_wrong_input(run: Run, settings: Path) -> None:
    settings.write_text("ways: {bell: loud}")
    code, _, told = run("calls")
    assert code == 2
    assert "ways.bell is neither on nor off" in told


def test_what_waits_is_in_record_status_too(run: Run, settings: Path) -> None:
    settings.write_text(f"webhooks: [{{url: 'https://hooks.example/{SECRET}', form: json}}]")
    later = datetime(2100, 1, 1, tzinfo=UTC)
    wiring.call_outbox().offer([Call(Occasion.FAILED, "races", "demo", "u", "", later)])
    for command in (("calls",), ("record", "status")):
        assert "Calls for webhooks: 1 waiting" in run(*command)[1]
    told = json.loads(run("record", "status", "-o", "json")[1])["calls"]
    assert told["counts"]["waiting"] == 1
