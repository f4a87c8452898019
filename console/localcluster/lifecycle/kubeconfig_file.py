"""The kubeconfig of the embedded cluster. Pure text."""

from __future__ import annotations

import base64
import json

CONTEXT = "carla-console-local"
NAMESPACE = "default"


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
