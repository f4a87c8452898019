"""One simulated submission, brought to a place and told to a table from its first line to its end.

What happens here, what fails there and when the recorder is killed follow from one number. Nothing
waits.
"""

from __future__ import annotations

import contextlib
import copy
import re
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime, timedelta
from random import Random
from typing import Any

from fakes.demo_recording import DEMO
from fakes.evalai_model import BEGIN, Killed, Killing, VirtualClock
from msgspec.structs import replace

from console.domain.board import BoardSnapshot
from console.operations.delivering.errands import Errands
from console.operations.delivering.standing import Standing
from console.operations.outcome.view import ResultsView
from console.operations.ports.deliveries import (
    BringNow,
    Delivery,
    DeliveryKey,
    DeliveryKind,
    TableMark,
)
from console.operations.ports.evalai import RemoteOutcome
from console.operations.ports.object_place import (
    Blocks,
    Measure,
    PlaceFailed,
    PlaceWriter,
    StoredObject,
)
from console.operations.services import Services
from console.operations.storing.tree import Tree
from console.operations.telling.seen_here import SeenHere

PLACE, TABLE = "s3://submissions/2026", "submissions"
SPOKEN_AFTER = 4.0
LAST, CLAIM = "containers-status/logcopy.done", "console/writer.json"
ENDS = {
    RemoteOutcome.FINISHED: ("containers-status/agent-1.done", LAST),
    RemoteOutcome.FAILED: ("containers-status/agent-1.crash0",),
    RemoteOutcome.CANCELLED: ("containers-status/simulation.cancel",),
}


class Beyond:
    """What both servers share: they fail, and who asks them dies."""

    def __init__(self, clock: VirtualClock, chance: Random, faults: float) -> None:
        self.clock, self._chance, self._faults = clock, chance, faults
        self.killing = Killing(chance, 0.0)
        self.broken_until = BEGIN

    @contextlib.contextmanager
    def asked(self) -> Iterator[None]:
        """A request: what is within is done, where it arrives; the answer may be lost."""
        self.killing.may()
        if self.clock.now < self.broken_until or self._chance.random() < self._faults / 2:
            raise PlaceFailed("It cannot be reached.")
        yield
        self.killing.may()
        if self._chance.random() < self._faults / 2:
            raise PlaceFailed("The connection was cut.")


class BucketModel(Beyond):
    """A bucket, and all that it was sent beside claims."""

    where = PLACE

    def __init__(self, clock: VirtualClock, chance: Random, faults: float) -> None:
        super().__init__(clock, chance, faults)
        self.there: dict[str, tuple[bytes, str]] = {}
        self.puts: list[tuple[str, str]] = []

    def listed(self, folder: str) -> Mapping[str, StoredObject]:
        with self.asked():
            return {k: StoredObject(k, len(v[0]), v[1]) for k, v in self.there.items()}

    def same(self, stored: StoredObject, measure: Measure) -> bool:
        return stored.tag == measure.md5

    def put(self, key: str, blocks: Blocks, measure: Measure) -> None:
        with self.asked():
            self.there[key] = (b"".join(blocks()), measure.md5)
            if not key.endswith(CLAIM):
                self.puts.append((key, measure.md5))

    def put_new(self, key: str, blocks: Blocks, measure: Measure) -> bool:
        if key in self.there:
            return False
        self.put(key, blocks, measure)
        return True

    def put_over(self, key: str, blocks: Blocks, measure: Measure, before: bytes) -> bool:
        if key not in self.there or self.there[key][0] != before:
            return False
        self.put(key, blocks, measure)
        return True

    def remove(self, key: str) -> None:
        with self.asked():
            self.there.pop(key, None)

    def read(self, key: str, limit: int) -> bytes | None:
        with self.asked():
            return self.there[key][0] if key in self.there else None

    def alone(self, folder: str) -> AbstractContextManager[None]:
        return nullcontext()


class TableModel(Beyond):
    """One row. It reads the conditions that are used, as DynamoDB does."""

    def __init__(self, clock: VirtualClock, chance: Random, faults: float) -> None:
        super().__init__(clock, chance, faults)
        self.row: dict[str, str] = {}
        self.told: list[TableMark] = []

    def update(self, mark: TableMark) -> bool:
        with self.asked():
            values = {f":{name}": said for name, said in mark.fields} | dict(mark.held_against)
            held = holds(mark.condition, self.row, values)
            if held:
                self.row.update(mark.fields)
                for name in mark.cleared:
                    self.row.pop(name, None)
                self.told.append(mark)
            return held

    def row_of(self, team: str, submission: str) -> Mapping[str, str]:
        with self.asked():
            return dict(self.row)


def holds(condition: str, row: Mapping[str, str], values: Mapping[str, str]) -> bool:
    """As DynamoDB reads it: what is not there is neither equal nor less."""

    def compared(told: re.Match[str]) -> str:
        there, value = row.get(told[1]), values[told[3]]
        return str(there is not None and (there < value if told[2] == "<" else there == value))

    words = re.sub(
        r"attribute_not_exists\((\w+)\)", lambda told: str(told[1] not in row), condition
    )
    words = re.sub(r"(\w+) (<|=) (:\w+)", compared, words)
    words = words.replace(" AND ", " and ").replace(" OR ", " or ")
    assert set(re.findall(r"\w+", words)) <= {"True", "False", "and", "or"}, words
    return bool(eval(words))


class LedgerModel:
    """As it is on disk: whole or not at all, and there after a kill."""

    def __init__(self, killing: Killing) -> None:
        self._killing = killing
        self.stored: dict[DeliveryKey, Delivery] = {}

    def all(self) -> tuple[Delivery, ...]:
        return tuple(self.stored.values())

    def read(self, key: DeliveryKey, /) -> Delivery | None:
        return self.stored.get(key)

    def put(self, entry: Delivery, /) -> None:
        self._killing.may()
        self.stored[entry.key] = entry
        self._killing.may()

    def claim(self, key: DeliveryKey, /) -> bool:
        return True

    def release(self, key: DeliveryKey, /) -> None:
        return

    def ask(self, wish: BringNow, /) -> None:
        raise NotImplementedError

    def wishes(self) -> tuple[tuple[str, BringNow], ...]:
        return ()

    def answered(self, name: str, /) -> None:
        return


class DeliveredRun:
    """`play` until both are closed; then look at `bucket`, `table` and `known`."""

    period = timedelta(seconds=60)
    storage, table = PLACE, TABLE
    writer = PlaceWriter("1", "alice@laptop")

    def __init__(
        self, seed: int, services: Services, board: BoardSnapshot, whole: Tree, faults: float
    ) -> None:
        """`board`, `whole`: of a finished submission."""
        self.chance, self.clock = Random(seed), VirtualClock()
        self._services = replace(services, clock=lambda: self.clock.now)
        self._board, self._whole = board, whole
        self.bucket = BucketModel(self.clock, self.chance, faults)
        self.row = TableModel(self.clock, self.chance, faults)
        self.killing = self.bucket.killing = self.row.killing = Killing(self.chance, 0.02)
        self.ledger = LedgerModel(self.killing)
        self.truth = self.chance.choice(tuple(ENDS))
        self.over_after = self.chance.uniform(30, 3000)
        if self.chance.random() < 0.2:
            hours = timedelta(hours=self.chance.uniform(0, 8))
            begins = self.chance.uniform(0, self.over_after)
            self.clock.later(begins, lambda: self._break(self.clock.now + hours))
        self._begin()

    def another(self) -> DeliveredRun:
        """A second machine, which records the same submission and has the same settings."""
        made = copy.copy(self)
        made.writer, made.ledger = PlaceWriter("2", "bob@desk"), LedgerModel(self.killing)
        made._begin()
        return made

    def _begin(self) -> None:
        """A recorder is started."""
        self._errands = Errands(self._services, self)
        self.known = {kind: self._begun(kind) for kind in DeliveryKind}

    def _break(self, until: datetime) -> None:
        self.bucket.broken_until = self.row.broken_until = until

    def _begun(self, kind: DeliveryKind) -> Delivery:
        target = PLACE if kind is DeliveryKind.FILES else TABLE
        known = Delivery(kind, target, DEMO, BEGIN, started=BEGIN)
        return self.ledger.read(known.key) or known

    # --- what the errands ask of the user's settings

    def place(self, target: str) -> BucketModel:
        return self.bucket

    def open_table(self, target: str) -> TableModel:
        return self.row

    # --- what is known here

    @property
    def over(self) -> bool:
        return (self.clock.now - BEGIN).total_seconds() >= self.over_after

    @property
    def view(self) -> ResultsView:
        final = self.over and self.truth is RemoteOutcome.FINISHED
        return self._whole.view if final else replace(self._whole.view, final=False, document=None)

    def tree(self, *_: Any) -> Tree:
        gone = (self.clock.now - BEGIN).total_seconds()
        # The last lines are on this disk a little after the end is seen.
        lines = int(min(gone, self.over_after + SPOKEN_AFTER) * 2)
        drives = int(min(gone, self.over_after) // 100)
        texts = {
            "logcopy/logcopy.log": "a line\n" * lines,
            "agent/agent_results.json": f"{drives} drives",
            "evalai/stdout.txt": f"- Completed {drives} out of the 30 routes",
        }
        marks = ENDS[self.truth] if self.over else ()
        owner = {"console/job.json": self._whole.files["console/job.json"]}
        contents = {key: _content(text) for key, text in texts.items()}
        ends = {key: _content("") for key in marks}
        log = {"logcopy/logcopy.log": lines}
        files = owner | contents | ends
        return replace(self._whole, files=files, view=self.view, ended=self.over, lines=log)

    def _standing(self) -> Standing:
        seen = SeenHere(self._board, heard=True)
        return Standing(seen, self.view, self.truth if self.over else None, "")

    # --- what a recorder does

    @property
    def closed(self) -> bool:
        return all(each.closed for each in self.known.values())

    def play(self, *others: DeliveredRun) -> None:
        while not all(each.closed for each in (self, *others)):
            assert self.clock.now - BEGIN < timedelta(days=2), "it never ends"
            for each in self.chance.sample((self, *others), len(others) + 1):
                each.look()
            self.clock.pass_by(self.chance.choice((0.5, 1, 2, 20, 60)))

    def look(self) -> None:
        """At both targets, unless it is killed meanwhile: then by the next recorder."""
        for kind in DeliveryKind:
            try:
                self._advance(self._errands, kind)
            except Killed:
                self._begin()
                self.clock.pass_by(self.chance.uniform(0, 300))

    def _advance(self, errands: Errands, kind: DeliveryKind) -> None:
        known, now, here = self.known[kind], self.clock.now, self._standing()
        waits = known.not_before is not None and now < known.not_before
        rests = known.rest_until is not None and now < known.rest_until
        if not (known.closed or waits or (rests and not here.over)):
            made = errands.advance(known, here)
            self.ledger.put(made)
            self.known[kind] = made

    # --- what a test asserts

    @property
    def needless(self) -> list[str]:
        """What was sent again as it was there already."""
        there: dict[str, str] = {}
        again = []
        for key, digest in self.bucket.puts:
            if there.get(key) == digest:
                again.append(key)
            there[key] = digest
        return again

    @property
    def there(self) -> dict[str, bytes]:
        """All but the claim."""
        found = self.bucket.there.items()
        return {key: content for key, (content, _) in found if not key.endswith(CLAIM)}

    @property
    def wanted(self) -> dict[str, bytes]:
        tree = self.tree()
        return {f"{tree.folder}/{k}": b"".join(v()) for k, v in tree.files.items()}

    @property
    def ends(self) -> list[TableMark]:
        return [each for each in self.row.told if "end_time" in dict(each.fields)]


def _content(text: str) -> Blocks:
    return lambda: iter((text.encode(),))
