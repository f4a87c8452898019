"""GET pods/<name>/log: refusals as Status, success as a stream of plain bytes."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

from aiohttp import web

from console.localcluster.api.log_query import choose_container, choose_run, log_options
from console.localcluster.api.log_stream import stream_log
from console.localcluster.api.paths import Target
from console.localcluster.api.ports import LogUnavailable
from console.localcluster.api.refusals import ApiFailure, as_api_failures
from console.localcluster.api.settings import SETTINGS
from console.localcluster.api.streaming import CLIENT_MAY_LEAVE


async def serve_log(request: web.Request, target: Target) -> web.StreamResponse:
    """Raises ApiFailure 400, 404 or 422 before the first byte."""
    settings = request.app[SETTINGS]
    with as_api_failures(target.resource):
        pod = settings.store.get(target.resource.name, target.namespace, target.name)
    options = log_options(request.query, target.name, settings.store.now())
    container = choose_container(pod, options.container)
    if not pod.get("spec", {}).get("nodeName"):
        return web.Response(status=204)  # no node yet, as on a real server
    answer = web.StreamResponse(headers={"Content-Type": "text/plain"})
    run = choose_run(pod, container, previous=options.previous)
    try:
        log = settings.node.log_file(pod, container, run)
    except LogUnavailable as error:
        raise ApiFailure(400, error.what) from error
    answer.enable_chunked_encoding()
    with CLIENT_MAY_LEAVE:
        await answer.prepare(request)
        async with aclosing(stream_log(log, options)) as pieces:
            async for piece in pieces:
                await answer.write(piece)
                await asyncio.sleep(0)  # a long log is not read to its end for nobody
        await answer.write_eof()
    return answer
