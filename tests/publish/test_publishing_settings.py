"""What a user sets of publishing: nothing is on by itself, and each mistake is named with its field."""

from __future__ import annotations

from pathlib import Path

import pytest

from console.errors import InvalidInput
from console.operations.ports.publishing_settings import (
    EvalAiSettings,
    KeptInFile,
    KeptInKeyring,
    KeptInSecret,
    PublishingSettings,
)
from console.publish.publishing_file import PublishingOnDisk

LEAST = "challenges: [7], token-file: token"


def settings(folder: Path, text: str) -> PublishingSettings:
    (folder / "publishing.yaml").write_text(text)
    return PublishingOnDisk(folder).settings()


def evalai(folder: Path, text: str) -> EvalAiSettings:
    told = settings(folder, f"evalai: {{{text}}}").evalai
    assert told is not None
    return told


def test_without_a_file_nothing_is_published(tmp_path: Path) -> None:
    assert PublishingOnDisk(tmp_path).settings() == PublishingSettings(None)
    assert settings(tmp_path, "") == PublishingSettings(None)


def test_who_names_challenges_and_a_token_gets_the_usual_server_each_minute(
    tmp_path: Path,
) -> None:
    told = evalai(tmp_path, LEAST)
    assert told == EvalAiSettings(
        KeptInFile(tmp_path / "token"), frozenset({7}), "https://eval.ai", 60.0
    )


def test_server_period_and_the_tokens_place_can_be_ones_own(tmp_path: Path) -> None:
    text = "challenges: [7, 9], token-file: ~/t, server: 'https://staging.eval.ai/', every: 30"
    told = evalai(tmp_path, text)
    assert told.token == KeptInFile(Path("~/t").expanduser())
    assert (told.server, told.seconds) == ("https://staging.eval.ai", 30.0)
    assert told.challenges == {7, 9}
    assert evalai(tmp_path, "challenges: 7, token-file: t").challenges == {7}


def test_a_server_of_this_machine_needs_no_encryption(tmp_path: Path) -> None:
    told = evalai(tmp_path, f"{LEAST}, server: 'http://127.0.0.1:8000'")
    assert told.server == "http://127.0.0.1:8000"


def test_a_token_may_be_kept_in_a_secret_or_in_the_systems_keyring(tmp_path: Path) -> None:
    secret = "{namespace: lab, name: evalai, key: auth_token}"
    told = evalai(tmp_path, f"challenges: 7, token-secret: {secret}")
    assert told.token == KeptInSecret("lab", "evalai", "auth_token")
    told = evalai(tmp_path, "challenges: 7, token-keyring: {user: me}")
    assert told.token == KeptInKeyring("carla-console", "me")


@pytest.mark.parametrize(
    ("text", "place", "fix"),
    [
        (f"{LEAST}, token-keyring: {{}}", "more than one place of the token", "Write one of"),
        ("token-secret: evalai", "token-secret is no mapping", "one a line"),
        ("token-secret: {name: e, key: k}", "token-secret.namespace names none", "auth_token"),
        ("token-secret: {namespace: ../x, name: e, key: k}", "secret.namespace names", "Write"),
        ("token-secret: {namespace: x, name: e/f, key: k}", "token-secret.name names", "Write"),
        ("token-secret: {namespace: x, name: e, key: a b}", "token-secret.key names", "Write"),
        ("token-secret: {context: x}", "token-secret has a key", "namespace, name, key"),
        ("token-keyring: {user: 'a;b'}", "token-keyring.user names no entry", "carla-console"),
        ("token-keyring: {password: x}", "token-keyring has a key", "service, user"),
    ],
)
def test_a_place_of_the_token_that_is_none_is_told_and_not_repeated(
    tmp_path: Path, text: str, place: str, fix: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        evalai(tmp_path, text)
    assert place in caught.value.what
    assert fix in caught.value.fix


@pytest.mark.parametrize(
    ("text", "place", "fix"),
    [
        ("evalia: {}", "publishing.yaml has a key", "There is: evalai, storage, dynamodb."),
        ("evalai: [7]", ": evalai is no mapping", "one a line"),
        (
            "evalai:",
            ": evalai has no place of the token",
            "token-file, token-secret, token-keyring",
        ),
        (
            "evalai: {tokenfile: t}",
            ": evalai has a key",
            "challenges, token-file, token-secret, token-keyring",
        ),
        ("evalai: {token-file: t}", ": evalai.challenges is no list", "[2098]"),
        ("evalai: {token-file: t, challenges: []}", ": evalai.challenges is no list", "[2098]"),
        ("evalai: {token-file: t, challenges: [on]}", ": evalai.challenges is no", "[2098]"),
        ("evalai: {token-file: t, challenges: [0]}", ": evalai.challenges is no", "[2098]"),
        ("evalai: {challenges: 7, token-file: 5}", ": evalai.token-file names no", "the token"),
        (f"evalai: {{{LEAST}, every: 1}}", ": evalai.every is no time", "from 10 to 86400"),
        (f"evalai: {{{LEAST}, every: soon}}", ": evalai.every is no time", "60 requests"),
        (f"evalai: {{{LEAST}, every: .nan}}", ": evalai.every is no time", "60 requests"),
        ("evalai: {challenges: [7", "is no YAML. Line", "Mend it; nothing is published."),
    ],
)
def test_a_mistake_is_told_with_its_place_and_what_may_stand_there(
    tmp_path: Path, text: str, place: str, fix: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        settings(tmp_path, text)
    assert place in caught.value.what
    assert fix in caught.value.fix


@pytest.mark.parametrize(
    ("server", "what"),
    [
        ("eval.ai", "is no http or https address"),
        ("ftp://eval.ai", "is no http or https address"),
        ("https://eval.ai:x", "is no http or https address"),
        ("https://ev al.ai", "is no http or https address"),
        ("https://me:sEcReT@eval.ai", "has more than a server's name"),
        ("https://eval.ai/api/jobs?x=1", "has more than a server's name"),
        ("http://eval.ai", "would send the token unencrypted"),
        ("https://evalai.cloudcv.org", "is an old name of EvalAI"),
    ],
)
def test_a_server_that_a_token_must_not_go_to_is_refused_and_not_repeated(
    tmp_path: Path, server: str, what: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        evalai(tmp_path, f"{LEAST}, server: '{server}'")
    assert f"evalai.server {what}" in caught.value.what
    assert "sEcReT" not in str(caught.value)


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "publishing.yaml").mkdir()
    with pytest.raises(InvalidInput, match=r"publishing\.yaml cannot be read"):
        PublishingOnDisk(tmp_path).settings()
