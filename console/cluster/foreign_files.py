"""Reading a file that a kubeconfig names, or is: bounded, and without surprises from its path."""

from __future__ import annotations

from pathlib import Path

LARGEST = 16 * 1024 * 1024


class UnusableFile(Exception):
    """The file gives no content; `why` in a few words."""

    def __init__(self, why: str, *, missing: bool = False) -> None:
        super().__init__(why)
        self.why, self.missing = why, missing


def read(path: Path | str) -> bytes:
    """All of it. Raises Unusable."""
    try:
        with open(path, "rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        missing = isinstance(error, FileNotFoundError)
        raise UnusableFile(error.strerror or str(error), missing=missing) from error
    except ValueError:
        raise UnusableFile("Its path holds a NUL character.") from None
    if len(content) > LARGEST:
        raise UnusableFile(f"It is larger than {LARGEST // 1024**2} MB.")
    return content
