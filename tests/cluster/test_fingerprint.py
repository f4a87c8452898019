"""Two logins that could act as different users never share a recorder; one login keeps its own."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from console.cluster.fingerprint import login

USERS = {
    "token": {"token": "t0ken"},
    "another-token": {"token": "another"},
    "acting": {"token": "t0ken", "as": "admin"},
    "acting-in-a-group": {"token": "t0ken", "as": "admin", "as-groups": ["ops"]},
    "certificate": {"client-certificate-data": "YQ==", "client-key-data": "YQ=="},
    "plug-in": {
        "exec": {
            "apiVersion": "client.authentication.k8s.io/v1",
            "command": "aws",
            "args": ["eks", "get-token"],
            "interactiveMode": "Never",
        }
    },
    "provider": {"auth-provider": {"name": "oidc", "config": {"client-id": "c", "id-token": "1"}}},
}


def kubeconfig(path: Path, user: dict[str, object], server: str = "https://a:6443") -> str:
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "c",
        "clusters": [{"name": "c", "cluster": {"server": server}}],
        "users": [{"name": "u", "user": user}],
        "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
    }
    path.write_text(yaml.safe_dump(document))
    return str(path)


def of(path: str, environ: dict[str, str] | None = None) -> str:
    return login(path, None, None, environ=environ or {}).fingerprint


def test_no_two_of_these_users_have_one_fingerprint(tmp_path: Path) -> None:
    file = tmp_path / "config"
    told = {name: of(kubeconfig(file, user)) for name, user in USERS.items()}
    assert len(set(told.values())) == len(USERS)


def test_another_server_or_another_file_is_another_login(tmp_path: Path) -> None:
    user = USERS["token"]
    first = of(kubeconfig(tmp_path / "a", user))
    assert of(kubeconfig(tmp_path / "a", user, "https://b:6443")) != first
    assert of(kubeconfig(tmp_path / "b", user)) != first


def test_the_namespace_is_no_part_of_who_we_are(tmp_path: Path) -> None:
    path = kubeconfig(tmp_path / "a", USERS["token"])
    assert login(path, None, "races", environ={}).fingerprint == of(path)
    assert login(path, None, "races", environ={}).description.namespace == "races"


def test_tokens_that_a_provider_renews_do_not_change_it(tmp_path: Path) -> None:
    first = of(kubeconfig(tmp_path / "a", USERS["provider"]))
    config = {"client-id": "c", "id-token": "2", "refresh-token": "3"}
    renewed = {"auth-provider": {"name": "oidc", "config": config}}
    assert of(kubeconfig(tmp_path / "a", renewed)) == first


@pytest.mark.parametrize(
    ("variable", "same"),
    [("AWS_PROFILE", False), ("ANYTHING_ELSE", False), ("TERM", True), ("SSH_CONNECTION", True)],
)
def test_a_plug_in_is_another_login_in_another_environment(
    tmp_path: Path, variable: str, *, same: bool
) -> None:
    """It may answer by any variable; what a terminal sets for itself is none of its business."""
    path = kubeconfig(tmp_path / "a", USERS["plug-in"])
    plain = {"PATH": "/bin"}
    assert (of(path, {**plain, variable: "x"}) == of(path, plain)) is same


def test_without_a_plug_in_the_environment_says_nothing(tmp_path: Path) -> None:
    path = kubeconfig(tmp_path / "a", USERS["token"])
    assert of(path, {"AWS_PROFILE": "prod"}) == of(path)


def test_it_holds_no_secret(tmp_path: Path) -> None:
    told = of(kubeconfig(tmp_path / "a", {"username": "u", "password": "hunter2"}))
    assert told == of(kubeconfig(tmp_path / "a", {"username": "u", "password": "other"}))
    assert len(told) == 16
    assert set(told) <= set("0123456789abcdef")
