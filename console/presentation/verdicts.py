"""Verdicts in words: why something died, how sure that is, whose it is, what to do next. Pure.

The screens, the commands, the report of a bundle and the notices say the same by these. Evidence is
in the words of programs, which are hostile: whoever shows it makes it harmless as always.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from console.diagnosis.catalogue import Cause, Owner, Repeats, within
from console.diagnosis.verdict import Confidence, Verdict
from console.diagnosis.wording import in_words
from console.operations.inspecting.inspection import Inspection, PairInspection
from console.presentation.tones import BLANK, Line, Tone, text

INDENT = 8
"""Columns of what stands before a row's words."""
SURE = {
    Confidence.CERTAIN: "certain",
    Confidence.LIKELY: "likely",
    Confidence.POSSIBLE: "possible",
    Confidence.UNSURE: "not sure",
}
OWNERS = {
    Owner.AGENT: "the team's agent",
    Owner.SIMULATOR: "the simulator",
    Owner.LEADERBOARD: "the Leaderboard",
    Owner.NODE: "the node",
    Owner.CLUSTER: "the cluster",
    Owner.OPERATOR: "the launch or its operator",
}
NOT_SURE = "Nobody can tell why"
_TONES = {
    Confidence.CERTAIN: Tone.FAIL,
    Confidence.LIKELY: Tone.FAIL,
    Confidence.POSSIBLE: Tone.WARN,
    Confidence.UNSURE: Tone.MUTED,
}
AGAIN = {
    Repeats.ALWAYS: "it comes again until that is mended",
    Repeats.LIKELY: "it may well come again",
    Repeats.CHANCE: "it need not come again",
}
CAME_AGAIN = "it need not come again, but it did"


def title(verdict: Verdict) -> str:
    """`The simulator ran out of memory`."""
    return verdict.cause.title if verdict.cause is not None else NOT_SURE


def owner(verdict: Verdict) -> str:
    """`the team's agent`; `?` where nobody can tell."""
    return OWNERS[verdict.owner] if verdict.owner is not None else "?"


def one_line(verdict: Verdict) -> str:
    """`pair 3: the simulator ran out of memory (certain; the simulator)`."""
    who = f"pair {verdict.pair}: " if verdict.pair else ""
    told = within(title(verdict)) if who else title(verdict)
    if verdict.cause is None:
        return f"{who}{told}"
    return f"{who}{told} ({SURE[verdict.confidence]}; {owner(verdict)})"


def headline(verdict: Verdict) -> Line:
    """The title, how sure it is, and whose it is."""
    tone = _TONES[verdict.confidence]
    return text(
        (title(verdict), tone),
        (f"  {SURE[verdict.confidence]}", Tone.MUTED),
        ("  owner ", Tone.MUTED),
        (owner(verdict), Tone.STRONG),
    )


def verdict_lines(verdict: Verdict, repeated: int = 0) -> list[Line]:
    """All of it, the answer first; each line is one sentence, to be wrapped by who shows it.

    `repeated`: how many attempts of that pair ended so.
    """
    return [
        headline(verdict),
        text(verdict.what),
        text(("next    ", Tone.MUTED), (verdict.advice, Tone.ACCENT)),
        *(text(("proof   ", Tone.MUTED), each) for each in proofs(verdict)),
        *(text(("against ", Tone.MUTED), (each, Tone.WARN)) for each in verdict.contradictions),
        *_whether_again(verdict, repeated),
    ]


def proofs(verdict: Verdict) -> list[str]:
    """What was seen, each once."""
    return list(dict.fromkeys(in_words(each) for each in verdict.evidence))


def _whether_again(verdict: Verdict, repeated: int) -> Iterator[Line]:
    if verdict.cause is not None:
        repeats = verdict.cause.repeats
        did = repeats is Repeats.CHANCE and repeated > 1
        yield text(("again   ", Tone.MUTED), (CAME_AGAIN if did else AGAIN[repeats], Tone.MUTED))
        yield text(("more    ", Tone.MUTED), (page_of(verdict.cause), Tone.MUTED))


def page_of(cause: Cause) -> str:
    """The command that tells all that is known of it."""
    return f"carla-console runbook {cause.name}"


def inspection_lines(found: Inspection, pair: int | None = None) -> list[Line]:
    """What failed, each in a line, where that is several things; then each in full.

    The submission as a whole stands where its answer belongs; or that pair alone.
    """
    pairs = [each for each in found.pairs if each.verdict and pair in (None, each.number)]
    parts = [part for group in _alike(pairs) for part in _group_lines(group)]
    if pair is None and found.verdict is not None and not _is_a_pairs(found):
        whole = [text((found.board.name, Tone.STRONG)), *verdict_lines(found.verdict)]
        parts.insert(len(parts) if found.is_told_by_pairs else 0, whole)
    if len(parts) > 1:
        parts.insert(0, [text(each) for each in answers(found)])
    if not parts:
        return [text(nothing_failed(found, pair))]
    return [line for part in parts for line in (*part, BLANK)][:-1]


def _group_lines(group: list[PairInspection]) -> Iterator[list[Line]]:
    """Of pairs that ended by one cause the first in full, the others' places."""
    first, *others = group
    assert first.verdict is not None
    told = verdict_lines(first.verdict, first.repeated)
    yield [pair_title(first.verdict), *told, *_earlier(first)]
    same = [
        (*pair_title(each.verdict), ("  the same", Tone.MUTED)) for each in others if each.verdict
    ]
    if same:
        yield same


def _alike(pairs: Iterable[PairInspection]) -> list[list[PairInspection]]:
    """By what ended them, in the order of the pairs; each of those of which nobody knows alone."""
    groups: dict[object, list[PairInspection]] = {}
    for each in pairs:
        if each.verdict is not None:
            cause = each.verdict.cause
            groups.setdefault(cause.name if cause else each.number, []).append(each)
    return list(groups.values())


def _is_a_pairs(found: Inspection) -> bool:
    """What is said of the whole is said of a pair, with more."""
    whole = found.verdict.cause if found.verdict is not None else None
    return any(each.verdict and each.verdict.cause is whole is not None for each in found.pairs)


def nothing_failed(found: Inspection, pair: int | None) -> str:
    """What is said where there is no failure to tell of."""
    who = found.board.name if pair is None else f"pair {pair} of {found.board.name}"
    return f"Nothing is known of {who} that failed."


def pair_title(verdict: Verdict) -> Line:
    """`pair 3  attempt 2 on RouteScenario_12  the agent died first`."""
    where = f"  attempt {verdict.attempt}" if verdict.attempt else ""
    where += f" on {verdict.route}" if verdict.route else ""
    first = f"  the {verdict.died_first} died first" if verdict.died_first else ""
    return text((f"pair {verdict.pair}", Tone.STRONG), (f"{where}{first}", Tone.MUTED))


def _earlier(each: PairInspection) -> Iterator[Line]:
    """What its other attempts ended by."""
    if each.repeated > 1:
        yield text(("", Tone.MUTED), (each.seen_again, Tone.WARN))
    for verdict in each.attempts[:-1]:
        yield text((f"attempt {verdict.attempt}  ", Tone.MUTED), (title(verdict), Tone.MUTED))


def answers(found: Inspection | None) -> tuple[str, ...]:
    """Why it failed, a line each, what says most first; nothing where nothing failed."""
    if found is None:
        return ()
    told = found.verdict is not None and not _is_a_pairs(found)
    whole = (one_line(found.verdict),) if told and found.verdict is not None else ()
    pairs = tuple(_answer(group) for group in _alike(found.pairs))
    return (*pairs, *whole) if found.is_told_by_pairs else (*whole, *pairs)


def answer_in_short(found: Inspection) -> str:
    """Where there is room for one: of the pair of which most is sure, or of the whole."""
    pairs = [each.verdict for each in found.pairs if each.verdict is not None]
    if found.is_told_by_pairs and pairs:
        return one_line(max(pairs, key=lambda verdict: verdict.confidence))
    return one_line(found.verdict) if found.verdict is not None else ""


def _answer(group: list[PairInspection]) -> str:
    """Of one pair, or of those that ended alike: `pairs 1, 2 and 4: the agent's sensors ...`."""
    verdicts = [each.verdict for each in group if each.verdict is not None]
    told = one_line(min(verdicts, key=lambda verdict: verdict.confidence))
    if len(group) > 1:
        *most, last = (str(each.number) for each in group)
        told = f"pairs {', '.join(most)} and {last}: {told.partition(': ')[2]}"
    if not all(each.comes_again for each in group):
        return told
    return f"{told}; {_why_told(group[0])}"


def warnings(found: Inspection) -> list[str]:
    """What an operator is told before the budget is gone: causes that do not come by chance.

    One that comes again for certain at its first occurrence, any other at its second.
    """
    certain = (each for each in found.pairs if each.comes_again)
    return [_answer(group) for group in _alike(certain)]


def _why_told(each: PairInspection) -> str:
    assert each.verdict is not None
    assert each.verdict.cause is not None
    if each.verdict.cause.repeats is Repeats.ALWAYS:
        return AGAIN[Repeats.ALWAYS]
    return each.seen_again
