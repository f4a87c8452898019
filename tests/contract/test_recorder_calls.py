"""The recorder process tells webhooks, though no console is open, and each once."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable

import pytest
from fakes.embedded import Embedded
from fakes.hooks import hook_server
from test_recorder_outlives import SET, Console, embedded  # noqa: F401 - a fixture

from console import paths, wiring
from console.operations.ports.call_settings import Sent

pytestmark = pytest.mark.slow


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(120):
        while not await asyncio.to_thread(condition):  # noqa: ASYNC110 - another process does it
            await asyncio.sleep(0.1)


def recorders() -> list[int]:
    return [each.pid for each in wiring.recorders()]


async def test_a_webhook_hears_of_a_blocked_submission_once_also_behind_a_killed_recorder(
    embedded: Embedded,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(paths.state() / "config"))
    paths.settings().mkdir(parents=True)
    console = Console(embedded.kubeconfig)
    with hook_server() as server:
        told = f"webhooks: [{{url: '{server.url}', form: json}}]\n"
        (paths.settings() / "calls.yaml").write_text(told)
        for name in ("first", "second"):
            image = "submission.submitted_image_uri=console.local/no-such-image:1"
            words = ("--set", image, "--set", f"submission.name={name}")
            code, _, said = await console.run("launch", *SET, *words)
            assert code == 0, said
            # The second is launched with a new recorder, which finds the first one blocked too.
            subjects = {"first", name}
            await until(lambda: {each["submission"] for each in server.bodies} == subjects)  # noqa: B023
            outbox = wiring.call_outbox()
            await until(lambda: Sent.SENDING not in outbox.state().counts)  # noqa: B023
            for pid in await asyncio.to_thread(recorders):
                os.kill(pid, signal.SIGKILL)
    assert [(each["submission"], each["occasion"]) for each in server.bodies] == [
        ("first", "blocked"),
        ("second", "blocked"),
    ]
    assert "no-such-image" in server.bodies[0]["text"]
    assert outbox.state().counts == {Sent.SENT: 2}
