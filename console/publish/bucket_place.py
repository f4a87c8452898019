"""A bucket of an S3 server as the place of published files; bucket_errors reads what it refuses.

The login is found by AWS's own chain, as the aws command finds it; none is held, asked for or told.
A key's content appears at once: an upload in parts is nothing before its last word.
"""

from __future__ import annotations

import os
import tempfile
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from functools import cached_property
from typing import IO, Any, NamedTuple

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import ClientError, HTTPClientError, IncompleteReadError

from console.operations.ports.object_place import Blocks, Measure, PlaceFailed, StoredObject
from console.publish.bucket_errors import answering, asked_anew, code_of, status_of
from console.version import VERSION

ATTEMPTS = 5
"""Of each request; the client pauses longer before each further one."""
CONNECT_SECONDS, READ_SECONDS = 10, 60
PART = 64 * 1024 * 1024
"""What is larger is sent in parts of that size, so that a cut costs no more than one."""
_READS = 3
_DIGEST = "sha256"
"""So an object calls what its tag does not tell, of one in parts or encrypted by a key."""
_USUAL_REGION = "us-east-1"
_OTHER_SERVER = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")
_MISSING = 404
_NOT_SO = (412, 409)
"""There already, or just being put there by somebody else."""
_GONE = "NoSuchKey"
_NOT_IMPLEMENTED = 501


class _CutShort(HTTPClientError):  # type: ignore[misc]  # its client has no types
    """An answer that broke off."""


class _ReadObject(NamedTuple):
    """The beginning of an object, and what the server calls the whole of it."""

    content: bytes
    tag: str


class _NoConditions(Exception):
    """A server that does not know of conditions."""


@contextmanager
def _kept(blocks: Blocks) -> Iterator[IO[bytes]]:
    """On disk first: a request that is tried again begins at its beginning."""
    with tempfile.TemporaryFile(prefix="carla-console-") as file:
        file.writelines(blocks())
        file.seek(0)
        yield file


class BucketPlace:
    """Keys are below the prefix. `endpoint`: of a server that is not Amazon's."""

    def __init__(
        self, bucket: str, prefix: str, endpoint: str | None = None, part: int = PART
    ) -> None:
        self._bucket, self._prefix, self._part = bucket, f"{prefix}/" if prefix else "", part
        self._endpoint = endpoint
        self.where = f"s3://{bucket}/{prefix}".rstrip("/")

    def listed(self, folder: str) -> Mapping[str, StoredObject]:
        below = f"{self._prefix}{folder}/"
        with self._answering("listed"):
            pages = self._client.get_paginator("list_objects_v2")
            return {
                each.key: each
                for page in pages.paginate(Bucket=self._bucket, Prefix=below)
                for each in map(self._stored, page.get("Contents", ()))
            }

    def same(self, stored: StoredObject, measure: Measure) -> bool:
        # True of what was sent at once and is not encrypted by a key: then no question is needed.
        if stored.tag == measure.md5:
            return True
        with self._answering("read"):
            head = self._client.head_object(**self._at(stored.key))
        # Servers differ in how they write the name.
        told = {name.lower(): said for name, said in head.get("Metadata", {}).items()}
        return bool(told.get(_DIGEST) == measure.sha256)

    def put(self, key: str, blocks: Blocks, measure: Measure) -> None:
        with self._answering("written"), _kept(blocks) as file:
            send = self._put_in_parts if measure.size > self._part else self._put_at_once
            send(key, file, measure)

    def put_new(self, key: str, blocks: Blocks, measure: Measure) -> bool:
        return self._put_if(key, blocks, measure, IfNoneMatch="*")

    def put_over(self, key: str, blocks: Blocks, measure: Measure, before: bytes) -> bool:
        with self._answering("read"):
            # One byte more, so that a longer one that begins alike is another one.
            found = self._content(key, len(before) + 1)
        if found is None or found.content != before:
            return False
        return self._put_if(key, blocks, measure, IfMatch=found.tag)

    def remove(self, key: str) -> None:
        with self._answering("written"):
            self._client.delete_object(**self._at(key))

    def read(self, key: str, limit: int) -> bytes | None:
        with self._answering("read"):
            found = self._content(key, limit + 1)
        if found is not None and len(found.content) > limit:
            raise PlaceFailed(f"{self.where}/{key} cannot be read.", why=f"It is over {limit} B.")
        return None if found is None else found.content

    def alone(self, folder: str) -> AbstractContextManager[None]:
        """A bucket knows no such right; what another one sends meanwhile is as whole as this."""
        return nullcontext()

    def _answering(self, doing: str) -> AbstractContextManager[None]:
        return asked_anew(self.where, doing, self, "_client")

    @cached_property
    def _client(self) -> Any:
        with answering(self.where, "reached"):
            session = boto3.session.Session()
            other = self._endpoint or any(map(os.environ.get, _OTHER_SERVER))
            return session.client(
                "s3",
                region_name=session.region_name or _USUAL_REGION,
                endpoint_url=self._endpoint,
                config=Config(
                    connect_timeout=CONNECT_SECONDS,
                    read_timeout=READ_SECONDS,
                    retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
                    # Other servers seldom have a name for each bucket, nor the newer checksums.
                    s3={"addressing_style": "path" if other else "auto"},
                    request_checksum_calculation="when_required",
                    response_checksum_validation="when_required",
                    user_agent_extra=f"carla-console/{VERSION}",
                ),
            )

    def _put_if(self, key: str, blocks: Blocks, measure: Measure, **condition: str) -> bool:
        """A server that knows no conditions is written to as if they held."""
        try:
            with self._answering("written"), _kept(blocks) as file:
                return self._put_conditionally(key, file, measure, **condition)
        except _NoConditions:
            self.put(key, blocks, measure)
            return True

    def _put_conditionally(
        self, key: str, file: IO[bytes], measure: Measure, **condition: str
    ) -> bool:
        try:
            self._put_at_once(key, file, measure, **condition)
        except ClientError as refused:
            if status_of(refused) == _NOT_IMPLEMENTED:
                raise _NoConditions from None
            if status_of(refused) not in _NOT_SO and code_of(refused) != _GONE:
                raise
            return False
        return True

    def _put_at_once(self, key: str, file: IO[bytes], measure: Measure, **conditions: str) -> None:
        """With its checksum: a server refuses what arrives as something else."""
        digest = b64encode(bytes.fromhex(measure.md5)).decode()
        self._client.put_object(
            **self._at(key),
            Body=file,
            ContentMD5=digest,
            Metadata={_DIGEST: measure.sha256},
            **conditions,
        )

    def _put_in_parts(self, key: str, file: IO[bytes], measure: Measure) -> None:
        self._give_up_earlier(key)
        self._client.upload_fileobj(
            file,
            **self._at(key),
            ExtraArgs={"Metadata": {_DIGEST: measure.sha256}},
            Config=TransferConfig(
                # Without threads of the client's own: they would outlive the one that sends, at the
                # process's end.
                multipart_threshold=self._part,
                multipart_chunksize=self._part,
                use_threads=False,
            ),
        )

    def _give_up_earlier(self, key: str) -> None:
        """Parts that a killed console has sent cost their owner for ever."""
        wanted = self._prefix + key
        pages = self._client.get_paginator("list_multipart_uploads")
        # It takes a right of its own, and some servers lack it: what is sent now needs neither.
        with suppress(ClientError):
            for page in pages.paginate(Bucket=self._bucket, Prefix=wanted):
                for each in page.get("Uploads", ()):
                    if each["Key"] == wanted:
                        left = each["UploadId"]
                        self._client.abort_multipart_upload(**self._at(key), UploadId=left)

    def _content(self, key: str, most: int) -> _ReadObject | None:
        """The client tries a request again, but not an answer that is cut in its middle."""
        for _ in range(_READS - 1):
            try:
                return self._asked_once(key, most)
            except _CutShort:
                continue
        return self._asked_once(key, most)

    def _asked_once(self, key: str, most: int) -> _ReadObject | None:
        try:
            answer = self._client.get_object(**self._at(key))
        except ClientError as refused:
            if status_of(refused) != _MISSING or code_of(refused) == "NoSuchBucket":
                raise
            if code_of(refused) == _GONE:
                return None
            # A proxy's page, or an answer whose body was cut: believed, it would let a result be
            # sent anew.
            raise _CutShort(error="404 without a word of what is missing") from refused
        try:
            return _ReadObject(bytes(answer["Body"].read(most)), str(answer.get("ETag", "")))
        except (HTTPClientError, IncompleteReadError) as cut:
            raise _CutShort(error=cut) from cut

    def _stored(self, told: Mapping[str, Any]) -> StoredObject:
        key = str(told["Key"]).removeprefix(self._prefix)
        return StoredObject(key, int(told["Size"]), str(told.get("ETag", "")).strip('"'))

    def _at(self, key: str) -> dict[str, str]:
        return {"Bucket": self._bucket, "Key": self._prefix + key}
