"""Image references as a container runtime reads them: the defaults of registry and tag.

Pure. Does not know which images exist.
"""

from __future__ import annotations

from dataclasses import dataclass

from console.errors import ConsoleError
from console.kubernetes_grammar.image_references import LONGEST_NAME, image_parts, is_registry

DEFAULT_REGISTRY = "docker.io"


class InvalidImageName(ConsoleError):
    """The text is no image reference; nothing was looked up."""


@dataclass(frozen=True, slots=True)
class ImageReference:
    """A reference in full: `docker.io`, `library/python`, `3.12`, and a digest or ""."""

    registry: str
    name: str
    tag: str
    digest: str

    def __str__(self) -> str:
        tagged = f"{self.registry}/{self.name}" + (f":{self.tag}" if self.tag else "")
        return f"{tagged}@{self.digest}" if self.digest else tagged


def parse(text: str) -> ImageReference:
    """The reference in full. Raises InvalidImageName in the runtime's words."""
    parts = image_parts(text)
    if parts is None and (name := _remote_name(text)) != name.lower():
        wrong = f"repository name ({name}) must be lowercase"
        raise InvalidImageName(f"invalid reference format: {wrong}")
    if parts is None or len(parts.path) > LONGEST_NAME:
        raise InvalidImageName("invalid reference format")
    registry, named = DEFAULT_REGISTRY, parts.path
    if is_registry(parts.domain):
        registry, named = parts.domain, parts.name
    if registry == DEFAULT_REGISTRY and "/" not in named:
        named = f"library/{named}"
    tag = parts.tag or ("" if parts.digest else "latest")
    return ImageReference(registry, named, tag, parts.digest)


def _remote_name(text: str) -> str:
    """What a runtime takes for the repository's name, in a text that may be no reference."""
    first, slash, rest = text.partition("/")
    return (rest if slash and is_registry(first) else text).partition(":")[0]
