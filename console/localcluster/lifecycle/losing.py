"""Loses a node of the running cluster with all that runs on it, as when its machine breaks."""

from __future__ import annotations

import json
import ssl
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

from console.errors import ClusterUnreachable, NotFound
from console.localcluster.lifecycle.commands import kubeconfig
from console.localcluster.lifecycle.kubeconfig_file import KubeconfigEntry, entry_of

_ANSWER_SECONDS = 10


def lose_node(state_dir: Path, name: str) -> None:
    """Delete its object: the node sees that and is gone. Nobody hears how its pods ended.

    Raises NotFound when no cluster runs or has such a node, ClusterUnreachable without an answer.
    """
    entry = entry_of(kubeconfig(state_dir).read_text())
    nodes = [each["metadata"]["name"] for each in _ask(entry, "GET", "")["items"]]
    if name not in nodes:
        raise NotFound(
            f"The embedded cluster has no node {name}.",
            why=f"It has {', '.join(nodes) or 'none any more'}.",
        )
    _ask(entry, "DELETE", f"/{urllib.parse.quote(name)}")


def _ask(
    entry: KubeconfigEntry, method: str, path: str
) -> dict[str, list[dict[str, dict[str, str]]]]:
    request = urllib.request.Request(
        f"{entry.server}/api/v1/nodes{path}",
        headers={"Authorization": f"Bearer {entry.token}"},
        method=method,
    )
    trust = ssl.create_default_context(cadata=entry.certificate_pem)
    direct = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=trust)
    )
    try:
        with direct.open(request, timeout=_ANSWER_SECONDS) as answer:
            return dict(json.loads(answer.read()))
    except (OSError, ValueError) as failure:
        raise ClusterUnreachable(
            "The embedded cluster did not answer.", why=str(failure), fix="Try again."
        ) from failure
