"""An API server of thousands of submissions with all their pods, of which some begin and end.

A program of its own: `scale_server.py JOBS RUNNING`. It prints its address; each line of its stdin
is a word: `begin SECONDS` (between two arrivals), `rest` (no more of them), `tell` (prints what was
asked since the last time, as JSON, with the token of who asked before it). With each arrival one
that runs ends, and the oldest is deleted: so many stay.
"""

from __future__ import annotations

import asyncio
import collections
import contextlib
import itertools
import json
import re
import sys
import time
import uuid
from datetime import UTC, datetime
from typing import Any

import canned_api
from aiohttp import web
from scale_logs import LOST, Asked, Said, line_at

PODS_OF_ONE = 4
"""One that was run to its end, and those that were lost before it."""
EVENTS_OF_ONE = 31
"""Of a pod of ten containers: its place, and three of each."""
CHANGES_OF_ONE = 6
"""Of its pod while it begins."""
_SAMPLE = 987_654_321
WITHOUT, NOTHING = "!", ""
"""How a selector begins that chooses what has no label of ours: here nothing has."""
NONE = b'{"metadata": {"resourceVersion": "1"}, "items": []}'
_JOBS, _PODS = "/apis/batch/v1/namespaces/default/jobs", "/api/v1/namespaces/default/pods"
_EVENTS = "/api/v1/namespaces/default/events"
VERSION = b'{"gitVersion":"v1.36.0","major":"1","minor":"36"}'
MISSING = b'{"kind":"Status","status":"Failure","reason":"NotFound","code":404}'
KINDS = {_JOBS: ("Job", "batch/v1"), _PODS: ("Pod", "v1"), _EVENTS: ("Event", "v1")}


class Texts:
    """Each object is made of a text when it is asked for: 20,000 pods would be 300 MB."""

    def __init__(self) -> None:
        like = json.loads(canned_api.POD.read_bytes())
        job = canned_api.job(_SAMPLE, json.dumps(canned_api.composed()))
        job |= {"kind": "Job", "apiVersion": "batch/v1"}
        pod = {"kind": "Pod", "apiVersion": "v1", **canned_api.pod(_SAMPLE, like)}
        self._texts = {("jobs", False): _text(job), ("pods", False): _text(pod)}
        for each in pod["status"]["containerStatuses"]:
            each |= {"lastState": {}, "restartCount": 0}
        self._texts |= {("last pod", False): _text(pod)}
        job["status"] = {"active": 1, "ready": 1, "startTime": canned_api.ENDED}
        pod["status"] |= {"phase": "Running"}
        running = {"running": {"startedAt": canned_api.ENDED}}
        for each in pod["status"]["containerStatuses"]:
            each |= {"state": running, "ready": True}
        self._texts |= {("jobs", True): _text(job), ("last pod", True): _text(pod)}

    def of(self, resource: str, number: int, which: int, version: int, runs: bool) -> bytes:
        text = self._texts["last pod" if which == PODS_OF_ONE - 1 else resource, runs]
        for mark, value in (
            (b"@NUMBER@", str(number)),
            (b"@HEX@", f"{number:026x}{which:06x}"),
            (b"@POD@", f"{which:05}"),
            (b"@UID@", uid(number, which)),
            (b"@OWNER@", uid(number)),
            (b"@VERSION@", str(version)),
        ):
            text = text.replace(mark, value.encode())
        return text


def uid(number: int, which: int = -1) -> str:
    """Of a submission's Job, or of its pod: as unlike another's from its first letter as real ones."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{number} {which}"))


def _text(like: dict[str, Any]) -> bytes:
    like["metadata"] |= {"resourceVersion": "@VERSION@"}
    text = json.dumps(like, separators=(",", ":"))
    text = text.replace("x7k2p", "@POD@").replace(f"{_SAMPLE:032x}", "@HEX@")
    return (
        text.replace(f"pod-{_SAMPLE}", "@UID@")
        .replace(f"uid-{_SAMPLE}", "@OWNER@")
        .replace(str(_SAMPLE), "@NUMBER@")
        .encode()
    )


class Cluster:
    """Which there are, and who watches them."""

    def __init__(self, jobs: int, running: int) -> None:
        self.texts = Texts()
        self._versions = itertools.count(jobs * 10)
        self.runs = {number: number >= jobs - running for number in range(jobs)}
        self._watchers: dict[str, list[asyncio.Queue[bytes]]] = collections.defaultdict(list)
        now = datetime.now(UTC)
        self.begun = {number: Said(now) for number, runs in self.runs.items() if runs}

    def page(self, path: str, after: int, limit: int, only: int | None = None) -> bytes:
        """A list's page, from that number on; or of that one alone."""
        kind, version = KINDS[path]
        there = self.runs if only is None else self.runs.keys() & {only}
        numbers = [] if path == _EVENTS else [each for each in there if each >= after]
        pods = path == _PODS
        taken = numbers[: max(limit // (PODS_OF_ONE if pods else 1), 1)]
        token = str(taken[-1] + 1) if len(taken) < len(numbers) else ""
        items = b",".join([b for number in taken for b in self._objects(path, number)])
        meta = json.dumps({"resourceVersion": str(next(self._versions)), "continue": token})
        head = f'{{"kind":"{kind}List","apiVersion":"{version}","metadata":{meta},"items":['
        return head.encode() + items + b"]}"

    def _objects(self, path: str, number: int) -> list[bytes]:
        runs = self.runs.get(number, False)
        if path == _JOBS:
            return [self.texts.of("jobs", number, 0, number, runs)]
        last = PODS_OF_ONE - 1
        of = self.texts.of
        return [of("pods", number, n, number, runs and n == last) for n in range(PODS_OF_ONE)]

    def one(self, path: str, name: str) -> bytes:
        """The Job of that name, or the pod."""
        _, number, *which = name.split("-")
        return self._objects(path, int(number))[int(which[0]) if which else 0]

    def watch(self, path: str) -> asyncio.Queue[bytes]:
        watcher: asyncio.Queue[bytes] = asyncio.Queue()
        self._watchers[path].append(watcher)
        return watcher

    def unwatch(self, path: str, watcher: asyncio.Queue[bytes]) -> None:
        self._watchers[path].remove(watcher)

    def _tell(self, path: str, kind: str, text: bytes) -> None:
        line = b'{"type":"%s","object":%s}\n' % (kind.encode(), text)
        for each in self._watchers[path]:
            each.put_nowait(line)

    def arrive(self) -> None:
        """A new one; the longest running ends, and the oldest goes."""
        number = max(self.runs) + 1
        self.begun[number] = Said(datetime.now(UTC))
        self._set(number, True)
        self._tell(_JOBS, "ADDED", self._job(number))
        for change in range(CHANGES_OF_ONE):
            self._tell(_PODS, "MODIFIED" if change else "ADDED", self._pod(number))
        for which in range(EVENTS_OF_ONE):
            self._tell(_EVENTS, "ADDED", self._event(number, which))
        done = next(each for each, runs in self.runs.items() if runs)
        self._set(done, False)
        self.begun[done].end()
        self._tell(_PODS, "MODIFIED", self._pod(done))
        self._tell(_JOBS, "MODIFIED", self._job(done))
        self._delete(min(self.runs))

    def _delete(self, number: int) -> None:
        for which in range(PODS_OF_ONE):
            self._tell(_PODS, "DELETED", self._pod(number, which))
        self._tell(_JOBS, "DELETED", self._job(number))
        del self.runs[number]

    def _set(self, number: int, runs: bool) -> None:
        self.runs[number] = runs

    def _job(self, number: int) -> bytes:
        return self.texts.of("jobs", number, 0, next(self._versions), self.runs[number])

    def _pod(self, number: int, which: int = PODS_OF_ONE - 1) -> bytes:
        return self.texts.of("pods", number, which, next(self._versions), self.runs[number])

    def _event(self, number: int, which: int) -> bytes:
        pod = f"entry-{number}-{PODS_OF_ONE - 1:05}"
        meta = {"name": f"{pod}.{which:016x}", "namespace": "default", "uid": f"e{number}-{which}"}
        at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        told = {"type": "Normal", "reason": "Started", "message": f"Started container {which}"}
        about = {"kind": "Pod", "name": pod, "namespace": "default"}
        about["uid"] = uid(number, PODS_OF_ONE - 1)
        meta["resourceVersion"] = str(next(self._versions))
        times = {"firstTimestamp": at, "lastTimestamp": at, "count": 1}
        return json.dumps({"metadata": meta, "involvedObject": about, **told, **times}).encode()


class Server:
    """One loop for all: a thread for each of a thousand followed logs would cost more than they."""

    def __init__(self, jobs: int, running: int) -> None:
        self.cluster, self.asked = Cluster(jobs, running), Asked()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        who = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if request.path.endswith("/log"):
            return await self._log(who, request)
        if request.path not in KINDS:
            return self._one(who, request.path)
        if "watch" in request.query:
            return await self._watch(who, request)
        return self._list(who, request)

    def _list(self, who: str, request: web.Request) -> web.Response:
        query, path = request.query, request.path
        limit, begin = int(query.get("limit", 10**6)), int(query.get("continue") or 0)
        chosen = query.get("labelSelector", "") + query.get("fieldSelector", "")
        only = re.search(r"entry-(\d+)", chosen)
        what = f"list {path.rpartition('/')[2]}" + (", of one" if only else "")
        page = self.cluster.page(path, begin, limit, int(only[1]) if only else None)
        if chosen.startswith(WITHOUT):
            what, page = f"{what}, without our label", NONE
        return self._whole(who, what, page)

    def _one(self, who: str, path: str) -> web.Response:
        folder, _, name = path.rpartition("/")
        if path == "/version":
            return self._whole(who, "get version", VERSION)
        if folder in (_JOBS, _PODS):
            what = f"get {folder.rpartition('/')[2]}"
            return self._whole(who, what, self.cluster.one(folder, name))
        return self._whole(who, f"get {path}", MISSING, 404)

    def _whole(self, who: str, what: str, body: bytes, status: int = 200) -> web.Response:
        self.asked.count(who, what)
        self.asked.count(who, "bytes", len(body))
        return web.Response(status=status, body=body, content_type="application/json")

    async def _watch(self, who: str, request: web.Request) -> web.StreamResponse:
        self.asked.count(who, f"watch {request.path.rpartition('/')[2]}")
        path = (
            NOTHING if request.query.get("labelSelector", "").startswith(WITHOUT) else request.path
        )
        watcher = self.cluster.watch(path)
        stream = await _begun(request)
        with contextlib.suppress(TimeoutError, ConnectionError):
            try:
                async with asyncio.timeout(float(request.query.get("timeoutSeconds", 300))):
                    while True:
                        await self._piece(who, stream, await watcher.get())
            finally:
                self.cluster.unwatch(path, watcher)
        return stream

    async def _log(self, who: str, request: web.Request) -> web.StreamResponse:
        """From the asked second on, until the submission ends."""
        follows = "follow" in request.query
        self.asked.count(who, "log, followed" if follows else "log, at once")
        _, number, which = request.path.split("/")[-2].split("-")
        begun = self.cluster.begun
        said = begun.get(int(number), LOST) if int(which) == PODS_OF_ONE - 1 else LOST
        since = request.query.get("sinceTime") or LOST.begin.isoformat()
        stream = await _begun(request)
        with contextlib.suppress(ConnectionError):  # who has read enough goes away
            for at in said.lines(datetime.fromisoformat(since)):
                if not (await said.waited(at) if follows else said.has(at)):
                    break
                await self._piece(who, stream, line_at(at))
        return stream

    async def _piece(self, who: str, stream: web.StreamResponse, piece: bytes) -> None:
        await stream.write(piece)
        self.asked.count(who, "bytes", len(piece))

    async def arrivals(self, seconds: float) -> None:
        due = time.monotonic()
        while True:
            self.cluster.arrive()
            due += seconds
            await asyncio.sleep(max(due - time.monotonic(), 0.0))


async def _begun(request: web.Request) -> web.StreamResponse:
    stream = web.StreamResponse(headers={"Content-Type": "application/json"})
    await stream.prepare(request)
    return stream


async def main(jobs: int, running: int) -> None:
    server, tasks = Server(jobs, running), set()
    app = web.Application()
    app.router.add_get("/{path:.*}", server.answer)
    app.router.add_post("/{path:.*}", server.answer)
    runner = web.AppRunner(app, access_log=None, handler_cancellation=True)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, backlog=4096)
    await site.start()
    print(f"http://127.0.0.1:{runner.addresses[0][1]}", flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        match line.split():
            case ["begin", seconds]:
                tasks.add(asyncio.create_task(server.arrivals(float(seconds))))
            case ["rest"]:
                tasks.pop().cancel()
            case ["tell"]:
                print(json.dumps(server.asked.tell()), flush=True)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2])))
