"""The API's own explanations of what is wrong with a name, a label or a key. Pure.

The rules are those of `kubernetes_grammar`; kubectl shows these words, and scripts look for them.
"""

from __future__ import annotations

from console.kubernetes_grammar import names as grammar
from console.kubernetes_grammar.names import NameFault, NameRule
from console.kubernetes_grammar.object_rules import PathFault
from console.localcluster.api.refusals import StatusCause, invalid

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
_PORT_RULE = "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)"
PATH_WORDS = {
    PathFault.ABSOLUTE: "must be a relative path",
    PathFault.CLIMBS: "must not contain '..'",
    PathFault.TOLD_TWICE: "subPathExpr and subPath are exclusive",
}
"""What is said of a path inside a volume."""


def _words(rule: NameRule, fault: NameFault, form: str, value: str) -> str:
    if fault is NameFault.TOO_LONG:
        return f"must be no more than {rule.longest} characters"
    if fault is NameFault.LETTERLESS:
        return "must contain at least one letter (a-z)"
    if fault is NameFault.DOTS:
        return f"must not be '{value}'" if value in (".", "..") else "must not start with '..'"
    return form


def _causes(rule: NameRule, form: str, field: str, value: str) -> list[StatusCause]:
    """What the rule says against a value; `form` are the words about its characters."""
    faults = rule.faults(value)
    return [invalid(field, value, _words(rule, fault, form, value)) for fault in faults]


def dns_label(field: str, value: str) -> list[StatusCause]:
    """A name of a container, a volume, a namespace."""
    return _causes(grammar.LABEL, _LABEL_RULE, field, value)


def dns_subdomain(field: str, value: str) -> list[StatusCause]:
    """A name of most objects."""
    return _causes(grammar.SUBDOMAIN, _SUBDOMAIN_RULE, field, value)


def qualified_name(field: str, key: str) -> list[StatusCause]:
    """A key of a label or an annotation: [prefix/]name."""
    causes = []
    for rule, part in grammar.key_parts(key):
        if rule is grammar.SUBDOMAIN:
            causes += dns_subdomain(field, part)
            continue
        for fault in rule.faults(part):
            named = "name part " if fault is NameFault.TOO_LONG else ""
            causes.append(invalid(field, key, named + _words(rule, fault, _QUALIFIED_RULE, key)))
    return causes


def label_value(field: str, value: str) -> list[StatusCause]:
    """A value of a label."""
    return _causes(grammar.LABEL_VALUE, _VALUE_RULE, field, value)


def config_key(field: str, value: str) -> list[StatusCause]:
    """A key of a ConfigMap or Secret."""
    return _causes(grammar.CONFIG_KEY, _KEY_RULE, field, value)


def variable_name(field: str, value: str) -> list[StatusCause]:
    """A name of an environment variable."""
    return [] if grammar.is_variable(value) else [invalid(field, value, _ENV_RULE)]


def port_name(field: str, value: str) -> list[StatusCause]:
    """A name of a port."""
    return _causes(grammar.PORT_NAME, _PORT_RULE, field, value)
