"""What kubectl refuses in the chosen entries, and the few things that we cannot do. Opens no file.

Every refusal names file, entry and field, says why and what to write instead.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from console.cluster.schema import Cluster, FieldPlace, Plugin, User, shown
from console.errors import InvalidInput

PLUGIN_VERSIONS = ("client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1")
_NOT_IN_A_HEADER = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_NAMESPACE = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
_LONGEST_LABEL = 63
"""Letters between two dots of a name of DNS."""


def header_fault(value: str) -> str:
    """Why that text cannot be sent in a header; empty when it can."""
    if _NOT_IN_A_HEADER.search(value):
        return "It holds a line break or another control character, which no header may carry."
    return ""


def check_namespace(namespace: str, place: FieldPlace | None) -> None:
    """`place`: the context that named it, or None for a flag."""
    if _NAMESPACE.fullmatch(namespace):
        return
    origin = f"The namespace of {place}" if place else "The namespace"
    raise InvalidInput(
        f"{origin} cannot be {shown(namespace)}.",
        why="A namespace is at most 63 small letters, digits and dashes.",
        fix="Give another one with -n, or correct the context.",
    )


def check_cluster(cluster: Cluster, place: FieldPlace) -> str:
    """The server's address without a slash at its end. Raises InvalidInput."""
    server = _server(cluster.server, place)
    if cluster.tls_server_name and not _host(cluster.tls_server_name):
        raise place.wrong("tls-server-name", "It is no host name.", "Write a name or an address.")
    if cluster.certificate_authority and cluster.certificate_authority_data:
        raise _both(place, "certificate-authority")
    if (
        cluster.certificate_authority or cluster.certificate_authority_data
    ) and cluster.insecure_skip_tls_verify:
        raise place.wrong(
            "insecure-skip-tls-verify",
            "It contradicts certificate-authority: kubectl refuses both together.",
            "Remove one of the two.",
        )
    return server


def _server(server: str, place: FieldPlace) -> str:
    fix = "Write it as https://HOST:PORT."
    if not server:
        raise InvalidInput(f"The {place} has no server address.", fix=fix)
    try:
        parts = urlsplit(server)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise place.wrong("server", f"It is no address: {error}.", fix) from None
    if parts.scheme not in ("http", "https") or not host:
        raise place.wrong("server", "It does not begin with https:// or http:// and a host.", fix)
    if "@" in parts.netloc:
        why = "It carries a user name: who we are is said by the user's entry only."
        raise place.wrong("server", why, "Put username and password into the user's entry.")
    if re.search(r"[\s\x00-\x20\x7f\\]", server) or not _host(host):
        raise place.wrong("server", "It holds a character that no address has.", fix)
    return f"{parts.scheme}://{parts.netloc}{parts.path}".rstrip("/")


def _host(name: str) -> bool:
    """Whether a connection can be asked for by that name."""
    if re.search(r"[\s\x00-\x20\x7f/@?#]", name):
        return False
    if name.isascii():  # nearly all: for others Python loads the tables of IDNA
        labels = name.removesuffix(".").split(".")
        return ":" in name or all(0 < len(label) <= _LONGEST_LABEL for label in labels)
    try:
        return ":" in name or bool(name.encode("idna"))
    except UnicodeError:
        return False


def _both(place: FieldPlace, field: str) -> InvalidInput:
    return place.wrong(
        f"{field} beside {field}-data",
        "Both are given, and kubectl refuses to choose.",
        "Remove one of the two.",
    )


def check_user(user: User, place: FieldPlace, server: str) -> None:
    """Raises InvalidInput for what does not go together, or does not suffice over https."""
    if server.startswith("https:") and not user.can_log_in:
        raise place.wrong(
            "The whole",
            "It holds no credentials. kubectl would ask for a name and a password here.",
            "Log in with your cluster's own tool, or choose another context with --context.",
        )
    _one_way_in(user, place)
    _certificate(user, place)
    _impersonation(user, place)
    if user.plugin is not None:
        _plugin(user.plugin, place)
    if user.auth_provider is not None and user.auth_provider.name != "oidc":
        raise place.wrong(
            "auth-provider",
            f"kubectl has known no provider {shown(user.auth_provider.name)} since 1.26.",
            "Let your cloud's own tool write an exec entry instead.",
        )
    if fault := header_fault(user.token):
        raise place.wrong("token", fault, "Write it on one line, without a line break at its end.")


def _one_way_in(user: User, place: FieldPlace) -> None:
    basic = user.username or user.password
    if basic and (user.token or user.token_file):
        other = "token" if user.token else "tokenFile"
        raise place.wrong(
            f"username beside {other}",
            "Two ways to log in are given, and kubectl refuses to choose.",
            "Remove one of the two.",
        )
    if user.password and not user.username:
        raise place.wrong("password", "There is no username with it.", "Add the username.")
    if user.plugin is not None and user.auth_provider is not None:
        raise place.wrong(
            "auth-provider beside exec",
            "Two ways to log in are given, and kubectl refuses to choose.",
            "Remove one of the two.",
        )


def _certificate(user: User, place: FieldPlace) -> None:
    if not (user.client_certificate or user.client_certificate_data):
        return
    if user.client_certificate and user.client_certificate_data:
        raise _both(place, "client-certificate")
    if user.client_key and user.client_key_data:
        raise _both(place, "client-key")
    if not (user.client_key or user.client_key_data):
        raise place.wrong("client-certificate", "There is no key with it.", "Add client-key.")


def _impersonation(user: User, place: FieldPlace) -> None:
    if not user.act_as and (user.act_as_uid or user.act_as_groups or user.act_as_extra):
        field = (
            "as-groups" if user.act_as_groups else "as-uid" if user.act_as_uid else "as-user-extra"
        )
        raise place.wrong(field, "It says no user to act as.", "Add `as` with the user's name.")
    values = [("as", user.act_as), ("as-uid", user.act_as_uid)]
    values += [("as-groups", each) for each in user.act_as_groups]
    values += [("as-user-extra", each) for some in user.act_as_extra.values() for each in some]
    for field, value in values:
        if fault := header_fault(value):
            raise place.wrong(field, fault, "Write it on one line.")


def _plugin(plugin: Plugin, place: FieldPlace) -> None:
    if not plugin.command:
        raise place.wrong("exec", "It has no command.", "Add exec.command, the plug-in's program.")
    if plugin.api_version not in PLUGIN_VERSIONS:
        given = shown(plugin.api_version) if plugin.api_version else "missing"
        raise place.wrong(
            "exec.apiVersion",
            f"It is {given}; kubectl knows {' and '.join(PLUGIN_VERSIONS)}.",
            f"Write apiVersion: {PLUGIN_VERSIONS[0]}, or renew the entry with your cloud's tool.",
        )
    _interactive(plugin, place)
    for variable in plugin.env:
        if not variable.name or "=" in variable.name or "\0" in variable.name + variable.value:
            why = f"The variable {shown(variable.name)} is no name that a program can be given."
            raise place.wrong("exec.env", why, "Each one needs a name without = and a value.")
    if "\0" in plugin.command + "".join(plugin.args):
        raise place.wrong("exec", "It holds a NUL character.", "Write command and args as text.")


def _interactive(plugin: Plugin, place: FieldPlace) -> None:
    mode = plugin.interactive_mode
    if not mode and plugin.api_version == PLUGIN_VERSIONS[1]:
        return
    if mode == "Always":
        raise place.wrong(
            "exec.interactiveMode",
            "It is Always: the plug-in asks questions, and the console has no terminal to lend it.",
            "Log in with it by hand, or configure it so that interactiveMode can be IfAvailable.",
        )
    if mode not in ("Never", "IfAvailable"):
        given = shown(mode) if mode else "missing"
        raise place.wrong(
            "exec.interactiveMode",
            f"It is {given}; kubectl wants Never, IfAvailable or Always.",
            "Write interactiveMode: Never.",
        )
