"""The published v1 schema of a kubeconfig, every field, and which part of which file it stood in.

Pure: a plain document comes in, typed entries go out, or an InvalidInput that names file, entry
and field. No repr shows a field: secrets stand among them.
"""

from __future__ import annotations

import binascii
import re
from typing import Any

import msgspec

from console.domain.hostile_text import neutralise
from console.errors import InvalidInput
from console.struct_library import fitted

LONGEST_NAME = 80
_KEY = msgspec.field


class Data(bytes):
    """Bytes that a kubeconfig holds as base64, line breaks allowed."""


class NamedEntry(msgspec.Struct, frozen=True):
    """A part of a kubeconfig that may hold a secret."""

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def __rich_repr__(self) -> list[tuple[str, str]]:
        return []


class NamedExtension(NamedEntry, frozen=True):
    name: str = ""
    extension: Any = None


class Cluster(NamedEntry, frozen=True):
    """Where to, and how to know that it is the right one."""

    server: str = ""
    tls_server_name: str = _KEY(default="", name="tls-server-name")
    insecure_skip_tls_verify: bool = _KEY(default=False, name="insecure-skip-tls-verify")
    certificate_authority: str = _KEY(default="", name="certificate-authority")
    certificate_authority_data: Data = _KEY(default=Data(), name="certificate-authority-data")
    proxy_url: str = _KEY(default="", name="proxy-url")
    disable_compression: bool = _KEY(default=False, name="disable-compression")
    extensions: tuple[NamedExtension, ...] = ()


class EnvironmentVariable(NamedEntry, frozen=True):
    name: str = ""
    value: str = ""


class Plugin(NamedEntry, frozen=True):
    """`exec`: a program that prints credentials."""

    command: str = ""
    args: tuple[str, ...] = ()
    env: tuple[EnvironmentVariable, ...] = ()
    api_version: str = _KEY(default="", name="apiVersion")
    install_hint: str = _KEY(default="", name="installHint")
    provide_cluster_info: bool = _KEY(default=False, name="provideClusterInfo")
    interactive_mode: str = _KEY(default="", name="interactiveMode")


class AuthProvider(NamedEntry, frozen=True):
    name: str = ""
    config: dict[str, str] = {}


class User(NamedEntry, frozen=True):
    """As whom."""

    client_certificate: str = _KEY(default="", name="client-certificate")
    client_certificate_data: Data = _KEY(default=Data(), name="client-certificate-data")
    client_key: str = _KEY(default="", name="client-key")
    client_key_data: Data = _KEY(default=Data(), name="client-key-data")
    token: str = ""
    token_file: str = _KEY(default="", name="tokenFile")
    act_as: str = _KEY(default="", name="as")
    act_as_uid: str = _KEY(default="", name="as-uid")
    act_as_groups: tuple[str, ...] = _KEY(default=(), name="as-groups")
    act_as_extra: dict[str, tuple[str, ...]] = _KEY(default_factory=dict, name="as-user-extra")
    username: str = ""
    password: str = ""
    auth_provider: AuthProvider | None = _KEY(default=None, name="auth-provider")
    plugin: Plugin | None = _KEY(default=None, name="exec")
    extensions: tuple[NamedExtension, ...] = ()

    @property
    def has_certificate(self) -> bool:
        return bool(self.client_certificate or self.client_certificate_data)

    @property
    def can_log_in(self) -> bool:
        """Whether anything in it proves who we are; kubectl asks on the terminal otherwise."""
        ways = (self.token, self.token_file, self.username, self.plugin, self.auth_provider)
        return self.has_certificate or any(ways) or bool(self.password)


class Context(NamedEntry, frozen=True):
    cluster: str = ""
    user: str = ""
    namespace: str = ""
    extensions: tuple[NamedExtension, ...] = ()


class NamedCluster(NamedEntry, frozen=True):
    name: str = ""
    cluster: Cluster = Cluster()


class NamedUser(NamedEntry, frozen=True):
    name: str = ""
    user: User = User()


class NamedContext(NamedEntry, frozen=True):
    name: str = ""
    context: Context = Context()


class Preferences(NamedEntry, frozen=True):
    colors: bool = False
    extensions: tuple[NamedExtension, ...] = ()


class KubeconfigDocument(NamedEntry, frozen=True):
    """One kubeconfig file. Fields that no version knows are passed over, as kubectl does."""

    kind: str = ""
    api_version: str = _KEY(default="", name="apiVersion")
    current_context: str = _KEY(default="", name="current-context")
    clusters: tuple[NamedCluster, ...] = ()
    users: tuple[NamedUser, ...] = ()
    contexts: tuple[NamedContext, ...] = ()
    preferences: Preferences = Preferences()
    extensions: tuple[NamedExtension, ...] = ()


class FieldPlace(msgspec.Struct, frozen=True):
    """An entry of a file, as an error names it: `user 'alice' of /home/a/.kube/config`."""

    word: str
    name: str
    file: str

    def __str__(self) -> str:
        return f"{self.word} {shown(self.name)} of {self.file}"

    def wrong(self, field: str, why: str, fix: str) -> InvalidInput:
        """The error for one of its fields."""
        return InvalidInput(f"{field} of {self} cannot be used.", why=why, fix=fix)


def shown(name: str) -> str:
    """A foreign name, quoted, harmless to a terminal."""
    cut = name if len(name) <= LONGEST_NAME else name[:LONGEST_NAME] + "…"
    return f"'{neutralise(cut)}'"


def typed(document: Any, file: str) -> KubeconfigDocument:
    """The document of that file. Raises InvalidInput for the first value of a wrong type."""
    try:
        return fitted(document, KubeconfigDocument, _base64)
    except msgspec.ValidationError as error:
        text, _, path = str(error).partition(" - at ")
        where, field = _spot(path.strip("`"), document)
        raise InvalidInput(
            f"The kubeconfig {file} cannot be used: {field} is wrong{where}.",
            why=_in_words(text),
            fix="Put it in quotes, or correct it."
            if re.match("Expected `str.*got `(int|float|bool)`", text)
            else "Correct it there; kubectl refuses such a file as well.",
        ) from None


def _base64(wanted: type, value: Any) -> Any:
    if wanted is not Data:
        raise NotImplementedError
    if not isinstance(value, str):
        raise TypeError(f"Expected `str`, got `{_KINDS.get(type(value), 'object')}`")
    try:
        return Data(binascii.a2b_base64(re.sub(r"[\r\n]", "", value), strict_mode=True))
    except (binascii.Error, ValueError):
        raise ValueError("It is no base64.") from None


_KINDS = {int: "int", float: "float", bool: "bool", list: "array", dict: "object"}
_WORDS = {
    "str": "text",
    "int": "a number",
    "float": "a number",
    "bool": "true or false",
    "array": "a list",
    "object": "a mapping",
    "null": "nothing",
}


def _in_words(text: str) -> str:
    """msgspec's "Expected `str`, got `int`" for people; it never repeats a value."""
    found = re.fullmatch(r"Expected `([^`]+)`, got `([^`]+)`", text)
    if found is None:
        return text
    wanted = next((w for w in found[1].split(" | ") if w != "null"), found[1])
    return f"It must be {_WORDS.get(wanted, wanted)}, not {_WORDS.get(found[2], found[2])}."


def _spot(path: str, document: Any) -> tuple[str, str]:
    """Of `$.users[0].user.exec.args`: " at user 'alice'" and `exec.args`."""
    found = re.match(r"\$\.(cluster|user|context)s\[(\d+)\]\.?(.*)", path)
    if found is None:
        return "", path.removeprefix("$").lstrip(".") or "the whole"
    word, index, rest = found[1], int(found[2]), found[3]
    entry = document[f"{word}s"][index]
    name = entry.get("name") if isinstance(entry, dict) else None
    which = shown(name) if isinstance(name, str) and name else f"number {index + 1}"
    return f" at {word} {which}", rest.removeprefix(f"{word}.") or "the entry"
