"""What is said of an embedded cluster, and of what runs on it, when its console is left."""

from __future__ import annotations

from console.paths import local_command, of_state


def ends_with_it(told: str) -> tuple[str, ...]:
    """`told`: what runs there. It ends with its last console."""
    return (
        f"The embedded cluster ends with this console, its last, and on it: {told}.",
        "What is recorded stays on disk; drives under way are lost.",
        f"{local_command('up')}, in another terminal, keeps the cluster running.",
    )


def goes_on_without_it(told: str) -> tuple[str, ...]:
    """Said on the terminal that is left: who started a cluster expects it to end with it."""
    return (
        f"The embedded cluster goes on, and on it: {told}.",
        f"See them again: {of_state('carla-console --local')}",
        f"End it, and lose what is under way: {local_command('down')}",
    )
