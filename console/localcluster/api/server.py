"""The API as an aiohttp application, and as a server on a loopback port of its own."""

from __future__ import annotations

from types import TracebackType

from aiohttp import web

from console.localcluster.api.certificate import TlsIdentity
from console.localcluster.api.gatekeeper import bearer_token, refusals_as_status
from console.localcluster.api.object_routes import serve_objects
from console.localcluster.api.ports import ReachableNode
from console.localcluster.api.server_routes import (
    serve_core_versions,
    serve_group,
    serve_groups,
    serve_health,
    serve_openapi,
    serve_openapi_index,
    serve_resources,
    serve_second_openapi,
    serve_version,
)
from console.localcluster.api.settings import BODY_LIMIT, SETTINGS, ApiSettings
from console.localcluster.api.writing import populate_namespace
from console.localcluster.store import Store

_LOOPBACK = "127.0.0.1"
_PATIENCE_AT_END = 0.5
_NAMESPACES = ("default", "kube-system")


def create_app(
    store: Store, node: ReachableNode, token: str, *, bookmark_seconds: float = 60.0
) -> web.Application:
    """The application. The namespaces every cluster has are put into the store."""
    app = web.Application(
        middlewares=[refusals_as_status, bearer_token], client_max_size=BODY_LIMIT
    )
    app[SETTINGS] = ApiSettings(store, node, token, bookmark_seconds)
    add = app.router.add_route
    add("GET", "/version", serve_version)
    for path in ("/healthz", "/livez", "/readyz"):
        add("GET", path, serve_health)
    add("GET", "/openapi/v2", serve_second_openapi)
    add("GET", "/openapi/v3", serve_openapi_index)
    add("GET", "/openapi/v3/{path:.+}", serve_openapi)
    add("GET", "/api", serve_core_versions)
    add("GET", "/apis", serve_groups)
    add("GET", "/api/{version}", serve_resources)
    add("GET", "/apis/{group}", serve_group)
    add("GET", "/apis/{group}/{version}", serve_resources)
    add("*", "/api/{version}/{rest:.+}", serve_objects)
    add("*", "/apis/{group}/{version}/{rest:.+}", serve_objects)
    seed(store)
    return app


def seed(store: Store) -> None:
    """The namespaces that every cluster has, unless the store has them already."""
    for name in _NAMESPACES:
        if store.find("namespaces", None, name) is None:
            labels = {"kubernetes.io/metadata.name": name}
            store.create(
                "namespaces",
                {
                    "kind": "Namespace",
                    "apiVersion": "v1",
                    "metadata": {"name": name, "labels": labels},
                    "spec": {"finalizers": ["kubernetes"]},
                    "status": {"phase": "Active"},
                },
            )
            populate_namespace(store, name)


class ApiServer:
    """The API on 127.0.0.1, as an async context manager; `url` is known once it is entered.

    Port 0 takes a free one. With `tls` it speaks https, which kubectl needs: over http it sends
    no token. Watches and followed logs are cut off when it ends.
    """

    def __init__(
        self,
        store: Store,
        node: ReachableNode,
        token: str,
        *,
        port: int = 0,
        tls: TlsIdentity | None = None,
        bookmark_seconds: float = 60.0,
    ) -> None:
        app = create_app(store, node, token, bookmark_seconds=bookmark_seconds)
        # Handlers end when their client goes: an idle watch would not notice by itself.
        self._runner = web.AppRunner(
            app,
            handler_cancellation=True,
            shutdown_timeout=_PATIENCE_AT_END,
            access_log=None,
        )
        self._port = port
        self._tls = tls

    @property
    def url(self) -> str:
        """`https://127.0.0.1:<port>`, http without TLS."""
        scheme = "https" if self._tls else "http"
        return f"{scheme}://{_LOOPBACK}:{self._runner.addresses[0][1]}"

    async def __aenter__(self) -> ApiServer:
        await self._runner.setup()
        context = self._tls.server_context() if self._tls else None
        await web.TCPSite(self._runner, _LOOPBACK, self._port, ssl_context=context).start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._runner.cleanup()
