"""What a recorder goes by while its user changes the settings beside it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from fakes.evalai_rules import HOST
from fakes.evalai_server import evalai_server
from fakes.evalai_updates import FINAL
from msgspec.structs import replace

from console import wiring
from console.domain.facts import EvalAiPlace
from console.operations.ports.evalai import EvalAiLogin
from console.operations.ports.publishing_settings import EVALAI
from console.publish.publishing_file import FILE, PublishingOnDisk
from console.publish.publishing_rules import RulesAsSet

PLACE = EvalAiPlace(EVALAI, 7, 70, 1)
SET = "evalai: {challenges: [7], token-file: token, server: '%s', every: %d}\n"


@pytest.fixture
def rules(tmp_path: Path) -> RulesAsSet:
    return RulesAsSet(PublishingOnDisk(tmp_path), tmp_path / "budget")


def write(folder: Path, text: str) -> None:
    (folder / FILE).write_text(text)


def test_nothing_is_sent_until_a_user_says_so(rules: RulesAsSet) -> None:
    assert rules.evalai(EVALAI) is None
    assert rules.period == timedelta(minutes=1)


def test_what_is_set_counts_at_once_and_until_it_is_taken_back(
    rules: RulesAsSet, tmp_path: Path
) -> None:
    write(tmp_path, SET % (EVALAI, 30))
    first = rules.evalai(EVALAI)
    assert (first is not None, rules.period) == (True, timedelta(seconds=30))
    assert rules.evalai(EVALAI) is first
    write(tmp_path, "")
    assert rules.evalai(EVALAI) is None


@pytest.mark.parametrize(
    "server",
    ["https://evil.example", "https://staging.eval.ai", f"{EVALAI}/", "http://eval.ai", ""],
)
def test_a_token_goes_to_no_server_but_the_one_that_its_owner_named(
    rules: RulesAsSet, tmp_path: Path, server: str
) -> None:
    write(tmp_path, SET % (EVALAI, 60))
    assert rules.evalai(server) is None


@pytest.mark.parametrize(
    ("place", "allowed"),
    [
        (PLACE, True),
        (replace(PLACE, phase=9, submission=9), True),
        (replace(PLACE, challenge=70), False),
        (replace(PLACE, challenge=-7), False),
        (replace(PLACE, server="https://evil.example"), False),
    ],
)
def test_only_what_its_owner_named_is_published(
    rules: RulesAsSet, tmp_path: Path, place: EvalAiPlace, allowed: bool
) -> None:
    assert not rules.allows(place)
    write(tmp_path, SET % (EVALAI, 60))
    assert rules.allows(place) is allowed


def test_settings_that_cannot_be_read_change_nothing_and_are_told_once(
    rules: RulesAsSet, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write(tmp_path, SET % (EVALAI, 30))
    before = rules.evalai(EVALAI)
    write(tmp_path, "evalai: {every: soon}")
    assert rules.evalai(EVALAI) is before
    assert rules.period == timedelta(seconds=30)
    assert caplog.text.count("The settings of publishing") == 1
    write(tmp_path, SET % (EVALAI, 40))
    assert rules.period == timedelta(seconds=40)


async def test_the_token_is_read_beside_the_settings_at_each_use(
    rules: RulesAsSet, tmp_path: Path
) -> None:
    with evalai_server() as server:
        server.rules.add(1)
        write(tmp_path, SET % (server.url, 60))
        evalai = rules.evalai(server.url)
        assert evalai is not None
        with pytest.raises(EvalAiLogin, match="cannot be read"):
            await evalai.update(FINAL)
        (tmp_path / "token").write_text(f"{HOST}\n")
        await evalai.update(FINAL)
        assert server.rules.kept[1].status == "finished"
        assert [each.name for each in (tmp_path / "budget").iterdir()]


def test_the_users_own_are_wired_and_read_no_file_yet(tmp_path: Path) -> None:
    rules = wiring.publishing_rules()
    assert rules.evalai(EVALAI) is None
    assert not (tmp_path / "state" / "publishing").exists()
