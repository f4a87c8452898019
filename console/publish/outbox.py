"""The outbox: which webhook is to have which call, kept on disk until it is known what became.

A webhook gets each call once at most. What its server has certainly not taken is tried again; where
the answer was lost, or we ended meanwhile, nobody knows, and that is said instead. Of several
recorders of one user one sends, for all of them.
"""

from __future__ import annotations

import asyncio
import fcntl
import logging
import os
from collections import Counter
from collections.abc import Awaitable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from msgspec.structs import replace

from console.domain.calls import Call, Occasion
from console.domain.fleet import NEWS_FOR
from console.errors import ConsoleError
from console.operations.ports.call_settings import (
    FAILED,
    CallSettings,
    OutboxState,
    Sent,
    Webhook,
)
from console.operations.ports.clock import Clock
from console.publish.entries import Entries, OutboxEntry, key_of
from console.publish.hook_answers import SECONDS, Arrival, HookAnswer, Poster
from console.publish.hook_messages import body
from console.publish.settings_file import FILE, read
from console.publish.settings_in_force import SettingsInForce
from console.results import files

log = logging.getLogger(__name__)

TRIES = 14
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=2), timedelta(minutes=30)
"""Two hours in all; a server may ask for more."""
_BETWEEN = timedelta(seconds=1)
"""Two to one webhook: Slack takes one a second."""
_SOON = timedelta(seconds=30)
"""What is due later than that keeps no recorder alive: the next one sends it."""
_KEPT = timedelta(days=60)
_PRUNED_EVERY = timedelta(days=1)
_LOOK_SECONDS = 0.5
TEST = "this is a test of the calls; nothing has happened"
_INTERRUPTED = "we ended while it was being sent"


class Outbox:
    """See `operations.ports.call_settings`. `offer` may be called from any thread."""

    def __init__(
        self, folder: Path, settings: Path, clock: Clock, *, seconds: float = SECONDS
    ) -> None:
        """`settings`: the folder of the user's; `seconds`: how long an answer is waited for."""
        self._folder, self._clock = folder, clock
        self.file = settings / FILE
        """What the user sets."""
        self._seconds = seconds
        self._entries = Entries(folder / "entries")
        self._settings = SettingsInForce(self.settings, CallSettings(), "calls")
        self._open: dict[str, OutboxEntry] = {}
        """Of whoever sends: what is left to do."""
        self._looked_at: set[str] = set()
        self._listed: int | None = None
        """When the folder had changed, as it was looked through last."""
        self._pruned: datetime | None = None
        self._free_at: dict[str, datetime] = {}
        """By webhook: when it may be told the next."""
        self._failing = ""

    @property
    def open_to_others(self) -> bool:
        """Whether other users of this machine may read the settings."""
        return self.file.exists() and bool(self.file.stat().st_mode & 0o077)

    def settings(self) -> CallSettings:
        """As they are now. Raises InvalidInput with the mistake's place."""
        return read(self.file)

    def patience(self) -> timedelta:
        return self._settings.now().patience

    # --- offering

    def offer(self, calls: Sequence[Call]) -> None:
        settings = self._settings.now()
        try:
            for webhook in settings.webhooks:
                since = self._since(webhook)
                for call in calls:
                    wanted = call.is_wanted(settings.occasions & webhook.occasions)
                    if wanted and call.at >= since:
                        self._entries.take(self._entry(call, webhook))
        except OSError as error:
            raise ConsoleError(
                f"The outbox of calls cannot be written: {error.strerror}."
            ) from error

    def _entry(self, call: Call, webhook: Webhook) -> OutboxEntry:
        now = self._clock()
        return OutboxEntry(call, webhook.key, webhook.host, Sent.WAITING, now, now)

    def _since(self, webhook: Webhook) -> datetime:
        """When that address was set: what happened before is no news to it."""
        place = self._folder / "since" / webhook.key
        try:
            return datetime.fromisoformat(place.read_text())
        # What somebody else has written there counts as none: too few calls, and none from before.
        except (FileNotFoundError, ValueError):
            place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            now = self._clock()
            files.replace(str(place), [now.isoformat().encode()], permissions=files.PRIVATE)
            return now

    # --- sending

    async def run(self) -> None:
        await asyncio.to_thread(self._note_webhooks)
        lock = await self._turn()
        try:
            await self._careful(asyncio.to_thread(self._take_over))
            # Without a call nothing of HTTP is imported: most recorders never have one to send.
            while not self._open:
                await asyncio.sleep(_LOOK_SECONDS)
                await self._careful(asyncio.to_thread(self._take_in))
            from console.publish.sending import sender  # most have no webhook

            async with sender(self._seconds) as post:
                while True:
                    await self._careful(self._step(post))
                    await asyncio.sleep(_LOOK_SECONDS)
        finally:
            self._open.clear()  # who does not send has nothing to stay for
            os.close(lock)

    def _note_webhooks(self) -> None:
        """From the begin of this recorder on, not only from the first call."""
        try:
            for webhook in self._settings.now().webhooks:
                self._since(webhook)
        except OSError as error:
            log.warning("The outbox of calls cannot be written: %s", error.strerror)

    async def _turn(self) -> int:
        """The lock's descriptor; the kernel drops it with its process."""
        while True:
            try:
                return await asyncio.to_thread(self._lock)
            except OSError:
                await asyncio.sleep(_LOOK_SECONDS)

    def _lock(self) -> int:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(self._folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(descriptor)
            raise
        return descriptor

    def _take_over(self) -> None:
        """What somebody was sending who is gone: it may have arrived."""
        for each in self._entries.all():
            if each.sent is Sent.SENDING:
                self._become(each, Sent.IN_DOUBT, _INTERRUPTED)

    def _prune(self, now: datetime) -> None:
        """Once a day: a recorder for a team stays for months."""
        if self._pruned is not None and now - self._pruned < _PRUNED_EVERY:
            return
        self._pruned = now
        for each in self._entries.all():
            if not each.open and now - each.changed > _KEPT:
                self._entries.remove(each.name)

    async def _careful(self, work: Awaitable[None]) -> None:
        """A disk that fails costs what is sent now, and is told once."""
        try:
            await work
            self._failing = ""
        except OSError as error:
            if self._failing != str(error.strerror):
                self._failing = str(error.strerror)
                log.warning("The outbox of calls cannot be read or written: %s", self._failing)

    async def _step(self, post: Poster) -> None:
        """Each webhook its next one: a slow server keeps no other waiting."""
        due = await asyncio.to_thread(self._due)
        sends = (self._send(post, webhook, entry) for webhook, entry in due)
        for failed in await asyncio.gather(*sends, return_exceptions=True):
            if isinstance(failed, BaseException):
                raise failed

    def _due(self) -> list[tuple[Webhook, OutboxEntry]]:
        """The oldest for each webhook that may be told one now."""
        now = self._clock()
        self._take_in()
        self._prune(now)
        webhooks = {each.key: each for each in self._settings.now().webhooks} if self._open else {}
        found: dict[str, tuple[Webhook, OutboxEntry]] = {}
        waiting = (each for each in self._open.values() if each.sent is Sent.WAITING)
        # In the order in which it happened: a failure must not be told behind its end.
        for entry in sorted(waiting, key=lambda each: each.call.at):
            webhook = webhooks.get(entry.webhook)
            # While the settings cannot be read nobody knows that it was taken out.
            if webhook is None and not self._settings.mistake:
                self._become(entry, Sent.DROPPED, "this webhook is not set any more")
            elif now - entry.call.at > NEWS_FOR:
                self._become(entry, Sent.DROPPED, "it waited for a day")
            elif webhook and max(entry.due, self._free_at.get(webhook.key, now)) <= now:
                found.setdefault(webhook.key, (webhook, entry))
        return list(found.values())

    def _take_in(self) -> None:
        """Thousands of calls that were sent long ago are not listed at each look."""
        # The folder's time, not its list: what was taken in is never changed by another process.
        changed = self._entries.changed()
        if changed is not None and changed == self._listed:
            return
        self._listed = changed
        names = set(self._entries.names())
        for name in names - self._looked_at:
            if (entry := self._entries.read(name)) is not None and entry.open:
                self._open[name] = entry
        self._looked_at = names

    async def _send(self, post: Poster, webhook: Webhook, entry: OutboxEntry) -> None:
        # On disk before it is sent: whoever finds this after a kill knows that it may have arrived.
        begun = await asyncio.to_thread(self._become, entry, Sent.SENDING, entry.words)
        key = key_of(entry.call)
        answer = await post.send(webhook, body(entry.call, webhook.form, key), key)
        pause = await asyncio.to_thread(self._learn, begun, answer)
        self._free_at[webhook.key] = self._clock() + max(pause, _BETWEEN)

    def _learn(self, entry: OutboxEntry, answer: HookAnswer) -> timedelta:
        """What became of it; how long its webhook is to be left alone."""
        tried = replace(entry, tries=entry.tries + 1)
        # Only what has certainly not arrived: anything else, sent again, would be told twice.
        if answer.taken is Arrival.LATER and tried.tries < TRIES:
            doubled = FIRST_PAUSE * float(2**entry.tries)
            pause = max(answer.pause or timedelta(), min(doubled, LONGEST_PAUSE))
            tried = replace(tried, due=self._clock() + pause)
            self._become(tried, Sent.WAITING, answer.words)
            return pause
        self._become(tried, _ENDS[answer.taken], answer.words)
        return timedelta()

    def _become(self, entry: OutboxEntry, sent: Sent, words: str) -> OutboxEntry:
        now = replace(entry, sent=sent, words=words, changed=self._clock())
        if sent in FAILED:
            log.warning("The webhook at %s was not told: %s", now.host, words)
        self._entries.put(now)
        if now.open:
            self._open[now.name] = now
        else:
            self._open.pop(now.name, None)
        return now

    @property
    def busy(self) -> bool:
        soon = self._clock() + _SOON
        return any(each.due <= soon for each in list(self._open.values()))

    # --- for whoever looks

    def as_left(self, calls: Sequence[Call]) -> dict[str, Call]:
        found: dict[str, Call] = {}
        for webhook in self._settings.now().webhooks:
            for call in calls:
                if (left := self._entries.read(self._entry(call, webhook).name)) is not None:
                    found.setdefault(call.identity, left.call)
        return found

    async def test(self) -> tuple[tuple[str, str, bool], ...]:
        """One message to each webhook, now; its host, what was answered, whether it was taken."""
        from console.publish.sending import sender

        webhooks, now = self.settings().webhooks, self._clock()
        call = Call(Occasion.COMPLETE, "test", "this-is-a-test", "test", TEST, now, now.isoformat())
        async with sender(self._seconds) as post:
            sends = [post.send(w, body(call, w.form, key_of(call)), key_of(call)) for w in webhooks]
            answers = await asyncio.gather(*sends)
        told = zip(webhooks, answers, strict=True)
        return tuple((w.host, each.words, each.taken is Arrival.YES) for w, each in told)

    def state(self) -> OutboxState:
        try:
            entries = sorted(self._entries.all(), key=lambda each: each.changed)
        except OSError as error:
            why = str(error.strerror)
            raise ConsoleError("The outbox of calls cannot be read.", why=why) from error
        answered = [each for each in entries if each.words]
        failed = [each for each in answered if each.sent in FAILED]
        return OutboxState(
            dict(Counter(each.sent for each in entries)),
            answered[-1].answer if answered else None,
            failed[-1].answer if failed else None,
        )


_ENDS = {
    Arrival.YES: Sent.SENT,
    Arrival.NO: Sent.REFUSED,
    Arrival.UNKNOWN: Sent.IN_DOUBT,
    Arrival.LATER: Sent.GIVEN_UP,
}
