"""Which form of an answer a client asked for in its Accept header. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from console.localcluster.api.refusals import ApiFailure

_ACCEPTED = "application/json"


class AnswerForm(Enum):
    """The forms an answer about objects can take; all are JSON."""

    OBJECTS = "objects"
    TABLE = "Table"
    PARTIAL = "PartialObjectMetadata"
    PARTIAL_LIST = "PartialObjectMetadataList"


def wanted_form(accept: str) -> AnswerForm:
    """The first form in the header that this server has. Raises ApiFailure 406."""
    for media, parameters in _offers(accept):
        if media in ("*/*", "application/*"):
            return AnswerForm.OBJECTS
        if media != _ACCEPTED:
            continue
        wanted = parameters.get("as", "")
        if not wanted:
            return AnswerForm.OBJECTS
        if parameters.get("g") == "meta.k8s.io" and parameters.get("v") == "v1":
            return AnswerForm(wanted) if wanted in _form_names() else AnswerForm.OBJECTS
    if not accept.strip():
        return AnswerForm.OBJECTS
    raise ApiFailure(406, f"only the following media types are accepted: {_ACCEPTED}")


def wants_aggregated_discovery(accept: str) -> str | None:
    """The Content-Type of an aggregated discovery answer when the client asked for one first."""
    for media, parameters in _offers(accept):
        if media in ("*/*", _ACCEPTED) and "as" not in parameters:
            return None
        if parameters.get("as") == "APIGroupDiscoveryList" and parameters.get("v") == "v2":
            return f"{_ACCEPTED};g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
    return None


def _form_names() -> set[str]:
    return {form.value for form in AnswerForm}


def _offers(accept: str) -> list[tuple[str, Mapping[str, str]]]:
    offers: list[tuple[str, Mapping[str, str]]] = []
    for offer in accept.split(","):
        media, *rest = (part.strip() for part in offer.split(";"))
        pairs = (part.partition("=") for part in rest if "=" in part)
        offers.append((media, {key: value for key, _, value in pairs}))
    return offers
