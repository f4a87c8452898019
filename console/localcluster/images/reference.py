"""Image references as a container runtime reads them: syntax and the defaults of registry and tag.

Pure. Does not know which images exist.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from console.errors import ConsoleError

_PART = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_HOST = "[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?"
_REFERENCE = re.compile(
    rf"(?:(?P<registry>{_HOST}(?:\.{_HOST})*(?::[0-9]+)?)/)??"
    rf"(?P<name>{_PART}(?:/{_PART})*)"
    r"(?::(?P<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?"
    r"(?:@(?P<digest>[a-z0-9]+:[0-9a-f]{32,}))?"
)
_LONGEST_NAME = 255
DEFAULT_REGISTRY = "docker.io"


class InvalidImageName(ConsoleError):
    """The text is no image reference; nothing was looked up."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference in full: `docker.io`, `library/python`, `3.12`, and a digest or ""."""

    registry: str
    name: str
    tag: str
    digest: str

    def __str__(self) -> str:
        tagged = f"{self.registry}/{self.name}" + (f":{self.tag}" if self.tag else "")
        return f"{tagged}@{self.digest}" if self.digest else tagged


def parse(text: str) -> Reference:
    """The reference in full. Raises InvalidImageName in the runtime's words."""
    found = _REFERENCE.fullmatch(text)
    if found is None and (name := _remote_name(text)) != name.lower():
        wrong = f"repository name ({name}) must be lowercase"
        raise InvalidImageName(f"invalid reference format: {wrong}")
    if found is None or len(found["name"]) > _LONGEST_NAME:
        raise InvalidImageName("invalid reference format")
    first, _, rest = text.partition("/")
    named = found["name"]
    registry = DEFAULT_REGISTRY
    if rest and _is_registry(first):
        registry = first
        named = re.split("[:@]", rest, maxsplit=1)[0]
    if registry == DEFAULT_REGISTRY and "/" not in named:
        named = f"library/{named}"
    tag = found["tag"] or ("" if found["digest"] else "latest")
    return Reference(registry, named, tag, found["digest"] or "")


def _is_registry(first: str) -> bool:
    """Whether the part before the first slash is a registry rather than part of the name."""
    return bool(set(first) & {".", ":"}) or first == "localhost" or first != first.lower()


def _remote_name(text: str) -> str:
    """What a runtime takes for the repository's name, in a text that may be no reference."""
    first, slash, rest = text.partition("/")
    return (rest if slash and _is_registry(first) else text).partition(":")[0]
