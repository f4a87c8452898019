"""Who am I, and may I: the bearer of the token may do everything. Pure."""

from __future__ import annotations

from console.localcluster.api.resources import Resource
from console.localcluster.changes import JsonObject

USER_NAME = "carla-console"
GROUPS = ("system:masters", "system:authenticated")

_EVERYTHING: JsonObject = {
    "resourceRules": [{"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}],
    "nonResourceRules": [{"verbs": ["*"], "nonResourceURLs": ["*"]}],
    "incomplete": False,
}
_ANSWERS: dict[str, JsonObject] = {
    "SelfSubjectAccessReview": {
        "allowed": True,
        "reason": "the embedded cluster allows everything to the bearer of its token",
    },
    "SelfSubjectRulesReview": _EVERYTHING,
    "SelfSubjectReview": {"userInfo": {"username": USER_NAME, "groups": list(GROUPS)}},
}


def review(resource: Resource, asked: JsonObject) -> JsonObject:
    """The review with its status filled in."""
    body: JsonObject = {"kind": resource.kind, "apiVersion": resource.api_version}
    body["metadata"] = asked.get("metadata") or {}
    if "spec" in asked or resource.kind != "SelfSubjectReview":
        body["spec"] = asked.get("spec") or {}
    body["status"] = _ANSWERS[resource.kind]
    return body


def is_review(resource: Resource) -> bool:
    """Is it one of the questions that are answered and not stored?"""
    return resource.kind in _ANSWERS
