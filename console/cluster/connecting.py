"""The way in: from flags and environment, as kubectl has them, to a connected cluster."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping

from console.cluster.credentials import credentials_of
from console.cluster.edge import KubernetesCluster
from console.cluster.kubeconfig import Access, load, resolve
from console.cluster.naming import access, described, named_files
from console.cluster.proxies import proxy_for
from console.cluster.transport import Transport


async def connect(
    kubeconfig: str | None = None,
    context: str | None = None,
    namespace: str | None = None,
    *,
    environ: Mapping[str, str] = os.environ,
    probe: bool = True,
    local: bool = False,
) -> KubernetesCluster:
    """A cluster that has answered (`probe`), with the errors of `access` and of `version`.

    `local`: the user named the embedded cluster, not its kubeconfig.
    """
    chosen = await asyncio.to_thread(access, kubeconfig, context, namespace, environ)

    def read_again() -> Access:
        config = load(kubeconfig, environ)
        return chosen if config is None else resolve(config, chosen.context, chosen.namespace)

    where = described(chosen, named_files(kubeconfig, environ), local=local)
    credentials = credentials_of(chosen, read_again)
    transport = Transport(chosen, credentials, proxy_for(chosen, environ))
    cluster = KubernetesCluster(transport, where)
    if probe:
        try:
            await cluster.version()
        except BaseException:
            await cluster.close()
            raise
    return cluster
