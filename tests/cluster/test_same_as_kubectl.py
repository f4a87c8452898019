"""One kubeconfig, two programs: the console goes where kubectl goes, as whom kubectl goes.

Where the console cannot, it refuses by name. A real HTTPS server and real proxies see who came.
"""

from __future__ import annotations

import base64
import json

import pytest
from fakes.kubectl_twins import TOKEN, World, with_user
from fakes.sweeps import sweep

pytestmark = [
    pytest.mark.kubectl,
    # The kubernetes package reads its clock in a way that Python 3.12 warns of.
    pytest.mark.filterwarnings("ignore:datetime.datetime.utc:DeprecationWarning"),
]

GOOD = {
    "token": TOKEN,
    "certificate": {"client-certificate": "alice.crt", "client-key": "alice.key"},
    "certificate beside a token": {
        "token": "tok",
        "client-certificate": "alice.crt",
        "client-key": "alice.key",
    },
    "token file": {"tokenFile": "token"},
    "token file before token": {"token": "tok", "tokenFile": "token"},
    "token where its file is missing": {"token": "tok", "tokenFile": "none"},
    "token where its file is empty": {"token": "tok", "tokenFile": "empty"},
    "basic": {"username": "me", "password": "pä:ss"},
    "basic without password": {"username": "me"},
    "basic beside a certificate": {
        "username": "me",
        "password": "x",
        "client-certificate": "alice.crt",
        "client-key": "alice.key",
    },
    "a key alone": {"token": "tok", "client-key": "alice.key"},
    "as": {"token": "tok", "as": "admin-view"},
    "as with everything": {
        "token": "tok",
        "as": "system:serviceaccount:ci:robot",
        "as-uid": "u-1",
        "as-groups": ["dev", "ops", "dev"],
        "as-user-extra": {"scopes/x%": ["one", "two"], "Reason": ["ünïcode"]},
    },
    "as with a certificate": {
        "client-certificate": "alice.crt",
        "client-key": "alice.key",
        "as": "admin-view",
    },
    "unknown fields": {"token": "tok", "Token": 5, "as_groups": "x"},
    "null fields": {"token": "tok", "exec": None, "as-groups": None},
    "extensions": {"token": "tok", "extensions": [{"name": "x", "extension": {"a": None}}]},
}


@pytest.mark.parametrize(
    "name", sweep(GOOD, "certificate", "token file", "basic", "as with everything")
)
async def test_as_whom(here: World, name: str) -> None:
    (here.folder / "token").write_text("from-file\n")
    (here.folder / "empty").write_text("\n")
    assert not await with_user(here, GOOD[name])


BAD = {
    "nobody": ({}, "no credentials"),
    "password alone": ({"password": "x"}, "password"),
    "token and basic": ({"token": "tok", "username": "me"}, "username beside token"),
    "token file and basic": ({"tokenFile": "token", "username": "me"}, "beside tokenFile"),
    "token file that is missing": ({"tokenFile": "none"}, "tokenFile of user 'me'"),
    "token file that is empty": ({"tokenFile": "empty"}, "It is empty"),
    "token with a line break": ({"token": "tok\n"}, "token of user 'me'"),
    "token with two lines": ({"token": "a\r\nX-Evil: 1"}, "token of user 'me'"),
    "as with a line break": ({"token": "tok", "as": "a\nb"}, "as of user 'me'"),
    "groups of nobody": ({"token": "tok", "as-groups": ["a"]}, "as-groups of user 'me'"),
    "uid of nobody": ({"token": "tok", "as-uid": "a"}, "as-uid of user 'me'"),
    "extra of nobody": ({"token": "tok", "as-user-extra": {"a": ["b"]}}, "as-user-extra"),
    "certificate without key": ({"client-certificate": "alice.crt"}, "client-certificate of"),
    "certificate twice": (
        {
            "client-certificate": "alice.crt",
            "client-certificate-data": "YWJj",
            "client-key": "alice.key",
        },
        "client-certificate beside",
    ),
    "key twice": (
        {
            "client-certificate": "alice.crt",
            "client-key-data": "YWJj",
            "client-key": "alice.key",
        },
        "client-key beside",
    ),
    "somebody else's key": (
        {"client-certificate": "alice.crt", "client-key": "bob.key"},
        "do not fit",
    ),
    "encrypted key": (
        {"client-certificate": "sealed.crt", "client-key": "sealed.key"},
        "do not fit",
    ),
    "certificate that is none": (
        {"client-certificate-data": "YWJj", "client-key": "alice.key"},
        "do not fit",
    ),
    "certificate that is missing": (
        {"client-certificate": "none.crt", "client-key": "alice.key"},
        "client-certificate of user 'me'",
    ),
    "a path with a tilde": ({"tokenFile": "~/token"}, "~/token"),
    "provider of old": ({"auth-provider": {"name": "gcp"}}, "auth-provider of user 'me'"),
    "provider without client": (
        {"auth-provider": {"name": "oidc", "config": {"idp-issuer-url": "https://127.0.0.1:9"}}},
        "client-id",
    ),
}


@pytest.mark.parametrize("name", sweep(BAD, "nobody", "token file that is missing", "key twice"))
async def test_what_kubectl_refuses_is_refused_by_name(here: World, name: str) -> None:
    (here.folder / "token").write_text("from-file\n")
    (here.folder / "empty").write_text("\n")
    user, words = BAD[name]
    said = await with_user(here, user)
    assert words in said
    assert str(here.folder) in said


async def test_an_oidc_token_that_is_still_good(here: World) -> None:
    claims = base64.urlsafe_b64encode(json.dumps({"exp": 4102444800}).encode()).decode().rstrip("=")
    config = {
        "id-token": f"e30.{claims}.c2ln",
        "client-id": "us",
        "idp-issuer-url": "https://127.0.0.1:9",
    }
    assert not await with_user(here, {"auth-provider": {"name": "oidc", "config": config}})
