"""The HTTP library is loaded without the system's authorities; whoever needs them has them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from fakes.guarded_server import Authority

TOLD = """
import ssl
from console.cluster.http_library import aiohttp
unused = aiohttp.connector._SSL_CONTEXT_VERIFIED
print(len(unused.get_ca_certs()), unused.verify_mode is ssl.CERT_REQUIRED)
print(len(ssl.create_default_context().get_ca_certs()))
"""


def test_the_contexts_that_nobody_uses_trust_nobody_and_all_others_trust_the_system(
    tmp_path: Path,
) -> None:
    (tmp_path / "bundle").write_bytes(Authority().pem)
    surroundings = {**os.environ, "SSL_CERT_FILE": str(tmp_path / "bundle")}
    surroundings["SSL_CERT_DIR"] = str(tmp_path / "none")
    done = subprocess.run(
        [sys.executable, "-c", TOLD], env=surroundings, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["0", "True", "1"]
