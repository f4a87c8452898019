"""The API's own explanations of what is wrong with a name, a label or a key. Pure.

The rules are those of `kubernetes_grammar`; kubectl shows these words, and scripts look for them.
"""

from __future__ import annotations

from console.kubernetes_grammar import names as grammar
from console.localcluster.api.failures import Cause, invalid

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


def _too_long(limit: int) -> str:
    return f"must be no more than {limit} characters"


def dns_label(field: str, value: str) -> list[Cause]:
    """A name of a container, a volume, a namespace."""
    if len(value) > grammar.LONGEST_LABEL:
        return [invalid(field, value, _too_long(grammar.LONGEST_LABEL))]
    return [] if grammar.is_label(value) else [invalid(field, value, _LABEL_RULE)]


def dns_subdomain(field: str, value: str) -> list[Cause]:
    """A name of most objects."""
    if len(value) > grammar.LONGEST_SUBDOMAIN:
        return [invalid(field, value, _too_long(grammar.LONGEST_SUBDOMAIN))]
    return [] if grammar.is_subdomain(value) else [invalid(field, value, _SUBDOMAIN_RULE)]


def qualified_name(field: str, value: str) -> list[Cause]:
    """A key of a label or an annotation: [prefix/]name."""
    prefix, name = grammar.split_key(value)
    causes = [] if prefix is None else dns_subdomain(field, prefix)
    if len(name) > grammar.LONGEST_LABEL:
        causes.append(invalid(field, value, f"name part {_too_long(grammar.LONGEST_LABEL)}"))
    if not grammar.is_qualified(name):
        causes.append(invalid(field, value, _QUALIFIED_RULE))
    return causes


def label_value(field: str, value: str) -> list[Cause]:
    """A value of a label."""
    if len(value) > grammar.LONGEST_LABEL:
        return [invalid(field, value, _too_long(grammar.LONGEST_LABEL))]
    return [] if grammar.is_label_value(value) else [invalid(field, value, _VALUE_RULE)]


def config_key(field: str, value: str) -> list[Cause]:
    """A key of a ConfigMap or Secret."""
    if len(value) > grammar.LONGEST_CONFIG_KEY:
        return [invalid(field, value, _too_long(grammar.LONGEST_CONFIG_KEY))]
    return [] if grammar.is_config_key(value) else [invalid(field, value, _KEY_RULE)]


def variable_name(field: str, value: str) -> list[Cause]:
    """A name of an environment variable."""
    return [] if grammar.is_variable(value) else [invalid(field, value, _ENV_RULE)]


def port_name(field: str, value: str) -> list[Cause]:
    """A name of a port."""
    if len(value) > grammar.LONGEST_PORT_NAME:
        return [invalid(field, value, _too_long(grammar.LONGEST_PORT_NAME))]
    if not grammar.is_port_name(value):
        rule = "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)"
        return [invalid(field, value, rule)]
    if not any(character.isalpha() for character in value):
        return [invalid(field, value, "must contain at least one letter (a-z)")]
    return []
