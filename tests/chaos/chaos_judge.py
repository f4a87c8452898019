"""The invariants: what must be true of a submission however it was disturbed. Pure.

Takes what an independent witness saw and what the product says; returns each violation as one
plain sentence. No violation, empty list.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from chaos_plan import ROUTES, World
from chaos_witness import Drive, Evidence, Sight, comparable, key_of, records_of

from console.domain.partition import by_count

Held = tuple[int, float, float]
"""(pair or 0 for all, from, to): a time in which no copy of a checkpoint could be made."""

CRASHED = "Failed - Simulation crashed"
_SLACK = 1.5
"""Seconds by which the witness may see later than logcopy."""
_LATE = 0.5
"""Seconds by which the witness may see a checkpoint later than its evaluator's next line."""
_COPY_SECONDS = 2.0
"""Seconds after which a supervisor that was not hindered must have copied a whole checkpoint."""


@dataclass(frozen=True)
class Outcome:
    """What the product says at the end. `status` and `results`: the console's own answers."""

    complete: bool
    pod: Mapping[str, Any] = field(default_factory=dict)
    status: Mapping[str, Any] = field(default_factory=dict)
    results: Mapping[str, Any] = field(default_factory=dict)
    left_over: tuple[str, ...] = ()
    stop_seconds: float | None = None
    """Of a cancelled submission: from the command to the end of its last process."""


@dataclass
class Verdict:
    """Violations, and the finished drives that were repeated for one of two good reasons."""

    violations: list[str] = field(default_factory=list)
    excused: list[str] = field(default_factory=list)
    """A cut took the only copy."""
    by_contract: list[str] = field(default_factory=list)


def keys_of(world: World) -> dict[str, int]:
    """Every drive that was launched -> its pair."""
    parts = by_count([str(route) for route in range(ROUTES)], world.pairs)
    return {
        f"RouteScenario_{route}_rep{repetition}": pair
        for pair, own in enumerate(parts, 1)
        for route in own
        for repetition in range(world.repetitions)
    }


def judge(
    world: World,
    evidence: Evidence,
    outcome: Outcome,
    reference: Mapping[str, Any] | None,
    held: Iterable[Held] = (),
) -> Verdict:
    """Everything that can be said of one ended submission."""
    verdict = Verdict()
    say = verdict.violations.append
    for trouble in evidence.troubles:
        say(trouble)
    documents = evidence.documents()
    final = documents[-1][1] if documents else None
    if final is None:
        say("logcopy told no merged document")
    else:
        _check_final(world, evidence, outcome, final, reference, list(held), verdict)
    _check_repeats(evidence, list(held), verdict)
    _check_inherited(evidence, final, world, say)
    _check_progress(world, evidence, documents, say)
    _check_budget(evidence, outcome, say)
    for process in outcome.left_over:
        say(f"a process is left over: {process}")
    if outcome.stop_seconds is not None and outcome.stop_seconds > 10.0:
        say(f"the cancel took {outcome.stop_seconds:.1f} s until the last process was gone")
    return verdict


def _check_final(
    world: World,
    evidence: Evidence,
    outcome: Outcome,
    final: Mapping[str, Any],
    reference: Mapping[str, Any] | None,
    held: list[Held],
    verdict: Verdict,
) -> None:
    say = verdict.violations.append
    records = final["_checkpoint"]["records"]
    launched = keys_of(world)
    there: dict[str, dict[str, Any]] = {}
    for record in records:
        key = _merged_key(record, world)
        if key in there:
            say(f"{key} is in the merged result twice")
        if key not in launched:
            say(f"{key} is in the merged result but was not launched")
        there[key] = comparable(record)
    for pair in evidence.numbers:
        for key, (_, record) in evidence.finished(pair).items():
            if key not in there:
                _judge_absence(evidence, pair, key, held, verdict)
            elif there[key] != record:
                say(f"{key} of pair {pair}: the merged record is not the one that was written")
    is_final = bool(final["_checkpoint"]["global_record"])
    if is_final and set(there) != set(launched):
        missing = sorted(set(launched) - set(there))
        say(f"the merged result is final without {', '.join(missing)}")
    if outcome.complete:
        _check_complete(world, evidence, outcome, final, reference, say)
    _check_console(world, outcome, final, say)


def _merged_key(record: Mapping[str, Any], world: World) -> str:
    """1.0 indexes restart per file and are positions in the whole here."""
    return key_of(dict(record), world.leaderboard, world.repetitions)


def _check_complete(
    world: World,
    evidence: Evidence,
    outcome: Outcome,
    final: Mapping[str, Any],
    reference: Mapping[str, Any] | None,
    say: Any,
) -> None:
    if not final["_checkpoint"]["global_record"]:
        say("the Job is complete but the merged result is not")
    difference = ""
    if reference is not None:
        given_up = _given_up(world, evidence, final, reference, say)
        difference = _first_difference(_without(final, given_up), _without(reference, given_up))
    if difference:
        say(f"the merged result is not that of the undisturbed run: {difference}")
    on_disk = evidence.merged[-1][1] if evidence.merged else None
    if on_disk != final:
        say("the merged file on disk is not what logcopy told")
    for entry in outcome.pod.get("status", {}).get("containerStatuses", []):
        ended = entry["state"].get("terminated")
        if ended is None or ended["exitCode"] != 0:
            say(f"{entry['name']} did not end with 0 although the Job is complete")


def _given_up(
    world: World,
    evidence: Evidence,
    final: Mapping[str, Any],
    reference: Mapping[str, Any],
    say: Any,
) -> set[str]:
    """Drives recorded as crashed: the doomed ones, and any other that had all its attempts.

    Each must have begun as often as the brake allows before it was recorded.
    """
    found, calm = records_of(dict(final), world), records_of(dict(reference), world)
    doomed = {key for key in keys_of(world) if int(key.split("_")[1]) in world.doomed}
    for key in sorted(doomed & set(found)):
        if found[key]["status"] != CRASHED:
            say(f"{key} crashes every time but is recorded as {found[key]['status']}")
    given_up = {key for key in found if found[key]["status"] == CRASHED}
    for key in sorted(given_up - set(evidence.inherited)):
        begun = sum(drive.key == key for drive in evidence.drives)
        if not world.attempts or begun < world.attempts:
            say(f"{key} is recorded as crashed after {begun} attempts")
    return {key for key in given_up if found[key] != calm.get(key)}


def _without(document: Mapping[str, Any], keys: set[str]) -> Any:
    """A document without some drives and what follows from them; all of it without any."""
    if not keys:
        return document
    records = document["_checkpoint"]["records"]
    return [record for record in records if not any(_is_of(record, key) for key in keys)]


def _is_of(record: Mapping[str, Any], key: str) -> bool:
    return str(record["route_id"]) in (key, key.rpartition("_")[0])


def _check_console(world: World, outcome: Outcome, final: Mapping[str, Any], say: Any) -> None:
    """What the console shows is what was merged."""
    if not outcome.results:
        return
    is_final = bool(final["_checkpoint"]["global_record"])
    if outcome.results.get("final") != is_final:
        say(f"the console says final={outcome.results.get('final')}, the merged result {is_final}")
    done = outcome.results.get("routes", {}).get("done")
    if done != len(final["_checkpoint"]["records"]):
        say(
            f"the console says {done} drives, the merged result {len(final['_checkpoint']['records'])}"
        )
    if is_final:
        name = "scores" if world.leaderboard == "1.0" else "scores_mean"
        right = final["_checkpoint"]["global_record"][name]["score_composed"]
        shown = outcome.results.get("mean", {}).get("composed")
        if shown is None or abs(shown - right) > 1e-6:
            say(f"the console shows a mean of {shown}, the merged result {right}")


def _check_repeats(evidence: Evidence, held: list[Held], verdict: Verdict) -> None:
    """A finished drive begins again only after a cut that took every copy of it."""
    for pair in evidence.numbers:
        finished = evidence.finished(pair)
        begun: Counter[str] = Counter(evidence.inherited.keys())
        in_run: set[tuple[int, str]] = set()
        for drive in (d for d in evidence.drives if d.pair == pair):
            begun[drive.key] += 1
            if (drive.run, drive.key) in in_run:
                verdict.violations.append(f"{drive.key} was driven twice in one attempt")
            in_run.add((drive.run, drive.key))
            if begun[drive.key] == 1 or drive.key not in finished:
                continue
            if finished[drive.key][0] < drive.t:
                _judge_repeat(evidence, pair, drive.key, drive.t, held, verdict)


def _repeated(evidence: Evidence) -> list[Drive]:
    """Drives that began again after they were finished: until they are, their pair tells less."""
    first_seen = {
        key: t for pair in evidence.numbers for key, (t, _) in evidence.finished(pair).items()
    }
    return [drive for drive in evidence.drives if first_seen.get(drive.key, math.inf) < drive.t]


def _judge_repeat(
    evidence: Evidence, pair: int, key: str, t: float, held: list[Held], verdict: Verdict
) -> None:
    whole = [s for s in evidence.sights.get((pair, "checkpoint"), []) if s.t <= t + _LATE]
    last = max((n for n, sight in enumerate(whole) if key in sight.finished), default=-1)
    if whole[last].repeated == key:
        verdict.by_contract.append(f"{key} of pair {pair}")
    elif last == len(whole) - 1:
        text = f"{key} of pair {pair} was driven again although its checkpoint holds it as finished"
        verdict.violations.append(text)
    else:
        _judge_loss(evidence, pair, key, whole[: last + 2], held, verdict)


def _judge_absence(
    evidence: Evidence, pair: int, key: str, held: list[Held], verdict: Verdict
) -> None:
    """A drive that was finished is not in the last result, of a cancelled submission perhaps."""
    whole = evidence.sights.get((pair, "checkpoint"), [])
    last = max(n for n, sight in enumerate(whole) if key in sight.finished)
    if last == len(whole) - 1:
        text = f"{key} of pair {pair} was finished but is not in the merged result"
        verdict.violations.append(text)
    else:
        _judge_loss(evidence, pair, key, whole[: last + 2], held, verdict)


def _judge_loss(
    evidence: Evidence,
    pair: int,
    key: str,
    whole: list[Sight],
    held: list[Held],
    verdict: Verdict,
) -> None:
    """The last of these sights does not hold the drive, the one before did."""
    lost, last = whole[-1].t, len(whole) - 2
    while last > 0 and key in whole[last - 1].finished:
        last -= 1
    since = whole[last].t
    copies = [s for s in evidence.sights.get((pair, "good"), []) if since <= s.t < lost]
    if any(key in copy.finished for copy in copies):
        text = f"{key} of pair {pair} was lost although the good copy held it"
        verdict.violations.append(text)
        return
    hindered = any(p in (0, pair) and a <= lost and b >= since for p, a, b in held)
    if lost - since > _COPY_SECONDS and not hindered:
        text = f"{key} of pair {pair} was lost: not copied in {lost - since:.1f} s"
        verdict.violations.append(text)
    else:
        verdict.excused.append(f"{key} of pair {pair}")


def _check_progress(world: World, evidence: Evidence, documents: list[Any], say: Any) -> None:
    """Snapshots in their order: never more than is true, never less than before (but for what
    was told while the disk took nothing, and then lost everywhere)."""
    first_seen = {
        key: t for pair in evidence.numbers for key, (t, _) in evidence.finished(pair).items()
    }
    before, sequence, since, previous = 0, -1, 0.0, 0.0
    repeats = _repeated(evidence)
    for told in evidence.told:
        if told.sequence <= sequence:
            say(f"sequence number {told.sequence} follows {sequence}")
        sequence = told.sequence
        if told.kind != "snapshot":
            continue
        done = told.payload["done"]
        true = sum(t <= told.t + _SLACK for t in first_seen.values())
        if done > true:
            say(f"a snapshot tells {done} finished drives when {true} were")
        open_again = len({drive.pair for drive in repeats if drive.t <= told.t + _SLACK})
        if done < before - open_again and not any(since < t <= told.t for t in evidence.unwritten):
            say(f"a snapshot tells {done} finished drives after one that told {before}")
        if done >= before:
            before, since = done, previous
        previous = told.t
        if told.payload["status"] == "complete":
            _check_claim("a snapshot", told.t, world, evidence, first_seen, say)
    for t, document, _ in documents:
        if document["_checkpoint"]["global_record"]:
            _check_claim("a merged document", t, world, evidence, first_seen, say)
    for t, document in evidence.merged:
        if document["_checkpoint"]["global_record"]:
            _check_claim("the merged file", t, world, evidence, first_seen, say)


def _check_claim(
    what: str,
    t: float,
    world: World,
    evidence: Evidence,
    first_seen: Mapping[str, float],
    say: Any,
) -> None:
    """`what` said at `t` that everything is complete."""
    open_drives = [key for key in keys_of(world) if first_seen.get(key, t + 99) > t + _SLACK]
    if open_drives:
        say(
            f"{what} claims complete too early: {', '.join(sorted(open_drives)[:5])} were not finished"
        )
    later = [drive.key for drive in evidence.drives if drive.t > t]
    if later:
        say(f"{what} claims complete, and {later[0]} began after it")


def _check_inherited(
    evidence: Evidence, final: Mapping[str, Any] | None, world: World, say: Any
) -> None:
    """What was finished before a cancel is in the result as it was, and in the checkpoint from
    which its pair goes on; a repeat from there on is judged as any other."""
    there = {} if final is None else records_of(dict(final), world)
    finished = {k: t for pair in evidence.numbers for k, (t, _) in evidence.finished(pair).items()}
    for key, record in evidence.inherited.items():
        if key not in there:
            say(f"{key} was finished before the cancel but is not in the result")
        elif there[key] != record:
            say(f"{key}: the record is not the one from before the cancel")
        if any(d.key == key and d.t < finished.get(key, math.inf) for d in evidence.drives):
            say(f"{key} was driven again although it was finished before the cancel")


def _check_budget(evidence: Evidence, outcome: Outcome, say: Any) -> None:
    """restartCount is the number of runs but one, and the console spends just that."""
    spent = 0
    found = outcome.pod.get("status", {})
    for entry in found.get("initContainerStatuses", []) + found.get("containerStatuses", []):
        spent += entry["restartCount"]
        runs = evidence.runs.get(entry["name"], 0)
        if entry["restartCount"] != runs - 1:
            say(f"{entry['name']} ran {runs} times with {entry['restartCount']} restarts counted")
    told = outcome.status.get("budget", {}).get("used")
    if outcome.pod and told is not None and told != spent:
        say(f"the console says {told} restarts are spent, the API {spent}")


def _first_difference(one: Any, other: Any, where: str = "") -> str:
    """Where two documents differ, or nothing. Numbers of one kind may differ by rounding: a drive
    adds up its seconds in as many steps as its pace has."""
    if isinstance(one, dict) and isinstance(other, dict) and list(one) == list(other):
        below = (_first_difference(one[key], other[key], f"{where}/{key}") for key in one)
        return next((found for found in below if found), "")
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        below = (
            _first_difference(mine, right, f"{where}/{number}")
            for number, (mine, right) in enumerate(zip(one, other, strict=True))
        )
        return next((found for found in below if found), "")
    same = type(one) is type(other) and one == other
    if isinstance(one, float) and isinstance(other, float):
        same = math.isclose(one, other, rel_tol=1e-9)
    return "" if same else f"{where} is {str(one)[:80]}, not {str(other)[:80]}"
