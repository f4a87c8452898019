"""`aliases.yaml` in k9s' form: another word for what can be typed behind `:`.

```
aliases:
  dp: logs
  prod: ctx production
```
"""

from __future__ import annotations

from collections.abc import Mapping

from console.specs.tree import Document
from console.tui.user_files.entries import FileEntry


def parse(document: Document, mistakes: list[str]) -> Mapping[str, str]:
    """Word -> what it stands for."""
    top = FileEntry(document, (), document.content)
    top.only(("aliases",))
    told = document.content.get("aliases")
    listed = FileEntry(document, ("aliases",), told if told is not None else {})
    words = told if isinstance(told, dict) else {}
    found = {word: listed.text(str(word), needed=True) for word in words}
    mistakes += [*top.mistakes, *listed.mistakes]
    return {str(word).lower(): meaning for word, meaning in found.items() if meaning}
