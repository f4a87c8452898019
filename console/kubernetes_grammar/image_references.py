"""Image references, `[host[:port]/]name[:tag][@digest]`, as the distribution project writes them.

Knows neither which images exist nor which registry a short name means.
"""

from __future__ import annotations

import re

import msgspec

LONGEST_NAME = 255
"""Characters of host and name together."""
LONGEST_REFERENCE = 1024
"""Characters; the expression below is slow on absurd texts."""

_HOST = r"(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)"
_DOMAIN = rf"(?:{_HOST}(?:\.{_HOST})*|\[[0-9a-fA-F:]+\])(?::[0-9]+)?"
_PART = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_REFERENCE = re.compile(
    rf"(?:(?P<domain>{_DOMAIN})/)?(?P<name>{_PART}(?:/{_PART})*)"
    r"(?::(?P<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?"
    r"(?:@(?P<digest>[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}))?"
)


class ImageParts(msgspec.Struct, frozen=True):
    """A reference as it is spelt; what is not there is "".

    `domain` is all before the first slash, which may be a host or the first part of a name.
    """

    domain: str
    name: str
    tag: str
    digest: str

    @property
    def path(self) -> str:
        """Domain and name as they were written."""
        return f"{self.domain}/{self.name}" if self.domain else self.name


def image_parts(text: str) -> ImageParts | None:
    """The parts of a reference; None where the text is none."""
    if len(text) > LONGEST_REFERENCE:
        return None
    found = _REFERENCE.fullmatch(text)
    if found is None:
        return None
    return ImageParts(
        found["domain"] or "", found["name"], found["tag"] or "", found["digest"] or ""
    )


def could_be_host(domain: str) -> bool:
    """Whether a domain can only be a host: a name has neither `.` before a slash nor `:`."""
    return "." in domain or ":" in domain


def is_registry(domain: str) -> bool:
    """Whether a runtime takes the domain for a registry rather than for the start of a name."""
    return could_be_host(domain) or domain == "localhost" or domain != domain.lower()
