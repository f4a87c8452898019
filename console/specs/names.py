"""The spelling rules of Kubernetes and of image references, each as a sentence when broken.

Every function takes text and answers "" when it is fine. Looks nothing up.
"""

from __future__ import annotations

import re

from console.domain.submission import LONGEST_JOB_NAME, UNCUT_JOB_NAME

_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_QUALIFIED = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_CONFIG_KEY = re.compile(r"[-._A-Za-z0-9]+")

# The grammar of image references, as the distribution project writes it.
_HOST = r"(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)"
_DOMAIN = rf"(?:{_HOST}(?:\.{_HOST})*|\[[0-9a-fA-F:]+\])(?::[0-9]+)?"
_PART = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_IMAGE = re.compile(
    rf"(?:(?P<domain>{_DOMAIN})/)?(?P<name>{_PART}(?:/{_PART})*)"
    r"(?::(?P<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?"
    r"(?:@(?P<digest>[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}))?"
)
LONGEST_IMAGE_NAME = 255
LONGEST_REFERENCE = 1024
"""Characters; the expression above is slow on absurd texts."""


def dns_label(text: str) -> str:
    """Names of containers, volumes, namespaces; advised for Jobs."""
    if not text:
        return "is empty"
    if len(text) > 63:
        return f"has {len(text)} characters; 63 are allowed"
    if not _LABEL.fullmatch(text):
        return "may only hold a-z, 0-9 and -, and starts and ends with a letter or digit"
    return ""


def subdomain(text: str) -> str:
    """Names of service accounts, ConfigMaps, Secrets."""
    if not text:
        return "is empty"
    if len(text) > 253:
        return f"has {len(text)} characters; 253 are allowed"
    if not _SUBDOMAIN.fullmatch(text):
        return "may only hold a-z, 0-9, - and ., and each part starts and ends with one of a-z, 0-9"
    return ""


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
    prefix, slash, name = text.rpartition("/")
    if slash and (wrong := subdomain(prefix)):
        return f"has a prefix that {wrong}"
    if not name or len(name) > 63 or not _QUALIFIED.fullmatch(name):
        return "needs 1 to 63 of A-Z, a-z, 0-9, -, _ and ., starting and ending with A-Z, a-z, 0-9"
    return ""


def label_value(text: str) -> str:
    """Values of labels and node selectors; may be empty."""
    if len(text) > 63:
        return f"has {len(text)} characters; 63 are allowed"
    if text and not _QUALIFIED.fullmatch(text):
        return "may only hold A-Z, a-z, 0-9, -, _ and ., starting and ending with A-Z, a-z, 0-9"
    return ""


def variable(text: str) -> str:
    """Names of environment variables, as shells and older servers take them."""
    return "" if _VARIABLE.fullmatch(text) else "may only hold A-Z, a-z, 0-9 and _, no digit first"


def config_key(text: str) -> str:
    """Keys of a ConfigMap."""
    if len(text) > 253 or not _CONFIG_KEY.fullmatch(text) or text in (".", ".."):
        return "needs 1 to 253 of A-Z, a-z, 0-9, -, _ and ."
    return ""


def image(text: str) -> str:
    """An image reference: `[host[:port]/]name[:tag][@digest]`."""
    if not text:
        return "is empty"
    if text != text.strip():
        return "begins or ends with a blank"
    if len(text) > LONGEST_REFERENCE:
        return f"has {len(text)} characters; {LONGEST_REFERENCE} are plenty"
    match = _IMAGE.fullmatch(text)
    if match is None or _upper_case_repository(match["domain"] or ""):
        if _IMAGE.fullmatch(_lowered_name(text)):
            return "has upper case in its name; only a tag may have it"
        return "is not of the form [host[:port]/]name[:tag][@digest]"
    if len(f"{match['domain'] or ''}/{match['name']}") > LONGEST_IMAGE_NAME:
        return f"has a name of more than {LONGEST_IMAGE_NAME} characters"
    return ""


def _upper_case_repository(domain: str) -> bool:
    """Whether this "domain" is the first part of a name: without . and : it is no host."""
    return domain != domain.lower() and "." not in domain and ":" not in domain


def _lowered_name(text: str) -> str:
    head, colon, tag = text.rpartition(":")
    return f"{head.lower()}:{tag}" if colon and "/" not in tag else text.lower()
