"""EvalAI's own rules in memory, as its public source has them (Cloud-CV/EvalAI at 0f0403929:
`apps/jobs/views.py`, `settings/common.py`): what it keeps, what it answers, whom it throttles.

No HTTP: `answer` takes a request and gives an answer, so that a model of it can be asked a thousand
times. Like EvalAI it checks no earlier status: a late partial update undoes a cancel.
"""

from __future__ import annotations

import json
import math
import re
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

HOST, OTHER_HOST, UNVERIFIED = "h0st.of.challenge-7", "h0st.of.another", "n0t.yet.verified"
"""Tokens. Every other one is none."""
CHALLENGE, PHASE, LENIENT_PHASE = 7, 70, 71
"""The second phase has partial evaluation switched on: unknown metrics pass in it."""
LABELS_1 = (
    "Driving score",
    "Route completion",
    "Infraction penalty",
    "Collisions pedestrians",
    "Collisions vehicles",
    "Collisions layout",
    "Red light infractions",
    "Stop sign infractions",
    "Off-road infractions",
    "Route deviations",
    "Route timeouts",
    "Agent blocked",
)
LABELS_2 = (
    *LABELS_1,
    "Yield emergency vehicle infractions",
    "Scenario timeouts",
    "Min speed infractions",
)
REQUESTS, MINUTE = 60, 60.0
LARGEST = 200 * 10**6
SERVER_ERROR = "<!doctype html><html><h1>Server Error (500)</h1></html>"
_INVALID = {"error": "Sorry, submission status is invalid"}
_SUCCESS = {"success": "Submission result has been successfully updated"}
_NOT_YOURS = {"error": "Sorry, you are not authorized to access this resource"}


@dataclass
class Said:
    """An answer: a JSON value, or HTML where `value` is text."""

    code: int
    value: Any
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def body(self) -> bytes:
        text = self.value if isinstance(self.value, str) else json.dumps(self.value)
        return text.encode()

    @property
    def content_type(self) -> str:
        return "text/html" if isinstance(self.value, str) else "application/json"


class Refusal(Exception):
    """As Django ends a view: with an answer."""

    def __init__(self, code: int, value: Any, headers: dict[str, str] | None = None) -> None:
        super().__init__(code)
        self.said = Said(code, value, headers or {})


@dataclass
class Kept:
    """A submission as EvalAI's database has it."""

    number: int
    status: str = "submitted"
    phase: int = PHASE
    team: int = 4
    team_name: str = "The Team"
    job_names: list[str] = field(default_factory=list)
    started: float | None = None
    completed: float | None = None
    resumed: float | None = None
    files: dict[str, str] = field(default_factory=dict)
    rank: dict[str, Any] | None = None
    """The leaderboard's row."""
    updates: list[str] = field(default_factory=list)
    """The status of each update that was taken, in order."""

    @property
    def shown(self) -> dict[str, Any]:
        return {
            "id": self.number,
            "participant_team": self.team,
            "participant_team_name": self.team_name,
            "execution_time": "None",
            "challenge_phase": self.phase,
            "created_by": 3,
            "status": self.status,
            "started_at": _written(self.started),
            "completed_at": _written(self.completed),
            "rerun_resumed_at": _written(self.resumed),
            "job_name": self.job_names,
        }


@dataclass
class Message:
    """One of the queue's; it comes back unless it is acknowledged, by the receipt of its last take
    and before it comes back."""

    body: dict[str, Any]
    receipt: str = ""
    hidden_until: float = 0.0


class EvalAiRules:
    """One challenge of one host. `labels` are those of its phases' leaderboard."""

    queue = "carla-queue.fifo"
    visibility = 30.0

    def __init__(
        self, labels: tuple[str, ...] = LABELS_2, now: Callable[[], float] = time.time
    ) -> None:
        self.labels, self.now = labels, now
        self.kept: dict[int, Kept] = {}
        self.messages: list[Message] = []
        self.clashes = 0
        """So many updates that meet others in the database."""
        self.throttled = 0
        self._asked: defaultdict[str, list[float]] = defaultdict(list)
        self._receipts = self._ticks = 0

    def add(self, number: int, status: str = "submitted", phase: int = PHASE) -> Kept:
        self.kept[number] = Kept(number, status, phase)
        return self.kept[number]

    def cancel(self, number: int) -> None:
        """By a participant: nobody is told."""
        self.kept[number].status = "cancelled"

    def resume(self, number: int) -> None:
        """By the host; only what failed can be."""
        if self.kept[number].status == "failed":
            self.kept[number].status, self.kept[number].resumed = "resuming", self.now()
            self.wait_for_host(number)

    def wait_for_host(self, number: int, image: str = "registry.example/team:1") -> None:
        """A message in the challenge's queue."""
        body = {
            "challenge_pk": CHALLENGE,
            "phase_pk": self.kept[number].phase,
            "submission_pk": number,
            "submitted_image_uri": image,
            "is_static_dataset_code_upload_submission": False,
        }
        self.messages.append(Message(body))

    def answer(self, method: str, path: str, token: str, body: bytes) -> Said:
        """`token`: what stands behind Bearer or Token."""
        if len(body) > LARGEST:
            return Said(413, "<html><h1>413 Request Entity Too Large</h1></html>")
        try:
            self._let_in(token)
            return self._routed(method, path, token, body)
        except Refusal as refusal:
            return refusal.said
        except (AttributeError, KeyError, TypeError, UnicodeEncodeError):
            # As in EvalAI: what its views do not expect ends them.
            return Said(500, SERVER_ERROR)

    def _let_in(self, token: str) -> None:
        if not token:
            raise Refusal(401, {"detail": "Authentication credentials were not provided."})
        if token not in (HOST, OTHER_HOST, UNVERIFIED):
            told = {
                "detail": "Given token not valid for any token type",
                "code": "token_not_valid",
            }
            raise Refusal(401, told)
        if token == UNVERIFIED:
            raise Refusal(403, {"detail": "Please verify your email first!"})
        self._throttle(token)

    def _throttle(self, user: str) -> None:
        """As Django REST framework counts: those that were let in within a minute."""
        now = self.now()
        asked = self._asked[user] = [at for at in self._asked[user] if at > now - MINUTE]
        if len(asked) >= REQUESTS:
            self.throttled += 1
            wait = math.ceil(asked[0] + MINUTE - now)
            text = f"Request was throttled. Expected available in {wait} seconds."
            raise Refusal(429, {"detail": text}, {"Retry-After": str(wait)})
        asked.append(now)

    def _routed(self, method: str, path: str, token: str, body: bytes) -> Said:
        for pattern, methods in self._routes().items():
            if found := re.fullmatch(f"/api/jobs/{pattern}", path):
                if method not in methods:
                    raise Refusal(405, {"detail": f'Method "{method}" not allowed.'})
                told = methods[method](token, found.group(1), _json(body) if body else {})
                return told if isinstance(told, Said) else Said(200, told)
        raise Refusal(404, "<html><h1>Not Found</h1></html>")

    def _routes(self) -> dict[str, dict[str, Callable[[str, str, Any], Any]]]:
        return {
            r"submission/(\d+)": {"GET": self._submission},
            r"challenge/(\d+)/update_submission/": {"PUT": self._final, "PATCH": self._runs},
            r"challenges/(\d+)/update_partially_evaluated_submission/": {"PUT": self._partial},
            r"challenge/queues/([\w.-]+)/": {"GET": self._next_message},
            r"queues/([\w.-]+)/": {"POST": self._acknowledge},
        }

    def _submission(self, token: str, number: str, told: Any) -> Any:
        if int(number) not in self.kept:
            raise Refusal(404, {"error": f"Submission {number} does not exist"})
        if token != HOST:
            error = "Sorry, you are not authorized to access this submission."
            raise Refusal(401, {"error": error})
        return self.kept[int(number)].shown

    def _of_host(self, token: str, challenge: str) -> None:
        if token != HOST or int(challenge) != CHALLENGE:
            error = "Sorry, you are not authorized to make this request!"
            raise Refusal(400, {"error": error})

    def _named(self, told: Any) -> Kept:
        number = told.get("submission")
        found = self.kept.get(int(number)) if str(number).isdigit() else None
        if found is None:
            raise Refusal(404, {"detail": f"Submission {number} does not exist"})
        return found

    def _final(self, token: str, challenge: str, told: Any) -> Any:
        self._of_host(token, challenge)
        status = told.get("submission_status", "").lower()
        kept = self._named(told)
        if status not in ("failed", "cancelled", "finished"):
            raise Refusal(400, _INVALID)
        if status == "finished":
            self._rank(kept, told, lenient=False)
        return self._replaced(kept, status, told)

    def _partial(self, token: str, challenge: str, told: Any) -> Any:
        self._of_host(token, challenge)
        status = told.get("submission_status", "").lower()
        kept = self._named(told)
        if status not in ("failed", "cancelled", "finished", "partially_evaluated"):
            raise Refusal(400, _INVALID)
        if status in ("finished", "partially_evaluated"):
            self._rank(kept, told, lenient=told.get("challenge_phase") == LENIENT_PHASE)
        return self._replaced(kept, status, told)

    def _rank(self, kept: Kept, told: Any, *, lenient: bool) -> None:
        try:
            results = json.loads(told.get("result", ""))
        except (ValueError, TypeError) as error:
            text = f"`result` key contains invalid data with error {error}."
            raise Refusal(400, {"error": text + "Please try again with correct format."}) from None
        row = None
        for each in results:
            row = self._row(each, told.get("challenge_phase"), lenient=lenient)
        if self.clashes:
            self.clashes -= 1
            text = f"Failed to update submission_id {kept.number} related metadata"
            raise Refusal(400, {"error": text})
        kept.rank = row if row is not None else kept.rank

    def _row(self, told: Any, phase: Any, *, lenient: bool) -> dict[str, Any]:
        split, accuracies = told.get("split"), told.get("accuracies")
        if split != "leaderboard" or phase not in (PHASE, LENIENT_PHASE):
            text = f"Challenge Phase Split does not exist with phase_id: {phase} and"
            raise Refusal(400, {"error": f"{text}split codename: {split}"})
        unknown = [name for name in accuracies if name not in self.labels]
        if unknown and not lenient:
            text = f"Following metrics are missing in theleaderboard data: {unknown}"
            raise Refusal(400, {"error": text})
        bad = [(name, type(v)) for name, v in accuracies.items() if not isinstance(v, float | int)]
        if bad:
            text = f"Values for following metrics are not offloat/int: {bad}"
            raise Refusal(400, {"error": text})
        if any(
            isinstance(value, float) and not math.isfinite(value) for value in accuracies.values()
        ):
            raise Refusal(500, SERVER_ERROR)  # its database takes no such number
        return dict(accuracies)

    def _replaced(self, kept: Kept, status: str, told: Any) -> Any:
        for name in ("stdout", "stderr", "environment_log"):
            told.get(name, "").encode()  # null and half a character are an error of its own
        self._ticks += 1
        # In virtual time two of them may have one moment; at EvalAI they have not.
        kept.status, kept.completed = status, self.now() + self._ticks * 1e-6
        kept.updates.append(status)
        kept.files = {name: told.get(name, "") for name in ("stdout", "stderr", "result")}
        kept.files["metadata"] = str(told.get("metadata", ""))
        return _SUCCESS

    def _runs(self, token: str, challenge: str, told: Any) -> Any:
        self._of_host(token, challenge)
        kept = self._named(told)
        status = told.get("submission_status", "").lower()
        if status not in ("queued", "running"):
            raise Refusal(400, _INVALID)
        if told.get("job_name"):
            kept.job_names.append(told["job_name"].lower())
        kept.status, kept.started = status, self.now()
        return kept.shown

    def _queue_of(self, token: str, queue: str) -> None:
        if queue != self.queue:
            raise Refusal(400, {"error": f"Challenge with queue name {queue} does not exist"})
        if token != HOST:
            raise Refusal(401, _NOT_YOURS)

    def _next_message(self, token: str, queue: str, told: Any) -> Any:
        self._queue_of(token, queue)
        now = self.now()
        for message in self.messages:
            if message.hidden_until <= now:
                self._receipts += 1
                message.receipt = f"receipt-{self._receipts}"
                message.hidden_until = now + self.visibility
                return {"body": message.body, "receipt_handle": message.receipt}
        return {"body": None, "receipt_handle": None}

    def _acknowledge(self, token: str, queue: str, told: Any) -> Any:
        self._queue_of(token, queue)
        receipt = told["receipt_handle"]
        if not receipt:
            raise Refusal(400, {"error": "Please add message receipt handle in the body"})
        mine = [each for each in self.messages if each.receipt == receipt]
        if any(each.hidden_until <= self.now() for each in mine):
            # A queue that keeps an order says that it has ended; EvalAI cannot put that into JSON.
            raise Refusal(500, SERVER_ERROR)
        self.messages = [each for each in self.messages if each not in mine]
        return {"success": f"Message deleted successfully from the queue: {queue}"}


def _written(moment: float | None) -> str | None:
    if moment is None:
        return None
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="microseconds")[:-6] + "Z"


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError as error:
        raise Refusal(HTTPStatus.BAD_REQUEST, {"detail": f"JSON parse error - {error}"}) from None
