"""Tokens of a service account that really expire within seconds, signed with the cluster's key.

    python -m tests.e2e.cluster.tokens KEY NAMESPACE ACCOUNT UID SECONDS

prints such a token as an exec plug-in of a kubeconfig does, without telling when it ends: whoever
uses it learns that from the server's refusal.
"""

from __future__ import annotations

import base64
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

ISSUER = "https://kubernetes.default.svc"
_LEEWAY = 60
"""Seconds: the API server accepts a token for so much longer than it says."""


def short_lived(key: Path, namespace: str, account: str, uid: str, seconds: float) -> str:
    """Accepted for so many seconds from now, and for up to ten more, the server's own memory."""
    now = int(time.time())
    claims: dict[str, Any] = {
        "iss": ISSUER,
        "aud": [ISSUER],
        "iat": now - 3600,
        "nbf": now - 3600,
        "exp": now - _LEEWAY + int(seconds),
        "sub": f"system:serviceaccount:{namespace}:{account}",
        "jti": str(time.time_ns()),
        "kubernetes.io": {
            "namespace": namespace,
            "serviceaccount": {"name": account, "uid": uid},
        },
    }
    text = f"{_part({'alg': 'RS256', 'typ': 'JWT'})}.{_part(claims)}"
    private = serialization.load_pem_private_key(key.read_bytes(), None)
    assert isinstance(private, rsa.RSAPrivateKey)
    signature = private.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
    return f"{text}.{_encoded(signature)}"


def _part(document: dict[str, Any]) -> str:
    return _encoded(json.dumps(document).encode())


def _encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def main(arguments: list[str]) -> None:
    key, namespace, account, uid, seconds = arguments
    token = short_lived(Path(key), namespace, account, uid, float(seconds))
    version = json.loads(os.environ["KUBERNETES_EXEC_INFO"])["apiVersion"]
    answer = {"apiVersion": version, "kind": "ExecCredential", "status": {"token": token}}
    print(json.dumps(answer))


if __name__ == "__main__":
    main(sys.argv[1:])
