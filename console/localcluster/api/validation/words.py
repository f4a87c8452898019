"""The grammars of names, labels, keys and quantities, with the API's own explanations. Pure."""

from __future__ import annotations

import re
from fractions import Fraction

from console.localcluster.api.failures import Cause, invalid

_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_QUALIFIED = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?")
_LABEL_VALUE = re.compile(r"([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?")
_CONFIG_KEY = re.compile(r"[-._a-zA-Z0-9]+")
_PORT_NAME = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])*")

_LABEL_RULE = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and"
    " must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex"
    " used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
)
_SUBDOMAIN_RULE = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or"
    " '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used"
    " for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
)
_QUALIFIED_RULE = (
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end"
    " with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for"
    " validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
)
_VALUE_RULE = (
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or"
    " '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or"
    " 'my_value',  or '12345', regex used for validation is"
    " '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
)
_KEY_RULE = (
    "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g."
    " 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"
)
_ENV_RULE = (
    "a valid environment variable name must consist only of printable ASCII characters other"
    " than '='"
)
_POWERS_OF_TEN = {
    "n": -9,
    "u": -6,
    "m": -3,
    "": 0,
    "k": 3,
    "M": 6,
    "G": 9,
    "T": 12,
    "P": 15,
    "E": 18,
}
_SUFFIXES = {
    **{unit: Fraction(10) ** power for unit, power in _POWERS_OF_TEN.items()},
    **{f"{unit}i": Fraction(1024) ** power for power, unit in enumerate("KMGTPE", 1)},
}
_QUANTITY = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+))(?:[eE]([+-]?\d+)|([numkMGTPE]|[KMGTPE]i))?")
_LARGEST_EXPONENT = 30


def _too_long(limit: int) -> str:
    return f"must be no more than {limit} characters"


def dns_label(field: str, value: str) -> list[Cause]:
    """A name of a container, a volume, a namespace."""
    if len(value) > 63:
        return [invalid(field, value, _too_long(63))]
    return [] if _LABEL.fullmatch(value) else [invalid(field, value, _LABEL_RULE)]


def dns_subdomain(field: str, value: str) -> list[Cause]:
    """A name of most objects."""
    if len(value) > 253:
        return [invalid(field, value, _too_long(253))]
    return [] if _SUBDOMAIN.fullmatch(value) else [invalid(field, value, _SUBDOMAIN_RULE)]


def qualified_name(field: str, value: str) -> list[Cause]:
    """A key of a label or an annotation: [prefix/]name."""
    prefix, slash, name = value.rpartition("/")
    causes = dns_subdomain(field, prefix) if slash else []
    if len(name) > 63:
        causes.append(invalid(field, value, f"name part {_too_long(63)}"))
    if not _QUALIFIED.fullmatch(name):
        causes.append(invalid(field, value, _QUALIFIED_RULE))
    return causes


def label_value(field: str, value: str) -> list[Cause]:
    """A value of a label."""
    if len(value) > 63:
        return [invalid(field, value, _too_long(63))]
    return [] if _LABEL_VALUE.fullmatch(value) else [invalid(field, value, _VALUE_RULE)]


def config_key(field: str, value: str) -> list[Cause]:
    """A key of a ConfigMap or Secret."""
    if len(value) > 253:
        return [invalid(field, value, _too_long(253))]
    return [] if _CONFIG_KEY.fullmatch(value) else [invalid(field, value, _KEY_RULE)]


def variable_name(field: str, value: str) -> list[Cause]:
    """A name of an environment variable."""
    printable = all(" " <= character <= "~" and character != "=" for character in value)
    return [] if printable and value else [invalid(field, value, _ENV_RULE)]


def port_name(field: str, value: str) -> list[Cause]:
    """A name of a port."""
    if len(value) > 15:
        return [invalid(field, value, _too_long(15))]
    if not _PORT_NAME.fullmatch(value) or "--" in value:
        rule = "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)"
        return [invalid(field, value, rule)]
    if not any(character.isalpha() for character in value):
        return [invalid(field, value, "must contain at least one letter (a-z)")]
    return []


def quantity(text: str | int | float) -> Fraction:
    """The amount a well-formed quantity stands for (the decoder has checked its form)."""
    match = _QUANTITY.fullmatch(str(text))
    if match is None:
        return Fraction(0)
    number, exponent, suffix = match.groups()
    scale = _SUFFIXES[suffix or ""]
    if exponent:
        scale = Fraction(10) ** max(min(int(exponent), _LARGEST_EXPONENT), -_LARGEST_EXPONENT)
    return Fraction(number) * scale
