"""The words at the end of a run: what was done, what was found, what was measured."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from chaos_faults import Done
from chaos_run import Trial

_LONGEST_FAULT_SECONDS = 10.0
_LEAST_LIFE_SECONDS = 5.0


def line_of(trial: Trial) -> str:
    """One submission in one line."""
    world = trial.plan.world
    ended = "complete" if trial.complete else "cancelled" if trial.is_cancelled else "NOT COMPLETE"
    if trial.stop_seconds is not None and not trial.complete:
        ended += f" in {trial.stop_seconds:.1f} s"
    found = f"{len(trial.verdict.violations)} VIOLATIONS" if trial.verdict.violations else "ok"
    return (
        f"{trial.name}: Leaderboard {world.leaderboard}, {world.repetitions} rep, "
        f"{_doom(trial)}{len(trial.done)} faults, {trial.restarts} restarts, {ended}, "
        f"{trial.seconds:.0f} s: {found}"
    )


def _doom(trial: Trial) -> str:
    kept = f"{len(trial.inherited)} drives kept, " if trial.resumes is not None else ""
    doomed = trial.plan.world.doomed
    return kept + (f"routes {' '.join(map(str, doomed))} doomed, " if doomed else "")


def summary(trials: Sequence[Trial]) -> str:
    """Totals and measurements of a whole run."""
    done = [entry for trial in trials for entry in trial.done]
    kinds = Counter(
        f"{entry.fault.kind} {entry.fault.victim}".strip()
        if entry.fault.kind in ("kill", "stop", "late")
        else entry.fault.kind
        for entry in done
    )
    absent = sum(len(trial.absent) for trial in trials)
    excused = sum(len(trial.verdict.excused) for trial in trials)
    contract = sum(len(trial.verdict.by_contract) for trial in trials)
    lines = [
        f"{len(done)} faults in {len(trials)} submissions, {sum(t.restarts for t in trials)} restarts, "
        f"{absent} faults found no victim",
        ", ".join(f"{count} {kind}" for kind, count in kinds.most_common()),
        f"{excused} finished drives repeated after a cut that took their only copy, "
        f"{contract} because the contract says so",
    ]
    for victim in ("server", "evaluator", "simulator", "agent"):
        times = [
            entry.stopped_after
            for trial in trials
            for entry in trial.done
            if entry.fault.victim == victim
            and entry.stopped_after is not None
            and _is_alone(entry, trial.done)
        ]
        if times:
            lines.append(f"{victim} killed -> both workloads gone: {_spread(times)} s")
    stops = [t.stop_seconds for t in trials if t.stop_seconds is not None]
    if stops:
        lines.append(f"cancel -> last process gone: {_spread(stops)} s")
    lives = [life for trial in trials for life in trial.lives.values()]
    peaks = [life.peak_kilobytes / 1024 for life in lives if life.peak_kilobytes]
    long = [life for life in lives if life.seconds > _LEAST_LIFE_SECONDS]
    if long:
        share = 100 * sum(life.cpu for life in long) / sum(life.seconds for life in long)
        lines.append(f"logcopy: {share:.2f} % of a core, at most {max(peaks):.0f} MB resident")
    return "\n".join(lines)


def failure(trial: Trial, command: str, folder: str) -> str:
    """Everything needed to look into a violation."""
    lines = [f"submission {trial.plan.number} of this seed violates:"]
    lines += [f"  - {text}" for text in trial.verdict.violations]
    lines.append("after these faults:")
    lines += [f"  {entry.t:.3f} {entry.fault}" for entry in trial.done]
    lines += [f"evidence: {folder}", f"again: {command}"]
    return "\n".join(lines)


def _is_alone(entry: Done, others: Iterable[Done]) -> bool:
    """No other fault could hold up what follows from this one."""
    begin, end = entry.t - _LONGEST_FAULT_SECONDS, entry.t + (entry.stopped_after or 0.0)
    return not any(
        begin < other.t < end and other.fault.pair in (0, entry.fault.pair)
        for other in others
        if other is not entry and other.fault.victim != "logcopy"
    )


def _spread(times: Iterable[float]) -> str:
    ordered = sorted(times)
    middle = ordered[len(ordered) // 2]
    high = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
    return f"median {middle:.2f}, 95 % {high:.2f}, worst {ordered[-1]:.2f} of {len(ordered)}"
