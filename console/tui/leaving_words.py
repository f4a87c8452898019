"""What is said of what goes on, or ends, when a console is left."""

from __future__ import annotations

from collections.abc import Sequence

from console.paths import to_type

MOST_NAMED = 3
RECORDED = {
    True: "the recorder keeps what they say",
    False: "no recorder runs, so that what they say is not kept",
    None: "whether a recorder runs is not known",
}


def ends_with_it(told: str) -> tuple[str, ...]:
    """`told`: what runs there. It ends with its last console."""
    return (
        f"The embedded cluster ends with this console, its last, and on it: {told}.",
        "What is recorded stays on disk; drives under way are lost.",
        f"{to_type('local', 'up')}, in another terminal, keeps the cluster running.",
    )


def goes_on(running: Sequence[str], recorded: bool | None, again: str) -> str:
    """Of a cluster that needs no console, in one line. `recorded`: None where nobody knows;
    `again`: what opens the console there."""
    more = len(running) - MOST_NAMED
    names = ", ".join(running[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
    many = "submission goes" if len(running) == 1 else "submissions go"
    return f"{len(running)} {many} on: {names}; {RECORDED[recorded]}. Come back: {again}"


def goes_on_without_it(told: str) -> tuple[str, ...]:
    """Said on the terminal that is left: who started a cluster expects it to end with it."""
    return (
        f"The embedded cluster goes on, and on it: {told}.",
        f"See them again: {to_type('--local')}",
        f"End it, and lose what is under way: {to_type('local', 'down')}",
    )
