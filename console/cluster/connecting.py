"""The way in: from flags and environment, as kubectl has them, to a connected cluster."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping

import msgspec
from msgspec.structs import replace

from console.cluster.credentials import credentials_of
from console.cluster.edge import KubernetesCluster
from console.cluster.impersonation import ActingAs, instead
from console.cluster.kubeconfig import Access, load, resolve
from console.cluster.naming import access, described, named_files
from console.cluster.proxies import proxy_for
from console.cluster.read_only import ReadOnlyCarrier, ReadOnlyReason, may_be_changed
from console.cluster.request import Carrier
from console.cluster.transport import Transport


class Terms(msgspec.Struct, frozen=True):
    """As whom a cluster is asked, how patiently, and what may be done."""

    acts_as: ActingAs | None = None
    seconds: float | None = None
    """How long one answer is waited for, infinite for ever; None for the usual."""
    read_only: ReadOnlyReason = may_be_changed


USUAL = Terms()


async def connect(
    kubeconfig: str | None = None,
    context: str | None = None,
    namespace: str | None = None,
    *,
    environ: Mapping[str, str] = os.environ,
    probe: bool = True,
    local: bool = False,
    terms: Terms = USUAL,
) -> KubernetesCluster:
    """A cluster that has answered (`probe`), with the errors of `access` and of `version`.

    `local`: the user named the embedded cluster, not its kubeconfig.
    """
    chosen = await asyncio.to_thread(access, kubeconfig, context, namespace, environ, terms.acts_as)

    def read_again() -> Access:
        config = load(kubeconfig, environ)
        if config is None:
            return chosen
        found = resolve(config, chosen.context, chosen.namespace)
        return replace(found, user=instead(found.user, terms.acts_as))

    where = described(chosen, named_files(kubeconfig, environ), local=local, asked=terms.acts_as)
    why = await asyncio.to_thread(terms.read_only, where.context)
    where = replace(where, read_only=why)
    credentials = credentials_of(chosen, read_again)
    carrier: Carrier = Transport(chosen, credentials, proxy_for(chosen, environ), terms.seconds)
    cluster = KubernetesCluster(ReadOnlyCarrier(carrier, why) if why else carrier, where)
    if probe:
        try:
            await cluster.version()
        except BaseException:
            await cluster.close()
            raise
    return cluster
