"""A queue of changes for one reader inside one event loop. Knows nothing of what the items are."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from types import TracebackType
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Subscription(Generic[Item]):
    """An async iterator over items put from the same loop, and a context manager that ends it.

    Unbounded: a reader that does not read keeps every item alive. Cancelling a wait for the next
    item loses none.
    """

    def __init__(self, on_close: Callable[[Subscription[Item]], None]) -> None:
        self._on_close = on_close
        self._items: deque[Item] = deque()
        self._arrived = asyncio.Event()
        self._closed = False

    def put(self, item: Item) -> None:
        """Append an item; never blocks."""
        if not self._closed:
            self._items.append(item)
            self._arrived.set()

    def close(self) -> None:
        """No further items; what is queued can still be read."""
        if not self._closed:
            self._closed = True
            self._on_close(self)
            self._arrived.set()

    def take(self) -> list[Item]:
        """Everything queued now, without waiting."""
        taken = list(self._items)
        self._items.clear()
        return taken

    def __enter__(self) -> Subscription[Item]:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __aiter__(self) -> Subscription[Item]:
        return self

    async def __anext__(self) -> Item:
        while not self._items:
            if self._closed:
                raise StopAsyncIteration
            self._arrived.clear()
            await self._arrived.wait()
        return self._items.popleft()
