"""A place is brought up to date: only what changed is sent, each file whole or not at all.

Nothing is remembered here of what was sent: the place itself is asked. So it may be ended between
any two steps, and whoever begins again goes on where it stopped, from whichever machine.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import nullcontext
from enum import StrEnum
from functools import partial

import msgspec

from console.domain.facts import UID_SHOWN
from console.errors import Conflict
from console.operations.ports.object_place import (
    ObjectPlace,
    PlaceFailed,
    StoredObject,
    measured,
)
from console.operations.storing import folder_owner, marks, taking_over
from console.operations.storing.folder_owner import FolderOwner
from console.operations.storing.held_claims import HeldClaim
from console.operations.storing.kept_drives import kept_there
from console.operations.storing.tree import Tree
from console.results.jsontext import SIZE_LIMIT
from console.results.quoting import printable


class FolderTaken(Conflict):
    """A folder at a place holds another submission."""


class FileChange(StrEnum):
    """What a file at the place is to this submission."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "unchanged"
    GONE = "removed"
    """A mark of how an earlier part of it ended."""
    BESIDE = "kept beside"
    """What the run before it had there, in a folder of its own."""


class Step(msgspec.Struct, frozen=True):
    """One file, as it is brought there or would be."""

    change: FileChange
    key: str
    size: int = 0


def bring(
    place: ObjectPlace,
    tree: Tree,
    told: Callable[[Step], None],
    *,
    dry: bool = False,
    held_back: Collection[str] = (),
    claim: HeldClaim | None = None,
) -> tuple[Step, ...]:
    """Make the place hold the tree; `told` hears of each step when it is done.

    `dry`: everything is asked, and nothing changed; `held_back`: files that stay for now as they
    are there, or are not; so do results that have more drives there than are known here; `claim`:
    of that folder, None where nobody else can write into it. Raises FolderTaken where another
    submission has that folder, WriterTaken where another machine brings it, PlaceFailed while the
    run before it is brought there, ConsoleError for a place that refuses or does not answer.
    """
    steps = []
    with nullcontext() if dry else place.alone(tree.folder):
        begun, before = _has_owner(place, tree)
        if before is not None and claim is not None:
            taking_over.demand_left(place, tree.folder, before, claim.now())
        if not (begun or dry):
            _claim(place, tree)
        if claim is not None:
            claim.demand_free() if dry else claim.take()
        for step in _all(place, tree, held_back, before, claim, dry=dry):
            if (before or not begun) and step.key == _owner_key(tree):
                step = Step(FileChange.NEW, step.key, step.size)
            told(step)
            steps.append(step)
    return tuple(steps)


def _all(
    place: ObjectPlace,
    tree: Tree,
    held_back: Collection[str],
    before: FolderOwner | None,
    claim: HeldClaim | None,
    *,
    dry: bool,
) -> Iterator[Step]:
    """Each as it is done; first what makes room."""
    there = place.listed(tree.folder)
    if before is not None:
        for step in _taken_over(place, tree, before, there, dry=dry):
            if claim is not None and not dry:
                claim.keep()
            yield step
        there = {} if dry else place.listed(tree.folder)
    for step, send in _steps(place, tree, held_back, there):
        if not dry:
            if claim is not None and step.change is not FileChange.SAME:
                claim.keep()
            send()
        yield step


def _steps(
    place: ObjectPlace, tree: Tree, held_back: Collection[str], there: Mapping[str, StoredObject]
) -> Iterator[tuple[Step, Callable[[], None]]]:
    """Each with what does it."""
    for key in _outdated(there, tree):
        yield Step(FileChange.GONE, key), partial(place.remove, key)
    staying = {*held_back, *kept_there(place, there, tree)}
    for name, content in tree.files.items():
        if name in staying:
            continue
        key = f"{tree.folder}/{name}"
        measure, stored = measured(content), there.get(key)
        if stored and stored.size == measure.size and place.same(stored, measure):
            yield Step(FileChange.SAME, key, measure.size), _nothing
        else:
            change = FileChange.CHANGED if stored else FileChange.NEW
            yield Step(change, key, measure.size), partial(place.put, key, content, measure)


def _nothing() -> None:
    """What is to be done for a file that is there."""


def _outdated(there: Mapping[str, StoredObject], tree: Tree) -> list[str]:
    """Marks of an end that is none any more, for it goes on: upstream would count them."""
    folder = f"{tree.folder}/{marks.FOLDER}/"
    return [
        key
        for key in sorted(there)
        if key.startswith(folder)
        and marks.MARK.fullmatch(key.removeprefix(folder))
        and key.removeprefix(f"{tree.folder}/") not in tree.files
    ]


def _owner_key(tree: Tree) -> str:
    return f"{tree.folder}/{folder_owner.KEY}"


def _claim(place: ObjectPlace, tree: Tree) -> None:
    """Of two that begin a folder at once the place lets one have it."""
    content = tree.files[folder_owner.KEY]
    if not place.put_new(_owner_key(tree), content, measured(content)):
        _has_owner(place, tree)


def _has_owner(place: ObjectPlace, tree: Tree) -> tuple[bool, FolderOwner | None]:
    """Whether anybody has the folder, and from which earlier run of its EvalAI submission it passes
    to this one. Else it stays with its submission, and with those that go on from it: raises
    FolderTaken where it is another's."""
    content = place.read(_owner_key(tree), SIZE_LIMIT)
    found = another_in(content, tree.whose.uid, tree.whose.earlier)
    if found is None or taking_over.follows(tree.whose, found):
        return content is not None, found
    raise _taken(place, tree, found)


def _taken_over(
    place: ObjectPlace,
    tree: Tree,
    before: FolderOwner,
    there: Mapping[str, StoredObject],
    *,
    dry: bool,
) -> Iterator[Step]:
    """What the run before has there is put beside, and then the folder is this one's."""
    if taking_over.too_large(there):
        raise _taken(place, tree, before)
    if dry:
        found = taking_over.to_beside(tree.folder, before, there)
        yield from (Step(FileChange.BESIDE, *each) for each in _sized(found.items()))
        return
    put = taking_over.put_beside(place, tree.folder, before, there)
    yield from (Step(FileChange.BESIDE, *each) for each in _sized(put))
    content, key = tree.files[folder_owner.KEY], _owner_key(tree)
    whose = place.read(key, SIZE_LIMIT) or b""
    same = folder_owner.from_content(whose) == before
    if not (same and place.put_over(key, content, measured(content), whose)):
        raise PlaceFailed(f"{place.where}/{tree.folder} was changed by somebody else meanwhile.")


def _sized(found: Iterable[tuple[str, StoredObject]]) -> Iterator[tuple[str, int]]:
    return ((key, each.size) for key, each in found)


def _taken(place: ObjectPlace, tree: Tree, found: FolderOwner) -> FolderTaken:
    later = taking_over.follows(found, tree.whose)
    what = "a later run of this EvalAI submission" if later else "another submission"
    return FolderTaken(
        f"{place.where}/{tree.folder} holds {what}: {printable(found.name, 60)}"
        f" (uid {printable(found.uid[:UID_SHOWN])}).",
        why="One folder is one submission, and what goes on from it; nothing was changed.",
        fix="Name a folder of its own: --folder NAME",
    )


def another_in(
    content: bytes | None, uid: str, earlier: Collection[str]
) -> folder_owner.FolderOwner | None:
    """Whose folder it is, by the file that tells it, where it is not that submission's.

    `earlier`: the names of those from which it goes on.
    """
    found = folder_owner.from_content(content) if content else None
    if found is None or found.uid == uid or found.name in earlier:
        return None
    return found
