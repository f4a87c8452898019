"""What an account that may use one namespace alone is told where it looks into another one."""

from __future__ import annotations

import json

import pytest

from console.cluster.failures import Asked, error_of
from console.errors import ConsoleError

REFUSED = b'{"kind":"Status","code":403,"reason":"Forbidden","message":"jobs is forbidden"}'


def refused(asked: Asked) -> ConsoleError:
    return error_of(asked, 403, REFUSED)


@pytest.mark.parametrize("verb", ["list", "watch"])
def test_who_may_not_look_into_a_namespace_is_told_how_to_go_to_another_one(verb: str) -> None:
    told = refused(Asked(verb, "jobs", "default"))
    assert told.fix == (
        f"Ask for a role with verb '{verb}' on 'jobs'. "
        "Or go to a namespace of yours: -n NAME, on the screens :ns."
    )


@pytest.mark.parametrize(
    ("words", "way"),
    [
        ("exceeded quota: team, requested: count/jobs.batch=1", "Free some of the quota"),
        ('admission webhook "x.example.com" denied the request: no', "Ask who runs that webhook"),
        ("ValidatingAdmissionPolicy 'p' denied request", "Change what the policy refuses"),
        ('User "system:serviceaccount:a:b" cannot create resource "jobs"', "Ask for a role"),
        ("no words of ours", "Ask for a role"),
    ],
)
def test_who_has_the_right_and_is_refused_is_not_sent_for_a_role(words: str, way: str) -> None:
    body = json.dumps({"kind": "Status", "code": 403, "message": words}).encode()
    assert error_of(Asked("create", "jobs", "races"), 403, body).fix.startswith(way)


@pytest.mark.parametrize("asked", [Asked("create", "jobs", "races"), Asked("list", "nodes")])
def test_of_what_no_other_namespace_helps_only_the_role_is_named(asked: Asked) -> None:
    assert "namespace" not in refused(asked).fix
