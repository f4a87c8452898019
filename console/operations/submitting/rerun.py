"""Driving routes of an ended submission again, with all its other drives kept: one result of all.

The new submission has the same pairs and all the routes, shared out anew: see
`console.domain.rerun_shares`. The old one, its recording and its records stay as they are; which of
its drives are replaced, what they had come to and why stands on the new Job. What there is to read,
and what stays, is `resume`'s.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from console.diagnosis.outlook import outlook
from console.domain.driven_again import DrivenAgain, Why
from console.domain.rerun_shares import rerun_shares
from console.errors import Conflict, InvalidInput
from console.operations.recording.finished_drives import (
    Drive,
    Finished,
    partial_texts,
    repeated_drives,
)
from console.operations.services import Services
from console.operations.storing.stored import StoredSubmission
from console.operations.submitting.resume import EndedSubmission, Resumption, made, standing
from console.operations.submitting.routes_file import RoutesFile, ids_of
from console.results.plan import PairRoutes, Plan, PlanError
from console.results.subsets import ROUTE, parse, spelled
from console.specs.again import Rerouted
from console.specs.compose import Composed
from console.specs.known_routes import public_routes


class RerunWanted(msgspec.Struct, frozen=True):
    """What somebody wants driven again."""

    routes: str = ""
    """As a subset: `6,11,16`; empty for what a crash has ended."""
    finished_too: bool = False
    """Also what ended by its agent's own doing; the result then does not count."""
    order: RoutesFile | None = None
    """The routes file, where nothing else tells in which order it has them."""


class Rerun(msgspec.Struct, frozen=True):
    """The submission that drives them again, ready to be launched."""

    resumption: Resumption
    replaced: tuple[DrivenAgain, ...]
    """Finished drives of the old one that do not stay, with what they had come to."""
    missing: int
    """Drives that the old one had not finished: they are driven as well."""


async def rerun(
    services: Services,
    namespace: str,
    name: str,
    wanted: RerunWanted,
    *,
    new_name: str = "",
    backoff_limit: int | None = None,
    stored: StoredSubmission | None = None,
) -> Rerun:
    """As `resume`, for what is wanted and all that is missing.

    Raises as that does; Conflict where nothing would be driven again or nothing would stay, or
    where a drive that ended by its agent's own doing is not asked for.
    """
    now = await standing(services, namespace, name, stored, final_too=True)
    order = _in_file_order(now, wanted.order)
    asked = _asked(now, order, wanted)
    plan, kept = _shared_out(now, order, {drive for drive, _ in asked})
    behind = repeated_drives(plan, kept)
    replaced = tuple(_replaced(now, [*asked, *((drive, _why(now, drive)) for drive in behind)]))
    if not wanted.finished_too:
        _refuse_own_doing(now, replaced)
    if len(kept.records) == len(behind):
        raise Conflict(
            f"Nothing of {name} would stay: that is a launch of its own.", fix="Launch it anew."
        )
    again = (*now.launched.driven_again, *replaced)
    route_to = Rerouted(plan.drives.subsets, again)
    texts, _ = await asyncio.to_thread(partial_texts, plan, kept)
    composed = await made(services, now, texts, new_name, backoff_limit, rerun=route_to)
    stay = len(kept.records) - len(behind)
    told = _resumption(now, composed, stay)
    return Rerun(told, replaced, plan.total - stay - len(replaced))


def _resumption(now: EndedSubmission, composed: Composed, kept: int) -> Resumption:
    doubt = outlook(now.board)
    return Resumption(
        composed,
        kept,
        now.plan.total,
        remarks=now.found.remarks,
        outlook=doubt.text if doubt else "",
        unlike=now.found.unlike,
    )


def _asked(
    now: EndedSubmission, order: Sequence[str], wanted: RerunWanted
) -> list[tuple[Drive, Why]]:
    """The finished drives that are to be driven again."""
    done = [
        (drive, _why(now, drive, Why.CHOSEN))
        for drive in _drives(now.plan, order)
        if drive in now.finished.records
    ]
    if wanted.routes:
        named = set(_named(now, order, wanted.routes))
        found = [each for each in done if each[0][0] in named]
        nothing = "has no finished drive yet: a resume drives all that is missing"
    else:
        found = [each for each in done if each[1] is Why.CRASHED]
        nothing = "has no drive that a crash ended: nothing was given up"
    if not found:
        raise Conflict(
            f"{now.board.name} {nothing}.",
            fix="Name the routes to drive again, or resume it, which drives what is missing.",
        )
    return found


def _named(now: EndedSubmission, order: Sequence[str], text: str) -> list[str]:
    ids = [route.removeprefix(ROUTE) for route in order]
    try:
        return [ROUTE + route for route in parse(text).select(ids)]
    except PlanError as error:
        raise InvalidInput(
            f"{now.board.name} cannot drive {text} again.", why=f"{error}."
        ) from error


def _in_file_order(now: EndedSubmission, file: RoutesFile | None) -> list[str]:
    """All launched routes as the routes file has them; it is what an evaluator drives by."""
    there = [pair.routes for pair in now.plan.pairs]
    ids = ids_of(file) if file is not None else public_routes(now.found.manifest)
    if ids is not None:
        places = {ROUTE + route: place for place, route in enumerate(ids)}
        routes = [route for own in there for route in own]
        if lacks := next((route for route in routes if route not in places), ""):
            where = file.name if file is not None else "The public routes file"
            raise InvalidInput(f"{where} does not have {lacks}, which was launched.")
        return sorted(routes, key=places.__getitem__)
    # What counts upwards for each pair does so in its file, as far as anybody can tell from here.
    if all(list(own) == sorted(own, key=_number) for own in there):
        return sorted((route for own in there for route in own), key=_number)
    if len(there) == 1:
        return list(there[0])
    raise InvalidInput(
        f"Nobody has told in which order the routes file of {now.board.name} has its routes.",
        why="Its routes do not count upwards, and they are shared out anew.",
        fix="Name a copy of that file with --routes-file.",
    )


def _number(route: str) -> int:
    return int(route.removeprefix(ROUTE))


def _drives(plan: Plan, order: Sequence[str]) -> Iterator[Drive]:
    return ((route, number) for route in order for number in range(plan.repetitions))


def _shared_out(
    now: EndedSubmission, order: Sequence[str], asked: set[Drive]
) -> tuple[Plan, Finished]:
    """The new plan, and the records that are left for it."""
    old, records = now.plan, now.finished.records
    left = {drive: raw for drive, raw in records.items() if drive not in asked}
    driven = {drive[0] for drive in _drives(old, order) if drive not in left}
    stays = [left[drive] for drive in _drives(old, order) if drive[0] not in driven]
    behind = old.leaderboard.words.resumes_behind(stays) == len(stays)
    parts = rerun_shares(order, driven, len(old.pairs), goes_on_behind=behind)
    subsets = tuple(spelled([route.removeprefix(ROUTE) for route in own]) for own in parts)
    pairs = tuple(PairRoutes(pair.pair, own) for pair, own in zip(old.pairs, parts, strict=True))
    plan = Plan(old.drives._replace(subsets=subsets), pairs)
    return plan, Finished(left, now.finished.sensors)


def _replaced(now: EndedSubmission, drives: Sequence[tuple[Drive, Why]]) -> Iterator[DrivenAgain]:
    for (route, repetition), why in drives:
        raw: dict[str, Any] = now.finished.records[route, repetition]
        score = float(raw["scores"]["score_composed"])
        yield DrivenAgain(route, repetition, str(raw["status"]), score, why, now.board.name)


def _refuse_own_doing(now: EndedSubmission, replaced: Sequence[DrivenAgain]) -> None:
    own = [each for each in replaced if each.status not in now.plan.leaderboard.words.crashes]
    if not own:
        return
    told = "; ".join(f"{each.name}: {each.status}, {each.score:.2f}" for each in own[:_NAMED])
    more = f"; and {len(own) - _NAMED} more" if len(own) > _NAMED else ""
    behind = all(each.why is Why.BEHIND for each in own)
    better = "Who drives these again takes the better of two, so the result will not count"
    stands = "An evaluator drives all that stands behind the first route that it drives again"
    raise Conflict(
        f"{len(own)} of these drives ended by the agent's own doing: {told}{more}.",
        why=f"{stands}. {better}." if behind else f"{better}.",
        fix="Say --finished-too to lose these records of theirs all the same.",
    )


def _why(now: EndedSubmission, drive: Drive, otherwise: Why = Why.BEHIND) -> Why:
    return Why.CRASHED if _status(now, drive) in now.plan.leaderboard.words.crashes else otherwise


def _status(now: EndedSubmission, drive: Drive) -> str:
    return str(now.finished.records[drive]["status"])


_NAMED = 6
