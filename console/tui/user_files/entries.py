"""Reading one entry of such a file: fields of a kind, and each mistake with its line."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from console.specs.mistakes import suggestion
from console.specs.tree import Document
from console.tui.user_files.key_names import key_name

Place = tuple[str | int, ...]


class FileEntry:
    """A mapping within a document; what is wrong with its fields is kept in `mistakes`."""

    def __init__(self, document: Document, place: Place, content: Any) -> None:
        self.document, self.place = document, place
        self.mistakes: list[str] = []
        self._content: dict[str, Any] = {}
        if isinstance(content, dict):
            self._content = content
        else:
            self.wrong("is no mapping; write 'field: value', one a line.", ())

    def wrong(self, what: str, place: Place) -> None:
        """Something at that place below the entry."""
        whole = (*self.place, *place)
        self.mistakes.append(f"{self.document.at(whole)}: {'.'.join(map(str, whole))} {what}")

    def only(self, names: Collection[str]) -> None:
        """Name what else there is."""
        for each in self._content:
            if each not in names:
                self.wrong(f"means nothing here.{suggestion(str(each), names)}", (each,))

    def text(self, name: str, *, needed: bool = False, bool_too: bool = False) -> str:
        """A number is taken as it stands; empty where there is none."""
        value = self._content.get(name)
        if bool_too and isinstance(value, bool):
            return _plain(value)
        if value is None or value == "":
            if needed:
                self.wrong(f"is missing: add '{name}: …'.", (name,))
            return ""
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            self.wrong("is no text.", (name,))
            return ""
        return self.document.written.get((*self.place, name)) or str(value)

    def switch(self, name: str) -> bool:
        """False where it is not said."""
        value = self._content.get(name, False)
        if not isinstance(value, bool):
            self.wrong("is neither true nor false.", (name,))
        return value is True

    def texts(self, name: str, *, needed: bool = False) -> tuple[str, ...]:
        """A list of texts and numbers."""
        value = self._content.get(name, [])
        if not isinstance(value, list) or any(
            not isinstance(each, str | int | float) for each in value
        ):
            self.wrong("is no list of texts; begin each with '- '.", (name,))
            return ()
        if needed and not value:
            self.wrong(f"is missing: add '{name}: [all]'.", (name,))
        written = self.document.written
        return tuple(
            written.get((*self.place, name, at)) or _plain(each) for at, each in enumerate(value)
        )

    def key(self, name: str) -> str:
        """The name of a key, as Textual has it; empty where it is none."""
        written = self.text(name, needed=True)
        try:
            return key_name(written) if written else ""
        except ValueError:
            self.wrong(NO_KEY.format(written), (name,))
            return ""

    def entries(self, name: str) -> Iterator[FileEntry]:
        """Of a list of mappings; their mistakes are to be taken by the caller."""
        value = self._content.get(name, [])
        if not isinstance(value, list):
            self.wrong("is no list.", (name,))
            return
        for at, each in enumerate(value):
            yield FileEntry(self.document, (*self.place, name, at), each)

    def named_entries(self, name: str) -> Iterator[tuple[str, FileEntry]]:
        """Of a mapping of mappings."""
        value = self._content.get(name)
        if value is not None and not isinstance(value, dict):
            self.wrong("is no mapping; write 'name:', and its fields below.", (name,))
            return
        for each, content in (value or {}).items():
            yield str(each), FileEntry(self.document, (*self.place, name, each), content)


NO_KEY = "is no key: {!r}. Write it as a, Shift-A, Ctrl-A, F2, ?."


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
