"""Which routes each pair has where some are driven again and the others stay as they are. Pure.

An evaluator goes on at one place and drives all that is behind it. So what stays stands before what
is driven, or with a pair of its own, which then has nothing left to do.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from console.domain.partition import Parts, by_count


def rerun_shares(
    routes: Sequence[str], driven: Collection[str], pairs: int, *, goes_on_behind: bool
) -> Parts:
    """`routes`: all, in the order of their file; `driven`: those with something to drive.

    `goes_on_behind`: an evaluator goes on behind all that stays. One pair alone has no other: then
    what stands behind the first driven route is driven with it.
    """
    todo = [route for route in routes if route in driven]
    stays = [route for route in routes if route not in driven]
    if not stays or pairs == 1:
        return by_count(routes, pairs)
    if goes_on_behind and len(todo) >= pairs:
        parts = by_count(todo, pairs)
        if routes.index(stays[-1]) < routes.index(parts[-1][0]):
            return (*parts[:-1], (*stays, *parts[-1]))
    drivers = min(len(todo), pairs - 1)
    return (*by_count(stays, pairs - drivers), *by_count(todo, drivers))
