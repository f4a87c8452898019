"""The spelling rules of Kubernetes and of image references, each as a sentence when broken.

Every function takes text and answers "" when it is fine. The rules themselves are those of
`kubernetes_grammar`; here are the words an operator reads. Looks nothing up.
"""

from __future__ import annotations

from console.domain.submission import LONGEST_JOB_NAME, UNCUT_JOB_NAME
from console.kubernetes_grammar import names as grammar
from console.kubernetes_grammar.image_references import (
    LONGEST_NAME,
    LONGEST_REFERENCE,
    could_be_host,
    image_parts,
)


def _wrong(rule: grammar.NameRule, text: str, form: str) -> str:
    """The sentence about a text; `form` is the one about its characters."""
    faults = rule.faults(text)
    if grammar.NameFault.EMPTY in faults:
        return "is empty"
    if grammar.NameFault.TOO_LONG in faults:
        return f"has {len(text)} characters; {rule.longest} are allowed"
    return form if faults else ""


def dns_label(text: str) -> str:
    """Names of containers, volumes, namespaces; advised for Jobs."""
    form = "may only hold a-z, 0-9 and -, and starts and ends with a letter or digit"
    return _wrong(grammar.LABEL, text, form)


def subdomain(text: str) -> str:
    """Names of service accounts, ConfigMaps, Secrets."""
    form = "may only hold a-z, 0-9, - and ., and each part starts and ends with one of a-z, 0-9"
    return _wrong(grammar.SUBDOMAIN, text, form)


def job_name(text: str) -> str:
    """Like a DNS label: it becomes the value of a label and the start of the pod's name."""
    return dns_label(text)


def job_name_warning(text: str) -> str:
    """What is allowed but unwise in a Job's name."""
    if UNCUT_JOB_NAME < len(text) <= LONGEST_JOB_NAME:
        return f"has {len(text)} characters; the pod's name keeps only {UNCUT_JOB_NAME} of them"
    return ""


def label_key(text: str) -> str:
    """Keys of labels and annotations: `[prefix/]name`."""
    for rule, part in grammar.key_parts(text):
        if rule is grammar.SUBDOMAIN and (wrong := subdomain(part)):
            return f"has a prefix that {wrong}"
        if rule.faults(part):
            letters = "A-Z, a-z, 0-9"
            return f"needs 1 to 63 of {letters}, -, _ and ., starting and ending with {letters}"
    return ""


def label_value(text: str) -> str:
    """Values of labels and node selectors; may be empty."""
    form = "may only hold A-Z, a-z, 0-9, -, _ and ., starting and ending with A-Z, a-z, 0-9"
    return _wrong(grammar.LABEL_VALUE, text, form)


def variable(text: str) -> str:
    """Names of environment variables, as shells and older servers take them."""
    if not grammar.is_shell_variable(text):
        return "may only hold A-Z, a-z, 0-9 and _, no digit first"
    return ""


def config_key(text: str) -> str:
    """Keys of a ConfigMap."""
    form = "needs 1 to 253 of A-Z, a-z, 0-9, -, _ and ., and does not lead upwards as .. does"
    return form if grammar.CONFIG_KEY.faults(text) else ""


def image(text: str) -> str:
    """An image reference: `[host[:port]/]name[:tag][@digest]`."""
    if not text:
        return "is empty"
    if text != text.strip():
        return "begins or ends with a blank"
    if len(text) > LONGEST_REFERENCE:
        return f"has {len(text)} characters; {LONGEST_REFERENCE} are plenty"
    parts = image_parts(text)
    if parts is None or _upper_case_repository(parts.domain):
        if image_parts(_lowered_name(text)):
            return "has upper case in its name; only a tag may have it"
        return "is not of the form [host[:port]/]name[:tag][@digest]"
    if len(parts.path) > LONGEST_NAME:
        return f"has a name of more than {LONGEST_NAME} characters"
    return ""


def _upper_case_repository(domain: str) -> bool:
    """Whether this "domain" is the first part of a name: without . and : it is no host."""
    return domain != domain.lower() and not could_be_host(domain)


def _lowered_name(text: str) -> str:
    head, colon, tag = text.rpartition(":")
    return f"{head.lower()}:{tag}" if colon and "/" not in tag else text.lower()
