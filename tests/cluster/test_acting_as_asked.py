"""`--as` and `--as-group`: whom the flags name is who acts, and nothing of another one stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from console.cluster import exec_plugin
from console.cluster.connecting import Terms, connect
from console.cluster.fingerprint import login
from console.cluster.impersonation import ActingAs, headers
from console.cluster.naming import access, describe
from console.errors import InvalidInput
from console.operations.shell_commands import carla_console, kubectl

KUBECONFIG = """
current-context: lab
clusters: [{name: c, cluster: {server: "https://lab.example.com"}}]
contexts: [{name: lab, context: {cluster: c, user: ann}}]
users:
- {name: ann, user: {token: t, as: boss, as-uid: "7", as-groups: [all], as-user-extra: {a: [b]}}}
"""
BOB = ActingAs("bob", ("viewers", "guests"))


@pytest.fixture
def kubeconfig(tmp_path: Path) -> str:
    path = tmp_path / "kubeconfig"
    path.write_text(KUBECONFIG)
    return str(path)


def test_the_flags_replace_all_that_the_kubeconfig_says_of_it(kubeconfig: str) -> None:
    user = access(kubeconfig, None, None, {}, BOB).user
    assert headers(user) == (
        ("Impersonate-User", "bob"),
        ("Impersonate-Group", "viewers"),
        ("Impersonate-Group", "guests"),
    )
    assert headers(access(kubeconfig, None, None, {}).user)[0] == ("Impersonate-User", "boss")


def test_who_acts_is_shown_and_is_part_of_a_command_that_is_copied(kubeconfig: str) -> None:
    where = describe(kubeconfig, None, None, environ={}, acts_as=BOB)
    assert where.acts_as == "bob (groups viewers, guests)"
    told = "--as bob --as-group viewers --as-group guests"
    assert told in kubectl(where, "get", "jobs")
    # Before the command: `resume` has an --as of its own.
    assert carla_console(where, "resume", "demo").startswith(f"carla-console {told} resume demo")


def test_two_that_act_as_different_users_are_two_logins(kubeconfig: str) -> None:
    one, other = (login(kubeconfig, None, None, environ={}, acts_as=each) for each in (None, BOB))
    assert one.fingerprint != other.fingerprint


def test_a_name_that_no_request_can_carry_is_refused(kubeconfig: str) -> None:
    with pytest.raises(InvalidInput, match="--as"):
        access(kubeconfig, None, None, {}, ActingAs("bob\r\nX: y"))


async def test_patience_is_that_of_the_flag(kubeconfig: str) -> None:
    cluster = await connect(kubeconfig, environ={}, probe=False, terms=Terms(BOB, seconds=2.5))
    assert cluster._transport._limit == 2.5  # type: ignore[attr-defined]
    await cluster.close()


def test_of_a_plug_in_that_fails_all_is_told_that_it_says_to_run() -> None:
    complaint = b"ERROR: no login\nPlease run:\n\n  $ gcloud auth login\n\nto obtain new ones.\n"
    told = exec_plugin._said(complaint)
    assert told == "ERROR: no login Please run: $ gcloud auth login to obtain new ones."
    assert exec_plugin._again("gke-gcloud-auth-plugin").endswith(": gcloud auth login")
    assert "your cloud's own tool" in exec_plugin._again("mine")
