"""What is said of what goes on, or ends, when a console is left."""

from __future__ import annotations

from collections.abc import Sequence

from console.paths import to_type

MOST_NAMED = 3
_RECORDED = {
    True: "the recorder keeps what {}",
    False: "no recorder runs, so that what {} is not kept",
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
    many = "submission goes" if len(running) == 1 else "submissions go"
    told = f"{_named(running)}; {_kept(running, recorded)}"
    return f"{len(running)} {many} on: {told}. Come back: {again}"


def goes_on_without_it(running: Sequence[str], recorded: bool | None, again: str) -> str:
    """The same of an embedded cluster: who started it expects it to end with the console."""
    told = f"{_named(running)}; {_kept(running, recorded)}"
    ways = f"Come back: {again}; end it: {to_type('local', 'down')}"
    return f"The embedded cluster goes on, and on it {told}. {ways}"


def plugins_go_on(running: Sequence[str]) -> tuple[str, ...]:
    """Of plugins behind the screens, which a console that is left does not end; empty where none
    runs."""
    many = "1 plugin goes" if len(running) == 1 else f"{len(running)} plugins go"
    return (f"{many} on: {_named(running)}.",) if running else ()


def _kept(running: Sequence[str], recorded: bool | None) -> str:
    return _RECORDED[recorded].format("it says" if len(running) == 1 else "they say")


def _named(running: Sequence[str]) -> str:
    more = len(running) - MOST_NAMED
    return ", ".join(running[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
