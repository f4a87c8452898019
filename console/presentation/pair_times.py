"""Time of a pair in words: its badge, what is usual, and when it is done. Pure.

Times of day are UTC, as everywhere. What nobody knows is `?`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from console.domain.attention import Attention, Lag
from console.domain.estimates import BoardTime, Doubt, PairTime, Span
from console.domain.spans import duration, in_utc, shifted
from console.domain.ticks import Stage
from console.domain.usual_times import Usual
from console.presentation.tones import Line, Tone, joined, spread, text, width_of

_LAG_TONES = {Lag.SLOW: Tone.WARN, Lag.SILENT: Tone.WARN, Lag.STALLED: Tone.ALARM}
_SAME_PACE = 0.2
_ALIKE = 0.05
"""Of what is left: two ends that differ by less are one."""


def lag_words(lag: Attention, now: datetime) -> str:
    """`silent 312/800 s`: how long, and after how long its supervisor ends it; `slow`."""
    if lag.lag is Lag.SLOW:
        return lag.lag.value
    seconds = max(int((now - lag.since).total_seconds()), 0)
    limit = "" if lag.limit is None else f"/{lag.limit:g}"
    what = "time stands still" if lag.stands else lag.lag.value
    return f"{what} {seconds}{limit} s"


def badge(time: PairTime, now: datetime) -> Line:
    """What is wrong with its time; empty where nothing is."""
    if time.lag is not None:
        return text((lag_words(time.lag, now), _LAG_TONES[time.lag.lag]))
    return text((f"GPU idle {duration(time.idle)}", Tone.WARN)) if time.idle is not None else ()


def usually(found: Usual | None) -> str:
    """`usually 9–14m`; `usually ?` of what nobody has recorded."""
    return f"usually {'?' if found is None else between(found.low, found.high)}"


def between(least: float, most: float) -> str:
    """`9–14m`, `55m–1h10m`; one of them where both read the same."""
    one, other = duration(least), duration(most)
    if one == other:
        return one
    simple = one[:-1].isdecimal() and other[:-1].isdecimal() and one[-1] == other[-1]
    return f"{one[:-1] if simple else one}–{other}"


def pace(time: PairTime) -> str:
    """`0.42x, lately 0.12x, ticked 2s ago`; before the first tick `setting up the agent 42s`."""
    if time.ratio is None or time.progress is None:
        return stage_words(time)
    return f"{time.ratio:.2f}x, {_trend(time)}ticked {duration(time.progress)} ago"


def stage_words(time: PairTime) -> str:
    """`loading the world 12s`; nothing of a route that runs, or where nobody can tell."""
    if time.stage in (None, Stage.RUNNING):
        return ""
    since = "" if time.in_stage is None else f" {duration(time.in_stage)}"
    return f"{time.stage}{since}"


def _trend(time: PairTime) -> str:
    """Its present pace, where that is another one than the whole route's."""
    if time.lately is None or time.ratio is None:
        return ""
    alike = abs(time.lately - time.ratio) <= _SAME_PACE * time.ratio
    return "" if alike else f"lately {time.lately:.2f}x, "


def pace_line(time: PairTime, now: datetime) -> Line:
    """The same after what is wrong with it; of ticks, how long it is silent says as much."""
    silent = time.lag is not None and time.lag.lag is not Lag.SLOW
    wrong, told = badge(time, now), stage_words(time) if silent else pace(time)
    return joined([wrong, text((told, Tone.MUTED)) if told else ()], "  ")


def with_end(told: Sequence[Line], time: PairTime, now: datetime, width: int) -> Line:
    """The first of these that fits beside when it is done; of that the minutes go first."""
    forms = ends(time, now)
    if not forms:
        return told[0]
    for left in told:
        for right in forms:
            if width_of(left) + width_of(right) < width:
                return spread(left, right, width)
    return spread(told[-1], _done(time, _latest, now), width)


def ends(time: PairTime | None, now: datetime | None) -> list[Line]:
    """When it is done: with how far that is, and without; none where that is not to be said."""
    if time is None or now is None or not (full := done_line(time, now)):
        return []
    return [full, _done(time, _end_alone, now)]


def done_line(time: PairTime, now: datetime) -> Line:
    """`done ~14:20 (+35m)`, `done ?`; nothing of a pair of which nothing more comes."""
    return _done(time, _end_words, now)


def _done(time: PairTime, words: Callable[[Span, datetime], str], now: datetime) -> Line:
    if time.over or time.doubt is Doubt.NOT_LIVE:
        return ()
    told = "?" if time.left is None else words(time.left, now)
    return text(("done ", Tone.MUTED), (told, Tone.MUTED if time.left is None else Tone.TEXT))


def _end_words(left: Span, now: datetime) -> str:
    """With how far that is."""
    at = _end_alone(left, now)
    if left.most is None:
        return at
    rest = duration(left.most) if _is_one(left, left.most) else between(left.least, left.most)
    return f"{at} (+{rest})"


def _end_alone(left: Span, now: datetime) -> str:
    one = _clock(shifted(now, left.least), now)
    if left.most is None:
        return f"after {one}"
    other = _clock(shifted(now, left.most), now)
    return f"~{other}" if one == other or _is_one(left, left.most) else f"{one}–{other}"


def _latest(left: Span, now: datetime) -> str:
    """Where there is no room for two times."""
    if left.most is None:
        return _end_alone(left, now)
    return f"by {_clock(shifted(now, left.most), now)}"


def _is_one(left: Span, most: float) -> bool:
    return most - left.least <= _ALIKE * most


def _clock(at: datetime, now: datetime) -> str:
    """`14:20`, with the day where it is another one."""
    there, here = in_utc(at), in_utc(now)
    return f"{there:%H:%M}" if there.date() == here.date() else f"{there:%a %H:%M}"


def all_done(time: BoardTime) -> str:
    """`pair 3 last, ~14:20 (+35m)`; of what nobody can tell, why. Empty where nothing goes on."""
    going = [each for each in time.pairs if not each.over]
    if not going or any(each.doubt is Doubt.NOT_LIVE for each in going):
        return ""
    if any(each.doubt in _GRAVEST for each in going):
        return f"done ?: {_doubts(going)}"
    if time.left is None:
        return ""
    named = time.last is not None and len(time.pairs) > 1
    who = f"pair {time.last} last, " if named else "done "
    return f"{who}{_end_words(time.left, time.at)}"


_GRAVEST = (
    *(Doubt.STALLED, Doubt.BLOCKED, Doubt.NOTHING_RECORDED),
    *(Doubt.NOT_TOLD, Doubt.NEVER_TOLD, Doubt.NOT_BEGUN),
)

_OF_ALL = {
    Doubt.BLOCKED: "no pair can start",
    Doubt.NOT_BEGUN: "no pair has begun",
    Doubt.NOT_TOLD: "no pair has told its routes",
}


def _doubts(going: Sequence[PairTime]) -> str:
    """The gravest, and whose it is."""
    doubt = min((each.doubt for each in going if each.doubt in _GRAVEST), key=_GRAVEST.index)
    whose = [each.pair for each in going if each.doubt is doubt]
    if len(whose) == len(going) > 1:
        return _OF_ALL.get(doubt, f"every pair {doubt.value}")
    if len(whose) == 1:
        return f"pair {whose[0]} {doubt.value}"
    return f"pairs {', '.join(map(str, whose))}: each {doubt.value}"
