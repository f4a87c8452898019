"""The service account of the pod that this runs in, as kubectl takes it there."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from console.cluster.foreign_files import UnusableFile, read
from console.cluster.kubeconfig import Access
from console.cluster.rules import check_cluster, check_namespace
from console.cluster.schema import Cluster, FieldPlace, User

SERVICE_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")


def in_cluster(
    namespace: str | None,
    environ: Mapping[str, str] = os.environ,
    account: Path = SERVICE_ACCOUNT,
) -> Access | None:
    """None outside of a cluster. Raises InvalidInput for an address or namespace that is none."""
    host, port = environ.get("KUBERNETES_SERVICE_HOST"), environ.get("KUBERNETES_SERVICE_PORT")
    if not (host and port and os.path.isfile(account / "token")):
        return None
    where = namespace or own_namespace(environ, account) or "default"
    check_namespace(where, None)
    place = FieldPlace("cluster", "KUBERNETES_SERVICE_HOST", "this pod's environment")
    authority = account / "ca.crt"
    cluster = Cluster(
        server=f"https://{f'[{host}]' if ':' in host else host}:{port}",
        certificate_authority=str(authority) if authority.exists() else "",
    )
    return Access(
        context="in-cluster",
        namespace=where,
        server=check_cluster(cluster, place),
        user_name="service account",
        cluster=cluster,
        user=User(token_file=str(account / "token")),
        cluster_place=place,
        user_place=FieldPlace("user", "service account", str(account)),
        inside=True,
    )


def own_namespace(environ: Mapping[str, str], account: Path = SERVICE_ACCOUNT) -> str:
    """The pod's; empty outside of one."""
    if not environ.get("KUBERNETES_SERVICE_HOST") or not os.path.isfile(account / "token"):
        return ""
    if named := environ.get("POD_NAMESPACE"):
        return named
    try:
        return read(account / "namespace").decode(errors="replace").strip()
    except UnusableFile:
        return ""
