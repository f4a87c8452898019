"""Which resources the embedded cluster serves, and what may be done with each. Pure data."""

from __future__ import annotations

from dataclasses import dataclass

ALL_VERBS = ("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")
READ_VERBS = ("get", "list", "watch")
_STATUS_VERBS = ("get", "patch", "update")
# No controller empties a namespace here, so that deleting one is not offered.
_NAMESPACE_VERBS = ("create", "get", "list", "patch", "update", "watch")
RBAC = "rbac.authorization.k8s.io"
NEWER_EVENTS = "events.k8s.io"


@dataclass(frozen=True, slots=True)
class Subresource:
    """A path below an object, such as `log`; group and version only where its kind has its own."""

    name: str
    kind: str
    verbs: tuple[str, ...]
    group: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource of one API group version; `name` is the plural of the URL."""

    name: str
    kind: str
    group: str = ""
    version: str = "v1"
    namespaced: bool = True
    verbs: tuple[str, ...] = ALL_VERBS
    short_names: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    subresources: tuple[Subresource, ...] = ()
    package: str = "io.k8s.api.core.v1"

    @property
    def api_version(self) -> str:
        """`v1`, `batch/v1`, ..."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def qualified_name(self) -> str:
        """`pods`, `jobs.batch`, ...: as error messages name it."""
        return f"{self.name}.{self.group}" if self.group else self.name

    @property
    def qualified_kind(self) -> str:
        """`Pod`, `Job.batch`, ...: as error messages name it."""
        return f"{self.kind}.{self.group}" if self.group else self.kind

    @property
    def schema(self) -> str:
        """The name of its schema."""
        return f"{self.package}.{self.kind}"

    @property
    def has_status(self) -> bool:
        """Status is written through its own path only."""
        return any(sub.name == "status" for sub in self.subresources)


def _status(kind: str) -> Subresource:
    return Subresource("status", kind, _STATUS_VERBS)


_POD_SUBRESOURCES = (
    Subresource("attach", "PodAttachOptions", ("create", "get")),
    Subresource("eviction", "Eviction", ("create",), "policy", "v1"),
    Subresource("exec", "PodExecOptions", ("create", "get")),
    Subresource("log", "Pod", ("get",)),
    Subresource("portforward", "PodPortForwardOptions", ("create", "get")),
    _status("Pod"),
)


def _rbac(name: str, kind: str, *, namespaced: bool) -> Resource:
    return Resource(name, kind, RBAC, namespaced=namespaced, package="io.k8s.api.rbac.v1")


def _claims(name: str, kind: str) -> Resource:
    return Resource(name, kind, "resource.k8s.io", package="io.k8s.api.resource.v1")


def _empty(name: str, kind: str, group: str, version: str, short: str) -> Resource:
    return Resource(name, kind, group, version, True, READ_VERBS, (short,), ("all",))


RESOURCES: tuple[Resource, ...] = (
    Resource("configmaps", "ConfigMap", short_names=("cm",)),
    Resource("events", "Event", short_names=("ev",)),
    Resource(
        "namespaces",
        "Namespace",
        namespaced=False,
        verbs=_NAMESPACE_VERBS,
        short_names=("ns",),
        subresources=(_status("Namespace"),),
    ),
    Resource(
        "nodes", "Node", namespaced=False, short_names=("no",), subresources=(_status("Node"),)
    ),
    Resource(
        "pods", "Pod", short_names=("po",), categories=("all",), subresources=_POD_SUBRESOURCES
    ),
    _empty("replicationcontrollers", "ReplicationController", "", "v1", "rc"),
    Resource("secrets", "Secret"),
    Resource("serviceaccounts", "ServiceAccount", short_names=("sa",)),
    Resource("services", "Service", verbs=READ_VERBS, short_names=("svc",), categories=("all",)),
    _empty("daemonsets", "DaemonSet", "apps", "v1", "ds"),
    _empty("deployments", "Deployment", "apps", "v1", "deploy"),
    _empty("replicasets", "ReplicaSet", "apps", "v1", "rs"),
    _empty("statefulsets", "StatefulSet", "apps", "v1", "sts"),
    Resource(
        "events",
        "Event",
        NEWER_EVENTS,
        verbs=READ_VERBS,
        short_names=("ev",),
        package="io.k8s.api.events.v1",
    ),
    Resource(
        "selfsubjectreviews",
        "SelfSubjectReview",
        "authentication.k8s.io",
        namespaced=False,
        verbs=("create",),
    ),
    Resource(
        "selfsubjectaccessreviews",
        "SelfSubjectAccessReview",
        "authorization.k8s.io",
        namespaced=False,
        verbs=("create",),
    ),
    Resource(
        "selfsubjectrulesreviews",
        "SelfSubjectRulesReview",
        "authorization.k8s.io",
        namespaced=False,
        verbs=("create",),
    ),
    _empty("horizontalpodautoscalers", "HorizontalPodAutoscaler", "autoscaling", "v2", "hpa"),
    _empty("cronjobs", "CronJob", "batch", "v1", "cj"),
    Resource(
        "jobs",
        "Job",
        "batch",
        categories=("all",),
        subresources=(_status("Job"),),
        package="io.k8s.api.batch.v1",
    ),
    _claims("resourceclaims", "ResourceClaim"),
    _claims("resourceclaimtemplates", "ResourceClaimTemplate"),
    _rbac("clusterrolebindings", "ClusterRoleBinding", namespaced=False),
    _rbac("clusterroles", "ClusterRole", namespaced=False),
    _rbac("rolebindings", "RoleBinding", namespaced=True),
    _rbac("roles", "Role", namespaced=True),
)

_BY_PATH = {(r.group, r.version, r.name): r for r in RESOURCES}


def find_resource(group: str, version: str, name: str) -> Resource | None:
    """The resource of a URL's group ("" for core), version and plural name."""
    return _BY_PATH.get((group, version, name))


def groups() -> list[str]:
    """The named API groups in the order they are advertised; the core group is not among them."""
    return list(dict.fromkeys(r.group for r in RESOURCES if r.group))


def of_group(group: str) -> list[Resource]:
    """The resources of one group; each group has one version here."""
    return [r for r in RESOURCES if r.group == group]
