"""The verdict on a scene: what happened, how sure that is, whose it is, what to do next. Pure.

A fact of the cluster outranks what any log says; an agent's words prove nothing about the platform.
Not sure is a verdict too, and signs that contradict each other are named, never left out.
"""

from __future__ import annotations

from datetime import timedelta
from enum import IntEnum

import msgspec

from console.diagnosis.catalogue import Catalogue, Cause, Owner, Sign, Strength, within
from console.diagnosis.matching import Candidate, Evidence, candidates
from console.diagnosis.scene import LOST, Fact, FactKind, Scene, Witness, half_of
from console.diagnosis.told_route import prepared_before
from console.diagnosis.wording import filled, in_words

_NEAR = timedelta(minutes=5)
"""Before a death: what was said earlier did not keep it from going on."""
_AROUND = timedelta(minutes=15)
"""Between a trouble of the node and a death: what hangs is noticed late."""
_NO_SIGN = Sign()
_OF_HALF = {"agent": Owner.AGENT, "simulator": Owner.SIMULATOR}


class Confidence(IntEnum):
    """How sure a verdict is."""

    UNSURE = 0
    POSSIBLE = 1
    LIKELY = 2
    CERTAIN = 3


_WEIGHT = {
    Strength.HINT: Confidence.POSSIBLE,
    Strength.STRONG: Confidence.LIKELY,
    Strength.PROOF: Confidence.CERTAIN,
}


class Verdict(msgspec.Struct, frozen=True, gc=False):
    """On one scene; `cause` is None where nothing that is known tells it."""

    confidence: Confidence
    what: str
    """One plain sentence."""
    advice: str
    cause: Cause | None = None
    pair: int | None = None
    attempt: int | None = None
    route: str = ""
    died_first: str = ""
    evidence: tuple[Evidence, ...] = ()
    """The strongest first."""
    contradictions: tuple[str, ...] = ()
    """What speaks against it, one sentence each."""
    consequences: tuple[str, ...] = ()
    """Names of causes that show signs too, and follow from this one."""
    team: str = ""
    """What the team is to change; empty where it is not theirs."""

    @property
    def owner(self) -> Owner | None:
        """Whose it is. Where no cause is known, whose half ended by itself: the surest guess there
        is, and with no confidence. None where that is not known either."""
        return self.cause.owner if self.cause is not None else _OF_HALF.get(self.died_first)


class _Weighed(msgspec.Struct, frozen=True, gc=False):
    candidate: Candidate
    confidence: Confidence
    doubts: tuple[str, ...] = ()


def judge(known: Catalogue, scene: Scene) -> Verdict:
    """The verdict on that scene."""
    weighed = [_weigh(each, scene) for each in candidates(known.causes, scene)]
    standing = [each for each in weighed if not _follows(each, weighed, scene)]
    standing.sort(key=lambda each: _rank(each, scene))
    if not standing:
        return _not_sure(scene)
    best, rest = standing[0], standing[1:]
    follows = tuple(
        each.candidate.cause.name
        for each in weighed
        if each.candidate.cause.name in best.candidate.cause.over
    )
    rivals = [each for each in rest if _rivals(best, each)]
    confidence = best.confidence
    if any(each.confidence is best.confidence for each in rivals):
        confidence = min(confidence, Confidence.POSSIBLE)
    if best.candidate.cause.bare and any(_may_be_why(each, best) for each in rest):
        confidence = min(confidence, Confidence.LIKELY)
    doubts = (*best.doubts, *map(_against, rivals))
    return _verdict(best.candidate, scene, confidence, doubts, follows)


def _weigh(candidate: Candidate, scene: Scene) -> _Weighed:
    cause = candidate.cause
    sure = max(_worth(each, cause, scene) for each in candidate.evidence)
    witnesses = {each.witness for each in candidate.evidence}
    strong = {e.witness for e in candidate.evidence if _worth(e, cause, scene) is sure}
    if sure is Confidence.LIKELY and len(strong) > 1 and max(strong) >= Witness.SUPERVISOR:
        sure = Confidence.CERTAIN
    if cause.coarse:
        sure = min(sure, Confidence.LIKELY)
    doubts: tuple[str, ...] = ()
    if cause.half in ("simulator", "agent") and scene.died_first not in ("", cause.half):
        doubts = (f"the {scene.died_first} died first, not the {cause.half}",)
        proven = max(witnesses) is Witness.CLUSTER and sure is Confidence.CERTAIN
        sure = sure if proven else Confidence(max(sure - 1, Confidence.POSSIBLE))
    return _Weighed(candidate, sure, doubts)


def _worth(evidence: Evidence, cause: Cause, scene: Scene) -> Confidence:
    """What a sign says, no more than who says it can know; long before a death it says less."""
    worth = _WEIGHT[evidence.sign.strength]
    if evidence.witness >= Witness.SUPERVISOR:
        return worth
    foreign = evidence.witness is Witness.AGENT and cause.owner is not Owner.AGENT
    if foreign or _long_before(evidence, scene):
        return Confidence.POSSIBLE
    return min(worth, Confidence.LIKELY)


def _long_before(evidence: Evidence, scene: Scene) -> bool:
    said = evidence.line.at if evidence.line is not None else None
    return said is not None and scene.ended_at is not None and scene.ended_at - said > _NEAR


def _follows(each: _Weighed, others: list[_Weighed], scene: Scene) -> bool:
    """It is a consequence of another one that is as sure, or likely at least, or a less exact word
    for the same line or fact, or a bare end of which the other is why."""
    return any(
        _is_read_closer(each.candidate, other.candidate)
        or _is_why(other, each, scene)
        or (
            each.candidate.cause.name in other.candidate.cause.over
            and other.confidence >= min(each.confidence, Confidence.LIKELY)
            and not (_hearsay(other.candidate) and _went_on(other.candidate, each.candidate))
        )
        for other in others
    )


def _is_why(reason: _Weighed, end: _Weighed, scene: Scene) -> bool:
    """What its own half, or the cluster of its node, said shortly before a bare end."""
    why, cause = reason.candidate.cause, end.candidate.cause
    if not cause.bare or why.bare or why.coarse:
        return False
    if why.owner is Owner.NODE and any(_in_its_time(e, scene) for e in reason.candidate.evidence):
        return cause.coarse or reason.confidence >= Confidence.LIKELY
    if cause.name in why.over and cause.half == "agent":
        said = filter(_said_as_end, reason.candidate.evidence)
        return any(not _long_before(each, scene) for each in said)
    return bool(why.half) and why.half == cause.half and reason.confidence >= Confidence.LIKELY


def _said_as_end(evidence: Evidence) -> bool:
    return evidence.line is not None and evidence.sign.strength is not Strength.HINT


def _in_its_time(evidence: Evidence, scene: Scene) -> bool:
    fact = evidence.fact
    if fact is None or fact.witness is not Witness.CLUSTER or scene.pair is None:
        return False
    ends = (fact.at, scene.ended_at)
    return ends[0] is None or ends[1] is None or abs(ends[1] - ends[0]) <= _AROUND


def _may_be_why(other: _Weighed, end: _Weighed) -> bool:
    """Whoever of them is weak still takes from the certainty; an agent only from its own end."""
    why, cause = other.candidate.cause, end.candidate.cause
    heard = all(each.witness is Witness.AGENT for each in other.candidate.evidence)
    return not (why.bare or why.coarse) and (not heard or cause.half == "agent")


def _is_read_closer(where: Candidate, why: Candidate) -> bool:
    if not where.cause.coarse or why.cause.coarse or why.cause.name in where.cause.over:
        return False
    told = {_source(each) for each in why.evidence}
    return any(_source(each) in told for each in where.evidence)


def _source(evidence: Evidence) -> Fact | tuple[str, str] | None:
    line = evidence.line
    return evidence.fact if line is None else (line.container, line.text)


def _went_on(said: Candidate, then: Candidate) -> bool:
    """What the agent complained of did not end it: something of its own did, later."""
    return then.cause.owner is Owner.AGENT and _last_line(said) < _last_line(then)


def _last_line(candidate: Candidate) -> int:
    places = (e.line.number for e in candidate.evidence if e.line and e.witness is Witness.AGENT)
    return max((place for place in places if place is not None), default=-1)


def _hearsay(candidate: Candidate) -> bool:
    """Nobody but the agent speaks for it, and it is not the agent's."""
    said = all(each.witness is Witness.AGENT for each in candidate.evidence)
    return said and candidate.cause.owner is not Owner.AGENT


def _rank(each: _Weighed, scene: Scene) -> tuple[int, int, bool, int, int]:
    """The surest first; of equals what is no hearsay, that of the half that died first, then what
    more speaks for."""
    cause = each.candidate.cause
    of_first = bool(scene.died_first) and cause.half == scene.died_first
    witness = max(found.witness for found in each.candidate.evidence)
    late = 2 * cause.only_where + _hearsay(each.candidate)
    return -each.confidence, late, not of_first, -witness, -len(each.candidate.evidence)


def _is_status(candidate: Candidate) -> bool:
    """What became of the submission is known: it contradicts nothing else, and nothing else it."""
    return any(
        each.fact is not None
        and each.fact.kind is FactKind.STATUS
        and each.sign.strength is Strength.PROOF
        for each in candidate.evidence
    )


def _rivals(best: _Weighed, other: _Weighed) -> bool:
    """Another owner would have to act, and it is hardly less sure; what tells no why contradicts
    nothing that does."""
    told, cause = best.candidate.cause, other.candidate.cause
    if _is_status(best.candidate) or _is_status(other.candidate):
        return False
    if cause.owner is told.owner or cause.only_where or (cause.coarse and not told.coarse):
        return False
    return other.confidence >= best.confidence - 1


def _against(other: _Weighed) -> str:
    cause = other.candidate.cause
    return f"{within(cause.title)} shows signs too ({in_words(other.candidate.evidence[0])})"


def _verdict(
    candidate: Candidate,
    scene: Scene,
    confidence: Confidence,
    doubts: tuple[str, ...],
    follows: tuple[str, ...],
) -> Verdict:
    cause = candidate.cause
    evidence = tuple(sorted(candidate.evidence, key=lambda each: -_worth(each, cause, scene)))
    values = _values(scene, evidence)
    return Verdict(
        confidence,
        filled(cause.what, values),
        filled(cause.advice, values),
        cause,
        scene.pair,
        scene.attempt,
        _route(scene, evidence),
        scene.died_first,
        evidence,
        doubts,
        follows,
        filled(cause.team, values),
    )


def _route(scene: Scene, evidence: tuple[Evidence, ...]) -> str:
    """Where it happened: as long as nothing died, the route whose record tells of it."""
    records = (e.fact.about for e in evidence if e.fact and e.fact.kind is FactKind.RECORD)
    if scene.died_first:
        return scene.route
    # What its pair drives now is of the pod that follows.
    lost = any(e.fact and e.fact.kind is FactKind.POD and e.fact.about == LOST for e in evidence)
    said = next((e.line for e in evidence if e.line and e.witness is Witness.AGENT), None)
    present = prepared_before(scene.lines, said) if said else scene.route
    return next(records, "" if lost else present)


def _values(scene: Scene, evidence: tuple[Evidence, ...]) -> dict[str, str]:
    values = {
        "pair": str(scene.pair) if scene.pair else "",
        "attempt": str(scene.attempt) if scene.attempt else "",
        "route": _route(scene, evidence),
    }
    for each in reversed(evidence):
        values |= {"container": _where(each), "times": str(each.times)} | dict(each.groups)
        if each.fact is not None and each.fact.exit_code is not None:
            values["exit"] = str(each.fact.exit_code)
    return values


def _where(evidence: Evidence) -> str:
    """Whose a sign is: a container, or what has them."""
    if evidence.line is not None:
        return evidence.line.container
    if evidence.fact is None:
        return ""
    about = evidence.fact.about
    if evidence.fact.kind is FactKind.POD:
        about = "pod"
    return f"the {about}" if about in ("pod", "job", "node") else about


def _not_sure(scene: Scene) -> Verdict:
    who = f"the {scene.died_first} of pair {scene.pair}" if scene.died_first else "it"
    end = next((each for each in reversed(scene.facts) if _is_own_end(each, scene)), None)
    told = f" ({in_words(Evidence(_NO_SIGN, end))})" if end is not None else ""
    return Verdict(
        Confidence.UNSURE,
        f"Nothing that is known tells why {who} ended{told}.",
        "Read both logs before the death; what was written last, and by whom, says most.",
        pair=scene.pair,
        attempt=scene.attempt,
        route=scene.route,
        died_first=scene.died_first,
    )


def _is_own_end(fact: Fact, scene: Scene) -> bool:
    return fact.kind is FactKind.ENDING and half_of(fact.about) == scene.died_first
