"""Names, keys and values as Kubernetes spells them: whether a text is one, and how long it may be.

Length is asked apart from form, for the API server explains the two apart.
"""

from __future__ import annotations

import re

LONGEST_LABEL = 63
"""Characters of a DNS label, a label's value, and the name part of a key."""
LONGEST_SUBDOMAIN = 253
LONGEST_CONFIG_KEY = 253
LONGEST_PORT_NAME = 15

_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_QUALIFIED = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?")
_CONFIG_KEY = re.compile(r"[-._A-Za-z0-9]+")
# One class and no nested repetition: `([a-z0-9-]*[a-z0-9])*` takes exponential time on "aaaa…_".
_PORT_NAME = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_SHELL_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def is_label(text: str) -> bool:
    """The form of a DNS label: containers, volumes, namespaces."""
    return _LABEL.fullmatch(text) is not None


def is_subdomain(text: str) -> bool:
    """The form of a DNS subdomain: most objects, and the prefix of a key."""
    return _SUBDOMAIN.fullmatch(text) is not None


def split_key(key: str) -> tuple[str | None, str]:
    """The prefix of a label's or annotation's key, None where there is none, and its name."""
    prefix, slash, name = key.rpartition("/")
    return (prefix if slash else None), name


def is_qualified(name: str) -> bool:
    """The form of a key's name part."""
    return _QUALIFIED.fullmatch(name) is not None


def is_label_value(text: str) -> bool:
    """The form of a label's value, which may be empty."""
    return not text or is_qualified(text)


def is_config_key(text: str) -> bool:
    """The form of a key of a ConfigMap or Secret."""
    return _CONFIG_KEY.fullmatch(text) is not None


def is_port_name(text: str) -> bool:
    """The form of a port's name, but for the letter that it must hold."""
    return _PORT_NAME.fullmatch(text) is not None and "--" not in text


def is_variable(text: str) -> bool:
    """What the API takes as a variable's name: printable ASCII without `=`."""
    return bool(text) and all(" " <= each <= "~" and each != "=" for each in text)


def is_shell_variable(text: str) -> bool:
    """What a shell can name, which is less than the API takes."""
    return _SHELL_VARIABLE.fullmatch(text) is not None
