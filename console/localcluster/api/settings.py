"""What the API's handlers share: the store, the node, the token. Knows no requests."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from console.localcluster.api.ports import ReachableNode
from console.localcluster.store import Store

BODY_LIMIT = 3 * 1024 * 1024
"""Bytes of a request body, as on a real API server."""


@dataclass(frozen=True, slots=True)
class ApiSettings:
    """`bookmark_seconds`: how often a watch that asked for bookmarks gets one."""

    store: Store
    node: ReachableNode
    token: str
    bookmark_seconds: float = 60.0


SETTINGS: web.AppKey[ApiSettings] = web.AppKey("settings", ApiSettings)
