"""One pair's checkpoint file over time: its last good copy and every finished record seen.

The file is rewritten in place by its evaluator, so a look may catch it cut; an agent may write
anything into it. What was once good stays: in memory, and after `save` in
two files of the store folder, each replaced in one step.
"""

from __future__ import annotations

import os
import stat
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Callable

from console.results import files, jsontext
from console.results.checkpoint import Checkpoint, checkpoint_of
from console.results.collecting import Partial, PartialSource, records
from console.results.merge_findings import Findings
from console.results.plan import Plan
from console.results.raw_record import Refused

if TYPE_CHECKING:
    from console.results.collecting import Key

Sleep = Callable[[float], None]
Clock = Callable[[], float]

_MORE_LOOKS = 3
_PAUSE = 0.03
_YOUNG = 2.0


@dataclass(frozen=True)
class WatchPaths:
    """The evaluator's file, and the folder where the copies are kept."""

    checkpoint: str
    store: str


class PartialWatch:
    """Watches the file of one pair of a plan."""

    def __init__(
        self,
        plan: Plan,
        pair: int,
        paths: WatchPaths,
        *,
        clock: Clock = time.time,
        sleep: Sleep = time.sleep,
    ) -> None:
        self._plan = plan
        self._pair = pair
        self._paths = paths
        self._clock = clock
        self._sleep = sleep
        self._signature: tuple[int, int, int] | None = None
        self._text: str | None = None
        self._problem = "missing"
        self._reason = "does not exist"
        self._kept: dict[Key, Any] = {}
        self._unsaved_records = self._unsaved_text = False
        self._recall()

    def look(self) -> bool:
        """Whether anything is different from the look before. Reads only what has changed."""
        signature = self._stat()
        if signature is not None and signature == self._signature:
            return False
        before = (self._text, self._problem, self._reason)
        text, problem, reason = self._patiently()
        if text is not None:
            self._accept(text)
        self._problem, self._reason = problem, reason
        if problem and self._text is not None:
            self._reason = f"{reason}; an earlier copy stands in"
        self._signature = None if problem or self._young(signature) else signature
        return before != (self._text, self._problem, self._reason)

    def partial(self) -> Partial:
        """What the merge shall know of this pair."""
        kept = tuple(self._kept.values())
        # Of a pair that has a pod of its own the folder is another one: it is called by its number.
        name = os.path.join(f"agent{self._pair}", os.path.basename(self._paths.checkpoint))
        return Partial(self._pair, self._text, self._problem, self._reason, kept, name)

    def _patiently(self) -> tuple[str | None, str, str]:
        """Look again a few times when the file was caught while it is rewritten."""
        outcome = self._once()
        for _ in range(_MORE_LOOKS):
            if outcome[1] != "torn":
                break
            self._sleep(_PAUSE)
            outcome = self._once()
        return outcome

    def _once(self) -> tuple[str | None, str, str]:
        found = files.read_text(self._paths.checkpoint)
        if found.text is None:
            return None, found.problem, found.reason
        return self._sound(found.text)

    def _sound(self, text: str) -> tuple[str | None, str, str]:
        try:
            self._frame(text)
        except jsontext.UnreadableJson as torn:
            return None, "torn", str(torn)
        except (jsontext.HostileJson, Refused) as hostile:
            return None, "hostile", str(hostile)
        return text, "", ""

    def save(self) -> None:
        """Put on disk what is not there yet, records first. Raises OSError; then call it again.

        To be called before anybody is told: a kill at any instant then loses nothing told.
        """
        if self._unsaved_records:
            os.makedirs(self._paths.store, exist_ok=True)
            rows = list(self._kept.values())
            files.write_text(self._store("records"), jsontext.compact(rows))
            self._unsaved_records = False
        if self._text is not None and self._unsaved_text:
            os.makedirs(self._paths.store, exist_ok=True)
            files.write_text(self._store("good"), self._text)
            self._unsaved_text = False

    def _accept(self, text: str) -> None:
        finished = self._finished(text)
        if any(self._kept.get(key) != raw for key, raw in finished.items()):
            self._kept.update(finished)
            self._unsaved_records = True
        self._unsaved_text = self._unsaved_text or text != self._text
        self._text = text

    def _finished(self, text: str) -> dict[Key, Any]:
        source = PartialSource(Partial(self._pair, text), self._frame(text), self._pair)
        told = records(self._plan, [source], Findings())
        return {key: dict(record.raw) for key, record in told.items()}

    def _recall(self) -> None:
        """Take up what an earlier life of this process has kept."""
        good = files.read_text(self._store("good")).text
        if good is not None and self._sound(good)[0] is not None:
            self._text = good
            self._problem, self._reason = "stale", "is known from an earlier copy only"
        rows = files.read_text(self._store("records")).text
        try:
            kept = jsontext.bounded(rows) if rows else []
        except ValueError:
            kept = []
        partial = Partial(self._pair, None, kept=tuple(kept) if isinstance(kept, list) else ())
        told = records(self._plan, [PartialSource(partial, None, self._pair)], Findings())
        self._kept = {key: dict(record.raw) for key, record in told.items()}

    def _frame(self, text: str) -> Checkpoint:
        return checkpoint_of(jsontext.bounded(text), self._plan.leaderboard)

    def _store(self, what: str) -> str:
        return os.path.join(self._paths.store, f"pair-{self._pair}.{what}.json")

    def _stat(self) -> tuple[int, int, int] | None:
        try:
            found = os.stat(self._paths.checkpoint)
        except OSError:
            return None
        regular = stat.S_ISREG(found.st_mode)
        return (found.st_mtime_ns, found.st_size, found.st_ino) if regular else None

    def _young(self, signature: tuple[int, int, int] | None) -> bool:
        """Two writes of one size within a clock tick look alike: look again a little later."""
        return signature is not None and self._clock() - signature[0] / 1e9 < _YOUNG
