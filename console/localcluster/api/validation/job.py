"""The rules about Jobs: numbers, restart policy, selector, and what may change later."""

from __future__ import annotations

from console.kubernetes_grammar.names import LABEL_VALUE
from console.kubernetes_grammar.object_rules import LEAST_OF_JOB, needs_never, too_small
from console.localcluster.api.defaulting import selector_of
from console.localcluster.api.refusals import StatusCause, invalid, required, unsupported
from console.localcluster.api.validation.metadata import check_annotations, check_labels
from console.localcluster.api.validation.pod import check_pod_spec
from console.localcluster.api.validation.words import dns_label, label_value
from console.localcluster.changes import JsonObject

_IMMUTABLE = ("selector", "completionMode", "podFailurePolicy", "backoffLimitPerIndex", "managedBy")
_NEGATIVE = "must be greater than or equal to 0"
_WHILE_SUSPENDED = ("nodeSelector", "tolerations", "affinity", "schedulingGates")


def check_job(job: JsonObject) -> list[StatusCause]:
    """Everything wrong with a new Job."""
    spec = job["spec"]
    name = job["metadata"].get("name", "")
    causes = _check_name_as_label(name) + _check_hostname(name, spec)
    causes += _check_counts(spec) + _check_modes(spec) + _check_template(spec["template"])
    generated = selector_of(job["metadata"]["uid"])
    if not spec.get("manualSelector") and spec.get("selector") != generated:
        causes.append(invalid("spec.selector", "{...}", "`selector` not auto-generated"))
    return causes + _check_policies(spec)


def check_job_update(job: JsonObject, current: JsonObject) -> list[StatusCause]:
    """Only a few fields of a Job's spec may change after its creation."""
    spec, old = job["spec"], current["spec"]
    causes = [
        invalid(f"spec.{field}", "{...}", "field is immutable")
        for field in _IMMUTABLE
        if spec.get(field) != old.get(field)
    ]
    if spec.get("completions") != old.get("completions") and old["completionMode"] != "Indexed":
        causes.append(invalid("spec.completions", spec.get("completions"), "field is immutable"))
    if _fixed_part(spec["template"], old) != _fixed_part(old["template"], old):
        causes.append(invalid("spec.template", "{...}", "field is immutable"))
    return causes + _check_counts(spec)


def _check_counts(spec: JsonObject) -> list[StatusCause]:
    small = too_small(spec, LEAST_OF_JOB)
    return [invalid(f"spec.{field}", number, _NEGATIVE) for field, number in small]


def _fixed_part(template: JsonObject, old: JsonObject) -> JsonObject:
    """The template without the scheduling directives that a suspended Job may still change."""
    if not old.get("suspend"):
        return template
    spec = {k: v for k, v in template.get("spec", {}).items() if k not in _WHILE_SUSPENDED}
    return {"spec": spec}


def _check_name_as_label(name: str) -> list[StatusCause]:
    field = "spec.template.labels"
    return label_value(field, name) if len(name) > LABEL_VALUE.longest else []


def _check_hostname(name: str, spec: JsonObject) -> list[StatusCause]:
    """The pod of an index is called after both, and one that cannot be would never be made."""
    if spec.get("completionMode") != "Indexed" or not spec.get("completions"):
        return []
    longest = f"{name}-{spec['completions'] - 1}"
    if not dns_label("metadata.name", longest):
        return []
    text = f"will not able to create pod with invalid DNS label: {longest}"
    return [invalid("metadata.name", name, text)]


def _check_modes(spec: JsonObject) -> list[StatusCause]:
    if spec.get("completionMode") == "Indexed" and spec.get("completions") is None:
        return [required("spec.completions", "when completion mode is Indexed")]
    return []


def _check_template(template: JsonObject) -> list[StatusCause]:
    meta, spec = template.get("metadata") or {}, template["spec"]
    causes = check_labels(meta.get("labels") or {}, "spec.template.labels")
    causes += check_annotations(meta.get("annotations") or {}, "spec.template.annotations")
    causes += check_pod_spec(spec, "spec.template.spec")
    policy, field = spec.get("restartPolicy", ""), "spec.template.spec.restartPolicy"
    if policy not in ("OnFailure", "Never"):
        if policy == "":
            causes.append(required(field, 'valid values: "OnFailure", "Never"'))
        else:
            causes.append(unsupported(field, policy, ("OnFailure", "Never")))
    return causes


def _check_policies(spec: JsonObject) -> list[StatusCause]:
    policy = spec["template"]["spec"].get("restartPolicy")
    field = "spec.template.spec.restartPolicy"
    if needs_never(spec, policy):
        text = 'only "Never" is supported when podFailurePolicy is specified'
        return [invalid(field, policy, text)]
    return _check_budget_of_an_index(spec)


def _check_budget_of_an_index(spec: JsonObject) -> list[StatusCause]:
    causes = []
    if spec.get("maxFailedIndexes") is not None and spec.get("backoffLimitPerIndex") is None:
        causes.append(required("spec.backoffLimitPerIndex", "when maxFailedIndexes is specified"))
    if spec["completionMode"] != "Indexed":
        text = "requires indexed completion mode"
        fields = ("backoffLimitPerIndex", "maxFailedIndexes")
        told = [(field, spec[field]) for field in fields if spec.get(field) is not None]
        causes += [invalid(f"spec.{field}", number, text) for field, number in told]
    return causes
