"""The quick way in, for a look at a cluster: directly, with a login that stands in files.

As `connecting` from flags and environment, but it sends nothing before it is asked something.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, TypeVar

from console.cluster.edge import KubernetesCluster
from console.cluster.impersonation import ActingAs
from console.cluster.naming import access, described, named_files
from console.cluster.plain_answers import Unusual
from console.cluster.plain_transport import PlainTransport
from console.cluster.proxies import proxy_for
from console.cluster.written_login import written_login
from console.operations.at_once import run

T = TypeVar("T")


def look(
    kubeconfig: str | None,
    context: str | None,
    namespace: str | None,
    work: Callable[[KubernetesCluster], Coroutine[Any, Any, T]],
    *,
    local: bool = False,
    acts_as: ActingAs | None = None,
) -> T | None:
    """What the work tells of that cluster; None where `connecting` has to be asked.

    That is: through a proxy, with a login that a program gives, or after an answer that is not a
    plain one. Raises what the work raises, and the errors of `naming.access`.
    """
    try:
        cluster = open_plainly(kubeconfig, context, namespace, local=local, acts_as=acts_as)
        try:
            return run(work(cluster))
        finally:
            run(cluster.close())
    # Nothing was changed by then: `connecting` may ask all of it again.
    except Unusual:
        return None


def open_plainly(
    kubeconfig: str | None,
    context: str | None,
    namespace: str | None,
    *,
    environ: Mapping[str, str] = os.environ,
    local: bool = False,
    acts_as: ActingAs | None = None,
) -> KubernetesCluster:
    """A cluster for reads without a loop; none of them is tried twice.

    Raises Unusual, as its reads do, where `connecting` has to be asked; and the errors of
    `naming.access`.
    """
    chosen = access(kubeconfig, context, namespace, environ, acts_as)
    login = written_login(chosen)
    if login is None or proxy_for(chosen, environ) is not None:
        raise Unusual("a proxy, or a login that a program gives")
    where = described(chosen, named_files(kubeconfig, environ), local=local, asked=acts_as)
    return KubernetesCluster(PlainTransport(chosen, login), where)
