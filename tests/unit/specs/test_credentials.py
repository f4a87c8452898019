"""What looks like a credential stays out of a recording; nothing else of a Job is changed."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from console.specs.compose import compose
from console.specs.credentials import (
    LEFT_OUT,
    left_out,
    without_credentials,
    without_credentials_in,
)
from console.specs.template import load_template
from console.specs.values import load_profile


def job(*env: dict[str, Any], **container: Any) -> dict[str, Any]:
    agent = {"name": "agent-1", "image": "team:1", "env": list(env), **container}
    return {"kind": "Job", "metadata": {}, "spec": {"template": {"spec": {"containers": [agent]}}}}


def agent(manifest: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = manifest["spec"]["template"]["spec"]["containers"][0]
    return found


@pytest.mark.parametrize("leaderboard", ["1.0", "2.0"])
def test_our_own_jobs_are_recorded_as_they_are(leaderboard: str) -> None:
    """The nonce too: without it no line of logcopy would be believed."""
    template, values = load_template(leaderboard), load_profile("embedded").values(leaderboard)
    manifest = compose(template, values, namespace="races", nonce="n0nce").manifest
    assert without_credentials(manifest) == manifest
    assert left_out(manifest) == ()


@pytest.mark.parametrize(
    "name",
    [
        *("WANDB_API_KEY", "AWS_SECRET_ACCESS_KEY", "HF_TOKEN", "token", "DB_PASSWORD", "MY_PWD"),
        *("GIT_CREDENTIALS", "SSH_PRIVATE_KEY", "APIKEY", "registry.secret", "AUTH_KEY"),
    ],
)
def test_a_variable_whose_name_says_so_is_left_out(name: str) -> None:
    kept = without_credentials(job({"name": name, "value": "hunter2"}))
    assert agent(kept)["env"] == [{"name": name, "value": LEFT_OUT}]
    assert left_out(kept) == (f"agent-1: {name}",)


@pytest.mark.parametrize(
    "name",
    [
        *("TOKENIZER", "SECRETARY", "KEYBOARD", "PROGRESS_NONCE", "MONKEY", "TEAM_CONFIG"),
        *("PASSENGERS", "SKIP_KEYFRAMES", "PUBLIC_KEY"),
    ],
)
def test_a_name_that_only_sounds_like_one_stays(name: str) -> None:
    manifest = job({"name": name, "value": "hunter2"})
    assert without_credentials(manifest) == manifest


@pytest.mark.parametrize(
    "value",
    [
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl",
        "AKIAIOSFODNN7EXAMPLE",
        "ghp_0123456789abcdefghijABCDEFGHIJ0123",
        "glpat-0123456789abcdefghij",
        "hf_0123456789abcdefghijABCD",
        "xoxb-0123456789-abcdef",
        "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----",
    ],
)
def test_a_value_that_is_one_is_left_out_wherever_it_stands(value: str) -> None:
    plain = without_credentials(job({"name": "CONFIG", "value": f"key={value};"}))
    assert agent(plain)["env"][0]["value"] == f"key={LEFT_OUT};"
    argument = without_credentials(job(args=["--with", f"{value} "]))
    assert agent(argument)["args"] == ["--with", f"{LEFT_OUT} "]
    assert left_out(argument) == ("agent-1: args",)


def test_of_an_address_the_user_and_the_password_are_left_out() -> None:
    kept = without_credentials(job({"name": "PROXY", "value": "http://me:pass@proxy:3128/x"}))
    assert agent(kept)["env"][0]["value"] == f"http://{LEFT_OUT}@proxy:3128/x"


def test_a_reference_to_a_secret_stays_for_it_holds_no_value() -> None:
    source = {"secretKeyRef": {"name": "evalai", "key": "auth_token"}}
    manifest = job({"name": "EVALAI_AUTH_TOKEN", "valueFrom": source})
    assert without_credentials(manifest) == manifest


def test_a_copy_of_the_manifest_in_an_annotation_goes() -> None:
    manifest = job()
    manifest["metadata"]["annotations"] = {
        "kubectl.kubernetes.io/last-applied-configuration": '{"env":"hunter2"}',
        "team": "seven",
    }
    assert without_credentials(manifest)["metadata"]["annotations"] == {"team": "seven"}


def test_the_manifest_that_it_was_given_is_not_changed() -> None:
    manifest = job({"name": "HF_TOKEN", "value": "hunter2"}, args=["AKIAIOSFODNN7EXAMPLE"])
    before = copy.deepcopy(manifest)
    without_credentials(manifest)
    assert manifest == before


def test_an_empty_value_hides_nothing_and_stays() -> None:
    manifest = job({"name": "HF_TOKEN", "value": ""}, {"name": "HF_TOKEN"})
    assert without_credentials(manifest) == manifest


@pytest.mark.parametrize(
    "line",
    [
        "WANDB_API_KEY=hunter2",
        'config {"auth_token": "hunter2", "n": 1}',
        "export DB_PASSWORD='hunter2'",
        "Authorization: Bearer hunter2hunter2",
        "authorization: basic hunter2hunter2==",
        "GET https://store/x?X-Amz-Signature=00112233445566778899aabb",
        "cloning https://bob:hunter2@git/x",
        "key AKIAABCDEFGHIJKLMNOP is used",
        "ghp_aaaaaaaaaaaaaaaaaaaaaaaa",
        "client_secret: hunter2",
    ],
)
def test_a_credential_in_a_line_of_a_log_is_left_out_and_counted(line: str) -> None:
    told, count = without_credentials_in(line)
    assert count >= 1
    assert LEFT_OUT in told
    assert not any(each in told for each in ("hunter2", "AKIA", "ghp_", "00112233"))


@pytest.mark.parametrize(
    "line",
    [
        *("tokens: 512", "token=null", "keyframe: 12", "KeyError: 'speed'", "password: ****"),
        *("secret (none)", "http://127.0.0.1:2000/x", "the token was refused", "basic agent"),
        "PROGRESS_NONCE=n0nce",
    ],
)
def test_a_line_that_only_speaks_of_one_stays(line: str) -> None:
    assert without_credentials_in(line) == (line, 0)
