"""All that is wrong with the user's files, in one error; the console goes on with the rest."""

from __future__ import annotations

from console.errors import ConsoleError, InvalidInput
from console.tui.keyed_screens import mistakes
from console.tui.navigation import screen_classes
from console.tui.user_files.added import UserFiles


def told(files: UserFiles) -> ConsoleError | None:
    """None where nothing is wrong. Loads every screen."""
    screens = [each.screen_keys(files) for each in screen_classes()]
    misfits = tuple(dict.fromkeys(mistakes(screens, files)))
    if not misfits:
        if len(files.problems) == 1:
            return files.problems[0]
        if not files.problems:
            return None
    of_files = tuple("\n".join(filter(None, (e.what, e.why))) for e in files.problems)
    return InvalidInput(
        "Files of yours have mistakes.",
        why="\n".join((*of_files, *misfits)),
        fix="What else is in them is used. They are read when the console starts.",
    )
