"""A real DynamoDB server (moto's, of Python) on loopback: it reads keys and expressions strictly."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import boto3
import botocore.session

TABLE = "submissions"
KEYS = ("team_id", "submission_id")

# What AWS's services are is read from hundreds of files: once, not for the session of each test.
botocore.session.create_loader = cache(botocore.session.create_loader)


@contextmanager
def dynamo_server() -> Iterator[str]:
    """Its address, `127.0.0.1:PORT`."""
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield f"{host}:{port}"
    finally:
        server.stop()


@cache
def client(address: str) -> Any:
    """One for all: to make it takes longer than ten requests."""
    return boto3.client("dynamodb", endpoint_url=f"http://{address}", region_name="us-east-1")


def make_table(address: str, name: str = TABLE) -> None:
    """As upstream has it: two keys, both text."""
    client(address).create_table(
        TableName=name,
        KeySchema=[
            {"AttributeName": key, "KeyType": kind}
            for key, kind in zip(KEYS, ("HASH", "RANGE"), strict=True)
        ],
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in KEYS],
        BillingMode="PAY_PER_REQUEST",
    )


def row(address: str, team: str, submission: str, name: str = TABLE) -> dict[str, str]:
    """All that it tells there; each value is text."""
    key = {"team_id": {"S": team}, "submission_id": {"S": submission}}
    found = client(address).get_item(TableName=name, Key=key, ConsistentRead=True).get("Item", {})
    return {attribute: told["S"] for attribute, told in found.items()}
