"""Where a token is read from, how often, and what has to be done where it cannot be."""

from __future__ import annotations

import sys
from pathlib import Path

import keyring
import pytest
from fakes.cluster import FakeCluster
from fakes.keyrings import KeptKeyring
from keyring.backends import fail
from keyring.errors import KeyringLocked

from console.errors import ClusterUnreachable
from console.operations.ports.evalai import EvalAiBusy, EvalAiLogin
from console.operations.ports.publishing_settings import KeptInFile, KeptInKeyring, KeptInSecret
from console.publish.token_sources import TokenInKeyring, TokenInSecret, token_source

TOKEN = "eyJhbGciOi.eyJ0b2tlbl90.s1gnature-_"
SECRET = KeptInSecret("publishing", "evalai", "auth_token")
ENTRY = KeptInKeyring("carla-console", "evalai")


# --- a file


async def test_a_new_token_in_the_file_counts_at_once(tmp_path: Path) -> None:
    source = token_source(KeptInFile(tmp_path / "token"), None)
    for told in (TOKEN, "another"):
        (tmp_path / "token").write_text(told)
        assert await source.token() == told
    assert TOKEN not in repr(source) + repr(vars(source))


@pytest.mark.parametrize("name", ["missing", "", "odd\x1b[2J\n", "null\x00"])
async def test_a_file_that_cannot_be_read_is_named_harmlessly(tmp_path: Path, name: str) -> None:
    with pytest.raises(EvalAiLogin, match="cannot be read") as raised:
        await token_source(KeptInFile(tmp_path / name), None).token()
    assert str(raised.value).replace("\n", " ").isprintable()
    assert raised.value.fix


async def test_bytes_that_are_no_text_are_no_token(tmp_path: Path) -> None:
    (tmp_path / "token").write_bytes(b"\xff\xfe")
    with pytest.raises(EvalAiLogin, match="cannot be read"):
        await token_source(KeptInFile(tmp_path / "token"), None).token()


# --- a Secret


class Seconds:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def cluster() -> FakeCluster:
    made = FakeCluster()
    made.secrets["publishing", "evalai"] = {"auth_token": f"{TOKEN}\n".encode()}
    return made


async def test_a_secret_is_read_by_the_login_of_the_submissions(cluster: FakeCluster) -> None:
    assert await token_source(SECRET, cluster).token() == TOKEN


async def test_a_secret_is_asked_for_once_a_minute_and_anew_when_evalai_refuses_it(
    cluster: FakeCluster,
) -> None:
    seconds = Seconds()
    source = TokenInSecret(SECRET, cluster, seconds)
    assert await source.token() == TOKEN
    cluster.secrets["publishing", "evalai"]["auth_token"] = b"another"
    seconds.now = 59
    assert await source.token() == TOKEN
    seconds.now = 60
    assert await source.token() == "another"
    cluster.secrets["publishing", "evalai"]["auth_token"] = b"a-third"
    source.refused()
    assert await source.token() == "a-third"


async def test_a_login_that_may_not_read_it_is_told_which_role_would_let_it(
    cluster: FakeCluster,
) -> None:
    cluster.forbidden.add(("get", "secrets"))
    with pytest.raises(EvalAiLogin, match="may not be read by this login: No role") as raised:
        await token_source(SECRET, cluster).token()
    assert "Secret publishing/evalai" in raised.value.why
    assert (
        "kubectl -n publishing create role evalai-token --verb=get --resource=secrets"
        " --resource-name=evalai" in raised.value.fix
    )


@pytest.mark.parametrize("missing", [KeptInSecret("publishing", "x", "auth_token"), "key"])
async def test_a_secret_or_key_that_is_not_there_is_told_with_the_command_that_makes_it(
    cluster: FakeCluster, missing
) -> None:
    place = KeptInSecret("publishing", "evalai", "token") if missing == "key" else missing
    with pytest.raises(EvalAiLogin, match="is not there") as raised:
        await token_source(place, cluster).token()
    assert f"create secret generic {place.name} --from-file={place.key}=FILE" in raised.value.fix
    assert TOKEN not in str(raised.value)


async def test_a_secret_that_holds_no_token_is_told_without_what_it_holds(
    cluster: FakeCluster,
) -> None:
    cluster.secrets["publishing", "evalai"]["auth_token"] = b"two words\xff"
    with pytest.raises(EvalAiLogin, match="holds no token") as raised:
        await token_source(SECRET, cluster).token()
    assert "words" not in str(raised.value)


async def test_while_the_cluster_does_not_answer_it_is_tried_later() -> None:
    class Away(FakeCluster):
        async def secret(self, namespace: str, name: str, key: str) -> bytes:
            raise ClusterUnreachable("The cluster does not answer.")

    with pytest.raises(EvalAiBusy, match="cannot be read now: The cluster") as raised:
        await token_source(SECRET, Away()).token()
    assert raised.value.not_taken


async def test_where_no_cluster_is_asked_that_is_said() -> None:
    with pytest.raises(EvalAiBusy, match="is in a cluster, and none is asked"):
        await token_source(SECRET, None).token()


# --- the keyring


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch):
    made = KeptKeyring()
    monkeypatch.setattr(keyring.core, "_keyring_backend", made)
    yield made
    made.let_go.set()


async def test_a_token_that_was_put_into_the_keyring_is_read_at_each_use(kept) -> None:
    source = token_source(ENTRY, None)
    for told in (TOKEN, "another"):
        keyring.set_password("carla-console", "evalai", told)
        assert await source.token() == told
    source.refused()
    assert TOKEN not in repr(source) + repr(vars(source))


async def test_an_entry_that_is_not_there_is_told_with_the_command_that_makes_it(kept) -> None:
    with pytest.raises(EvalAiLogin, match="has nothing of evalai for carla-console") as raised:
        await token_source(ENTRY, None).token()
    assert "keyring set carla-console evalai" in raised.value.fix


async def test_a_machine_without_a_keyring_is_told_what_to_name_instead(monkeypatch) -> None:
    monkeypatch.setattr(keyring.core, "_keyring_backend", fail.Keyring())
    with pytest.raises(EvalAiLogin, match="no keyring that a program can ask") as raised:
        await token_source(ENTRY, None).token()
    assert "token-file or a token-secret" in raised.value.fix


async def test_without_the_extra_its_install_command_is_told(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(EvalAiLogin, match="package keyring is not installed") as raised:
        await token_source(ENTRY, None).token()
    assert raised.value.fix == "pip install 'carla-leaderboard-console[keyring]'"


@pytest.mark.parametrize(
    ("error", "why"),
    [(KeyringLocked("x"), "is locked"), (KeyError("secret text"), r"failed \(KeyError\)")],
)
async def test_a_keyring_that_is_locked_or_fails_is_tried_later(kept, error, why) -> None:
    kept.error = error
    with pytest.raises(EvalAiBusy, match=why) as raised:
        await token_source(ENTRY, None).token()
    assert raised.value.not_taken
    assert "secret text" not in str(raised.value)


async def test_a_keyring_that_waits_for_its_user_is_asked_once_and_not_waited_for(kept) -> None:
    kept.let_go.clear()
    source = TokenInKeyring(ENTRY, seconds=0.01)
    for _ in range(3):
        with pytest.raises(EvalAiBusy, match="it may be locked"):
            await source.token()
    assert kept.asked == 1
