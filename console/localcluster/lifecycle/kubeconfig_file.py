"""The kubeconfig of the embedded cluster. Pure text."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass

CONTEXT = "carla-console-local"
NAMESPACE = "default"


@dataclass(frozen=True, slots=True)
class KubeconfigEntry:
    """What is needed to ask the cluster."""

    server: str
    token: str
    certificate_pem: str


def kubeconfig_text(server: str, token: str, certificate_pem: str) -> str:
    """One cluster, one user with a bearer token, one current context. JSON, which is YAML too."""
    authority = base64.b64encode(certificate_pem.encode()).decode()
    cluster = {"server": server, "certificate-authority-data": authority}
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": CONTEXT, "cluster": cluster}],
        "users": [{"name": CONTEXT, "user": {"token": token}}],
        "contexts": [
            {
                "name": CONTEXT,
                "context": {"cluster": CONTEXT, "user": CONTEXT, "namespace": NAMESPACE},
            }
        ],
        "current-context": CONTEXT,
    }
    return json.dumps(document, indent=2) + "\n"


def entry_of(text: str) -> KubeconfigEntry:
    """What `kubeconfig_text` was made from."""
    document = json.loads(text)
    cluster, user = document["clusters"][0]["cluster"], document["users"][0]["user"]
    authority = base64.b64decode(cluster["certificate-authority-data"]).decode()
    return KubeconfigEntry(cluster["server"], user["token"], authority)
