"""etcd's own API, as JSON over HTTP: what the API server does not offer. Blocking."""

from __future__ import annotations

import base64
import json
import urllib.request
from typing import Any

from tests.e2e.cluster.settings import Settings


def forget_the_past(settings: Settings) -> int:
    """Compact to the present revision, which is returned: no older one can be read or watched."""
    anything = base64.b64encode(b"/").decode()
    revision = int(_ask(settings, "range", {"key": anything})["header"]["revision"])
    _ask(settings, "compaction", {"revision": str(revision), "physical": True})
    return revision


def _ask(settings: Settings, call: str, question: dict[str, Any]) -> Any:
    request = urllib.request.Request(
        f"http://127.0.0.1:{settings.etcd_port}/v3/kv/{call}", json.dumps(question).encode()
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.loads(answer.read())
