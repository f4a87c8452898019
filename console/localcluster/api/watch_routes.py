"""The HTTP side of a watch: one JSON line per event, until time is up or the client is gone."""

from __future__ import annotations

import msgspec
from aiohttp import web

from console.localcluster.api.kubectl.negotiation import AnswerForm
from console.localcluster.api.options import ListOptions
from console.localcluster.api.paths import Target
from console.localcluster.api.settings import SETTINGS
from console.localcluster.api.streaming import CLIENT_MAY_LEAVE
from console.localcluster.api.watching import WatchStream, WatchTarget, await_version


async def serve_watch(
    request: web.Request, target: Target, options: ListOptions, form: AnswerForm
) -> web.StreamResponse:
    """Raises ApiFailure 504 for a version from the future, before anything is sent."""
    settings = request.app[SETTINGS]
    await await_version(settings.store, options.version)
    answer = web.StreamResponse(headers={"Content-Type": "application/json"})
    answer.enable_chunked_encoding()
    wanted = WatchTarget(
        settings.store,
        target.resource,
        target.namespace,
        options,
        form,
        settings.bookmark_seconds,
    )
    with settings.store.subscribe(target.resource.name) as changes, CLIENT_MAY_LEAVE:
        await answer.prepare(request)
        async for event in WatchStream(wanted, changes).events():
            await answer.write(msgspec.json.encode(event) + b"\n")
        await answer.write_eof()
    return answer
