"""Before any handler: the token, the body's size; after it: refusals as Status objects."""

from __future__ import annotations

import hmac

from aiohttp import web
from aiohttp.typedefs import Handler

from console.localcluster.api.answers import failure_answer
from console.localcluster.api.refusals import ApiFailure, method_not_allowed, no_such_path
from console.localcluster.api.settings import BODY_LIMIT, SETTINGS


@web.middleware
async def refusals_as_status(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Every refusal leaves as a Status with its code."""
    try:
        return await handler(request)
    except ApiFailure as failure:
        return failure_answer(failure)
    except web.HTTPRequestEntityTooLarge:
        message = f"Request entity too large: limit is {BODY_LIMIT}"
        return failure_answer(ApiFailure(413, message))
    except web.HTTPMethodNotAllowed:
        return failure_answer(method_not_allowed())
    except web.HTTPNotFound:
        return failure_answer(no_such_path())


@web.middleware
async def bearer_token(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Only the bearer of the token is served; the comparison takes the same time for any guess."""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    expected = request.app[SETTINGS].token
    same = hmac.compare_digest(given.strip().encode("utf-8", "replace"), expected.encode())
    if scheme.lower() != "bearer" or not same:
        raise ApiFailure(401, "Unauthorized")
    return await handler(request)
