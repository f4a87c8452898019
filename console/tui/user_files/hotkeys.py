"""`hotkeys.yaml` in k9s' form: a key, on every screen, for what can be typed behind `:`.

```
hotKeys:
  why:
    shortCut: Shift-0
    description: Why it failed
    command: inspect
```
"""

from __future__ import annotations

from console.specs.tree import Document
from console.tui.user_files.added import HotKey
from console.tui.user_files.entries import FileEntry

_FIELDS = ("shortCut", "description", "command", "override", "keepHistory")
"""`keepHistory` is k9s': here every view that is gone to stays in the history of views."""


def parse(document: Document, mistakes: list[str]) -> tuple[HotKey, ...]:
    """Those that are right, in their order."""
    top = FileEntry(document, (), document.content)
    top.only(("hotKeys",))
    found = []
    for name, entry in top.named_entries("hotKeys"):
        entry.only(_FIELDS)
        entry.switch("keepHistory")
        key, command = entry.key("shortCut"), entry.text("command", needed=True)
        hot = HotKey(name, key, command, entry.text("description"), entry.switch("override"))
        mistakes += entry.mistakes
        if key and command:
            found.append(hot)
    mistakes += top.mistakes
    return tuple(found)
