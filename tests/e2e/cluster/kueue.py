"""Kueue beside the control plane: its controller as a process, the rest as its module has it.

Its Services are names for this machine, so that the API server finds webhooks and positions in the
queues at a port here; only the webhooks of Jobs and of its own kinds are there, as where it manages
`batch/job` alone. It may do what its ClusterRole says. It has fixed paths, so it runs in a root of
its own. Knows nothing of submissions.
"""

from __future__ import annotations

import base64
import shutil
import subprocess
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import yaml

from tests.e2e.cluster import binaries, certificates
from tests.e2e.cluster.cluster import RealCluster
from tests.e2e.cluster.settings import Settings

NAMESPACE = "kueue-system"
_ACCOUNT = "kueue-controller-manager"
_PROGRAM = "kueue"
_OWN_WEBHOOKS = ("job", "clusterqueue", "cohort", "resourceflavor", "workload")
_CERTIFICATES = (
    *("visibility", "tmp/k8s-webhook-server/serving-certs"),
    "etc/kueue/metrics/certs",
)
"""Where it looks for tls.crt and tls.key, from its root."""
Json = Any


def install(cluster: RealCluster) -> None:
    """Build, apply, start; returns when it is ready. Needs Go and the proxy of its modules."""
    settings = cluster.settings
    program = binaries.kueue_binary(settings, cluster.say)
    root = settings.home / "kueue"
    _furnish(settings, root)
    shutil.copy2(program, root / _PROGRAM)
    (root / "objects.yaml").write_text(yaml.safe_dump_all(_objects(settings)))
    _kubectl(settings, "create", "-f", str(root / "objects.yaml"))
    # It ends where one of its kinds is not served yet.
    established = ("--for=condition=Established", "--all", "--timeout=60s")
    _kubectl(settings, "wait", *established, "customresourcedefinitions")
    cluster.wait("kube-apiserver", lambda: _served(settings))
    _log_in(cluster, root)
    flags = ("--config=/config.yaml", "--kubeconfig=/kubeconfig")
    cluster.room.start(_PROGRAM, "/usr/sbin/chroot", str(root), f"/{_PROGRAM}", *flags)
    cluster.wait(_PROGRAM, lambda: _ready(settings))


def remove(cluster: RealCluster) -> None:
    """As though it had never been there. It lets go of its objects itself, so it ends last."""
    root = cluster.settings.home / "kueue"
    patience = ("--ignore-not-found", "--timeout=60s")
    for kind in ("workloads", "localqueues", "clusterqueues", "resourceflavors"):
        scope = ("-A",) if kind in ("workloads", "localqueues") else ()
        named = f"{kind}.kueue.x-k8s.io"
        _kubectl(cluster.settings, "delete", named, "--all", *scope, *patience)
    _kubectl(cluster.settings, "delete", *patience, "-f", str(root / "objects.yaml"))
    if _PROGRAM in cluster.room.programs():
        cluster.room.stop(_PROGRAM)
    shutil.rmtree(root)


def _furnish(settings: Settings, root: Path) -> None:
    for place in _CERTIFICATES:
        (root / place).mkdir(parents=True)
        for ending in ("crt", "key"):
            shutil.copy2(settings.pki / f"kueue.{ending}", root / place / f"tls.{ending}")
    configuration = {
        "apiVersion": "config.kueue.x-k8s.io/v1beta2",
        "kind": "Configuration",
        "namespace": NAMESPACE,
        "health": {"healthProbeBindAddress": f"127.0.0.1:{settings.kueue_health_port}"},
        "metrics": {"bindAddress": "0"},
        "webhook": {"host": "127.0.0.1", "port": settings.kueue_webhook_port},
        "visibilityServer": {
            "bindAddress": "127.0.0.1",
            "bindPort": settings.kueue_visibility_port,
        },
        "leaderElection": {"leaderElect": False},
        "internalCertManagement": {"enable": False},
        "integrations": {"frameworks": ["batch/job"]},
    }
    (root / "config.yaml").write_text(yaml.safe_dump(configuration))


def _objects(settings: Settings) -> list[Json]:
    """What its module would have applied, without its Deployment."""
    sources = binaries.kueue_sources(settings)
    told = _kubectl(settings, "kustomize", str(sources / "config" / "default"))
    found = [each for each in yaml.safe_load_all(told) if each["kind"] != "Deployment"]
    return [_here(each, settings) for each in found]


def _here(document: Json, settings: Settings) -> Json:
    """The same, led to this machine's ports."""
    spec = document.get("spec", {})
    if document["kind"] == "Service":
        # No address in the cluster: a name that the API server looks up itself.
        document["spec"] = {"type": "ExternalName", "externalName": "localhost"}
    elif document["kind"] == "APIService":
        spec["service"]["port"] = settings.kueue_visibility_port
    elif document["kind"] == "CustomResourceDefinition" and "conversion" in spec:
        _lead(spec["conversion"]["webhook"]["clientConfig"], settings)
    elif "webhooks" in document:
        mine = {f"{kind}{each}.kb.io" for kind in "mv" for each in _OWN_WEBHOOKS}
        document["webhooks"] = [each for each in document["webhooks"] if each["name"] in mine]
        for each in document["webhooks"]:
            _lead(each["clientConfig"], settings)
    return document


def _lead(client: Json, settings: Settings) -> None:
    client["service"]["port"] = settings.kueue_webhook_port
    authority = (settings.pki / "ca.crt").read_bytes()
    client["caBundle"] = base64.b64encode(authority).decode()


def _log_in(cluster: RealCluster, root: Path) -> None:
    """As the account of its Deployment."""
    path = f"/api/v1/namespaces/{NAMESPACE}/serviceaccounts/{_ACCOUNT}/token"
    told = cluster.admin.create(path, {"spec": {"expirationSeconds": 86400}})
    authority = (cluster.settings.pki / "ca.crt").read_bytes()
    entry = {
        "server": cluster.settings.server,
        "certificate-authority-data": base64.b64encode(authority).decode(),
    }
    user = {"token": told["status"]["token"]}
    certificates.write_kubeconfig(root / "kubeconfig", entry, user, NAMESPACE)


def _served(settings: Settings) -> bool:
    """Discovery tells of a kind some time after it is established."""
    told = _kubectl(settings, "api-resources", "--api-group=kueue.x-k8s.io", "-o", "name")
    return "workloads.kueue.x-k8s.io" in told.split()


def _ready(settings: Settings) -> bool:
    where = f"http://127.0.0.1:{settings.kueue_health_port}/readyz"
    try:
        with urllib.request.urlopen(where, timeout=5):
            return True
    except (urllib.error.URLError, OSError):
        return False


def _kubectl(settings: Settings, *arguments: str) -> str:
    """What it prints. Raises CalledProcessError."""
    done = subprocess.run(
        ["kubectl", "--kubeconfig", str(settings.pki / "admin.kubeconfig"), *arguments],
        executable=settings.home / "bin" / "kube",
        env={"HOME": str(settings.home), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return done.stdout
