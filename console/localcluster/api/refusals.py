"""Refusals of the API as Status objects, worded as a Kubernetes API server words them. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from console.errors import ConsoleError
from console.localcluster.api.resources import Resource
from console.localcluster.changes import JsonObject
from console.localcluster.store import ObjectChanged, ObjectExists, ObjectNotFound

_REASONS = {
    400: "BadRequest",
    401: "Unauthorized",
    403: "Forbidden",
    404: "NotFound",
    405: "MethodNotAllowed",
    406: "NotAcceptable",
    410: "Expired",
    413: "RequestEntityTooLarge",
    415: "UnsupportedMediaType",
    500: "InternalError",
}

_MODIFIED = (
    "the object has been modified; please apply your changes to the latest version and try again"
)


class ApiFailure(ConsoleError):
    """A request that ends in a Status: HTTP code, reason, message, details."""

    def __init__(
        self, code: int, message: str, *, reason: str = "", details: JsonObject | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason or _REASONS.get(code, "")
        self.details = details

    def status(self) -> JsonObject:
        """The Status object that is the answer's body."""
        body: JsonObject = {"kind": "Status", "apiVersion": "v1", "metadata": {}}
        body |= {"status": "Failure", "message": self.what, "reason": self.reason}
        if self.details is not None:
            body["details"] = self.details
        return body | {"code": self.code}


@dataclass(frozen=True, slots=True)
class StatusCause:
    """One thing wrong with one field: `reason` such as FieldValueRequired, `text` the message."""

    field: str
    reason: str
    text: str


def required(field: str, text: str = "") -> StatusCause:
    """A field that must be there."""
    return StatusCause(field, "FieldValueRequired", f"Required value{': ' if text else ''}{text}")


def invalid(field: str, value: object, text: str) -> StatusCause:
    """A field whose value breaks a rule."""
    return StatusCause(field, "FieldValueInvalid", f"Invalid value: {_shown(value)}: {text}")


def duplicate(field: str, value: object) -> StatusCause:
    """A value that must be unique and is not."""
    return StatusCause(field, "FieldValueDuplicate", f"Duplicate value: {_shown(value)}")


def forbidden(field: str, text: str) -> StatusCause:
    """A field that may not be set here."""
    return StatusCause(field, "FieldValueForbidden", f"Forbidden: {text}")


def missing(field: str, value: object) -> StatusCause:
    """A reference to something that is not there."""
    return StatusCause(field, "FieldValueNotFound", f"Not found: {_shown(value)}")


def unsupported(field: str, value: object, choices: Sequence[str]) -> StatusCause:
    """A value outside a closed list."""
    listed = ", ".join(f'"{choice}"' for choice in sorted(choices))
    text = f"Unsupported value: {_shown(value)}: supported values: {listed}"
    return StatusCause(field, "FieldValueNotSupported", text)


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def rejected(resource: Resource, name: str, causes: Sequence[StatusCause]) -> ApiFailure:
    """422: the object breaks rules; every one is told in `details.causes`."""
    texts = [f"{cause.field}: {cause.text}" for cause in causes]
    joined = texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"
    details = _details(name, resource.group, resource.kind)
    details["causes"] = [{"reason": c.reason, "message": c.text, "field": c.field} for c in causes]
    what = f'{resource.qualified_kind} "{name}" is invalid: {joined}'
    return ApiFailure(422, what, reason="Invalid", details=details)


def not_found(resource: Resource, name: str) -> ApiFailure:
    """404 of one object."""
    details = _details(name, resource.group, resource.name)
    return ApiFailure(404, f'{resource.qualified_name} "{name}" not found', details=details)


def no_such_path() -> ApiFailure:
    """404 of a resource or path the server does not serve."""
    return ApiFailure(404, "the server could not find the requested resource", details={})


def method_not_allowed() -> ApiFailure:
    """405."""
    message = "the server does not allow this method on the requested resource"
    return ApiFailure(405, message, details={})


def version_expired(message: str) -> ApiFailure:
    """410: re-list."""
    return ApiFailure(410, message)


def version_ahead(wanted: int, current: int) -> ApiFailure:
    """504: the client knows a version this server has not reached."""
    cause = {"reason": "ResourceVersionTooLarge", "message": "Too large resource version"}
    message = f"Timeout: Too large resource version: {wanted}, current: {current}"
    details = {"causes": [cause], "retryAfterSeconds": 1}
    return ApiFailure(504, message, reason="Timeout", details=details)


def conflict(resource: Resource, name: str, why: str = _MODIFIED) -> ApiFailure:
    """409: somebody else changed the object, or a precondition does not hold."""
    message = f'Operation cannot be fulfilled on {resource.qualified_name} "{name}": {why}'
    details = _details(name, resource.group, resource.name)
    return ApiFailure(409, message, reason="Conflict", details=details)


@contextmanager
def as_api_failures(resource: Resource) -> Iterator[None]:
    """Turn the store's refusals into answers."""
    try:
        yield
    except ObjectNotFound as error:
        raise not_found(resource, error.name) from error
    except ObjectExists as error:
        message = f'{resource.qualified_name} "{error.name}" already exists'
        details = _details(error.name, resource.group, resource.name)
        raise ApiFailure(409, message, reason="AlreadyExists", details=details) from error
    except ObjectChanged as error:
        raise conflict(resource, error.name) from error


def _details(name: str, group: str, kind: str) -> JsonObject:
    details: JsonObject = {"name": name} if name else {}
    if group:
        details["group"] = group
    details["kind"] = kind
    return details
