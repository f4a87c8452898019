"""What a bucket's client raises, as errors that a user can act on. No text of a server is repeated,
nor anything of a login."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import botocore.exceptions as client
from boto3.exceptions import Boto3Error

from console.errors import ConsoleError, Forbidden, NotFound
from console.operations.ports.object_place import PlaceFailed

_CODE = re.compile(r"[A-Za-z0-9.]{1,60}")
_NO_LOGIN = (
    client.NoCredentialsError,
    client.PartialCredentialsError,
    client.CredentialRetrievalError,
    client.ProfileNotFound,
    client.ConfigParseError,
    client.ConfigNotFound,
    client.SSOError,
    client.TokenRetrievalError,
)
_TABLE_REFUSALS = (
    *("AccessDeniedException", "UnrecognizedClientException", "ExpiredTokenException"),
    *("InvalidSignatureException", "MissingAuthenticationTokenException"),
)
"""DynamoDB says so with a 400."""
_EXPIRED = ("ExpiredToken", "InvalidToken", "TokenRefreshRequired")
"""S3 too says so with a 400."""
_LOG_IN = "Log in as for the aws command (aws sso login), or set AWS_PROFILE."
_TABLE_RIGHT = (
    "It needs dynamodb:UpdateItem and dynamodb:GetItem on the table. Log in as for the aws command"
    " if that has expired."
)
_WORDS = (
    (client.NoRegionError, "No region is set: AWS_REGION, or the profile's."),
    (client.ConnectTimeoutError, "Nobody answered in time."),
    (client.EndpointConnectionError, "Nobody answers at its address."),
    (client.ReadTimeoutError, "The answer did not come in time."),
    (client.SSLError, "Its certificate is not one that this machine trusts."),
    (client.ProxyConnectionError, "The proxy cannot be reached."),
    (client.HTTPClientError, "The connection was cut."),
)
GO_ON = "What is there already stays; publish again to go on."


@contextmanager
def answering(where: str, doing: str) -> Iterator[None]:
    """Within, whatever the client raises becomes one of ours."""
    try:
        yield
    except client.ClientError as refused:
        raise _refusal(where, doing, refused) from None
    except _NO_LOGIN as none:
        raise Forbidden(
            f"There is no login for {where}.",
            why=f"AWS's chain gave none ({type(none).__name__}): environment, ~/.aws, machine.",
            fix=_LOG_IN,
        ) from None
    except (client.BotoCoreError, Boto3Error, OSError) as failed:
        raise PlaceFailed(f"{where} cannot be {doing}.", why=_words(failed), fix=GO_ON) from None


@contextmanager
def asked_anew(where: str, doing: str, holder: object, client_name: str) -> Iterator[None]:
    """The same; a client that may not, or has no login, is dropped: it reads its login once, and
    the next one finds what its owner has renewed since."""
    try:
        with answering(where, doing):
            yield
    except Forbidden:
        vars(holder).pop(client_name, None)
        raise


def code_of(refused: client.ClientError) -> str:
    """The server's word, where it is one."""
    code = str(refused.response.get("Error", {}).get("Code", ""))
    return code if _CODE.fullmatch(code) else "?"


def status_of(refused: client.ClientError) -> int | None:
    status = refused.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    return status if isinstance(status, int) else None


def _refusal(where: str, doing: str, refused: client.ClientError) -> ConsoleError:
    code, status = code_of(refused), status_of(refused)
    told = f"The server answers {status or '?'} {code}."
    if code == "NoSuchBucket":
        return NotFound(
            f"There is no bucket for {where}.",
            why=told,
            fix="Make it, or check its name, AWS_PROFILE and --endpoint.",
        )
    if code == "ResourceNotFoundException":
        return NotFound(
            f"There is no such table: {where}.",
            why=told,
            fix="Make it, or check its name, the region (AWS_REGION) and AWS_PROFILE.",
        )
    if code in _TABLE_REFUSALS:
        return Forbidden(f"{where} may not be {doing} by this login.", why=told, fix=_TABLE_RIGHT)
    if code in _EXPIRED:
        return Forbidden(f"The login for {where} has expired.", why=told, fix=_LOG_IN)
    if status in (401, 403):
        return Forbidden(
            f"{where} may not be {doing} by this login.",
            why=told,
            fix="It needs s3:ListBucket on the bucket; s3:GetObject, s3:PutObject and "
            "s3:DeleteObject below the prefix.",
        )
    return PlaceFailed(f"{where} cannot be {doing}.", why=told, fix=GO_ON)


def _words(failed: Exception) -> str:
    known = (words for kind, words in _WORDS if isinstance(failed, kind))
    if words := next(known, ""):
        return words
    if isinstance(failed, OSError) and failed.strerror:
        return f"What is sent passes a disk of this machine: {failed.strerror}."
    return f"The client gave up ({type(failed).__name__})."
