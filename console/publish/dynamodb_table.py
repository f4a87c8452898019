"""A table of DynamoDB that is told of submissions, by boto3. Login and region are found by AWS's
own chain, as the aws command finds them; none is held, asked for or told.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from console.operations.ports.deliveries import TableMark
from console.publish.bucket_errors import answering, asked_anew, code_of
from console.publish.bucket_place import ATTEMPTS, CONNECT_SECONDS
from console.publish.dynamodb_requests import get_item, update_item
from console.version import VERSION

READ_SECONDS = 15
_NOT_SO = "ConditionalCheckFailedException"


class DynamoTable:
    """See `operations.ports.deliveries`."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.where = f"DynamoDB's table {name}"

    def update(self, mark: TableMark) -> bool:
        with asked_anew(self.where, "written", self, "_client"):
            try:
                self._client.update_item(**update_item(self.name, mark))
            except ClientError as refused:
                if code_of(refused) == _NOT_SO:
                    return False
                raise
        return True

    def row_of(self, team: str, submission: str) -> Mapping[str, str]:
        with asked_anew(self.where, "read", self, "_client"):
            found = self._client.get_item(**get_item(self.name, team, submission))
        told = found.get("Item", {}).items()
        return {str(name): said["S"] for name, said in told if isinstance(said.get("S"), str)}

    @cached_property
    def _client(self) -> Any:
        with answering(self.where, "reached"):
            session = boto3.session.Session()
            # The aws command reads both variables, its library the longer one alone.
            return session.client(
                "dynamodb",
                region_name=session.region_name or os.environ.get("AWS_REGION"),
                config=Config(
                    connect_timeout=CONNECT_SECONDS,
                    read_timeout=READ_SECONDS,
                    retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
                    user_agent_extra=f"carla-console/{VERSION}",
                ),
            )
