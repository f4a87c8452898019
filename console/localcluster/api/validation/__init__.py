"""The rules of a Kubernetes API server about values: what is wrong with an object, and where."""

from __future__ import annotations

from collections.abc import Callable

from console.localcluster.api.refusals import StatusCause
from console.localcluster.api.resources import Resource
from console.localcluster.api.schemas import all_schemas
from console.localcluster.api.validation.job import check_job, check_job_update
from console.localcluster.api.validation.metadata import check_metadata, check_metadata_update
from console.localcluster.api.validation.plain import check_configmap, check_secret
from console.localcluster.api.validation.pod import check_pod_spec, check_pod_update
from console.localcluster.api.validation.schema_rules import check_published
from console.localcluster.changes import JsonObject

_OF_PUBLISHED = {"jobs": "io.k8s.api.batch.v1.JobSpec", "pods": "io.k8s.api.core.v1.PodSpec"}

_CREATE_RULES: dict[str, Callable[[JsonObject], list[StatusCause]]] = {
    "configmaps": check_configmap,
    "jobs": check_job,
    "pods": lambda pod: check_pod_spec(pod["spec"], "spec"),
    "secrets": check_secret,
}

_UPDATE_RULES: dict[str, Callable[[JsonObject, JsonObject], list[StatusCause]]] = {
    "jobs": check_job_update,
    "pods": check_pod_update,
}


def check_new(resource: Resource, obj: JsonObject) -> list[StatusCause]:
    """Everything wrong with an object about to be created."""
    causes = check_metadata(resource, obj["metadata"])
    rule = _CREATE_RULES.get(resource.name)
    return _with_published(causes + (rule(obj) if rule else []), resource, obj)


def _with_published(
    causes: list[StatusCause], resource: Resource, obj: JsonObject
) -> list[StatusCause]:
    """What the schema says of fields that no rule complains of: a rule tells more about its own."""
    name = _OF_PUBLISHED.get(resource.name)
    if name is None:
        return causes
    told = {cause.field for cause in causes}
    published = check_published(obj["spec"], all_schemas()[name], "spec")
    return causes + [cause for cause in published if cause.field not in told]


def check_changed(resource: Resource, obj: JsonObject, current: JsonObject) -> list[StatusCause]:
    """Everything wrong with an object about to replace `current`."""
    causes = check_metadata(resource, obj["metadata"])
    causes += check_metadata_update(obj["metadata"], current["metadata"])
    rule = _UPDATE_RULES.get(resource.name)
    if rule:
        return causes + rule(obj, current)
    create_rule = _CREATE_RULES.get(resource.name)
    return causes + (create_rule(obj) if create_rule else [])
