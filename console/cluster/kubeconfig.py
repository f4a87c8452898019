"""Reading kubeconfig files as kubectl does: which files, merged how, which context. Sends nothing.

A relative path is relative to the folder of the file that names it, and `~` in it means nothing;
the file itself may be a link, whose target's folder plays no part.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

import msgspec

from console import paths
from console.cluster.foreign_files import UnusableFile, read
from console.cluster.kubeconfig_text import Unreadable, document_of
from console.cluster.rules import check_cluster, check_namespace, check_user
from console.cluster.schema import (
    Cluster,
    Context,
    FieldPlace,
    KubeconfigDocument,
    User,
    shown,
    typed,
)
from console.errors import InvalidInput

OFFER = "Check --kubeconfig and KUBECONFIG, or start on the embedded cluster: carla-console --local"

T = TypeVar("T", Cluster, User, Context)


class Access(msgspec.Struct, frozen=True):
    """One context, resolved and checked: where to, as whom. Relative paths are already absolute."""

    context: str
    namespace: str
    server: str
    user_name: str
    cluster: Cluster
    user: User
    cluster_place: FieldPlace
    user_place: FieldPlace
    inside: bool = False
    """The service account of the pod that this runs in."""

    def __repr__(self) -> str:
        """Without the entries: they hold secrets."""
        return f"<Access {self.context} {self.server} {self.user_name}>"


class Kubeconfig(msgspec.Struct, frozen=True):
    """All files merged: the first that names something wins."""

    files: tuple[str, ...]
    current_context: str
    clusters: dict[str, tuple[Cluster, str]]
    users: dict[str, tuple[User, str]]
    contexts: dict[str, tuple[Context, str]]
    """Name -> entry and the file it stands in."""

    def __repr__(self) -> str:
        """Without the entries: they hold secrets."""
        return f"<Kubeconfig {self.files} {self.current_context}>"

    @property
    def empty(self) -> bool:
        return not (self.current_context or self.clusters or self.users or self.contexts)


def load(explicit: str | None, environ: Mapping[str, str] = os.environ) -> Kubeconfig | None:
    """The merged files; None where no file says anything.

    Missing and empty files of the list are passed over. Raises InvalidInput for a --kubeconfig
    that is missing or says nothing, and for any file that cannot be read.
    """
    read_ones = ((path, _read(path)) for path in paths.kubeconfigs(explicit, environ))
    found = [(path, document) for path, document in read_ones if document is not None]
    if explicit and not found:
        raise InvalidInput(f"There is no kubeconfig file {explicit}.", fix=OFFER)
    current = next((d.current_context for _, d in found if d.current_context), "")
    merged = Kubeconfig(tuple(str(path) for path, _ in found), current, {}, {}, {})
    for path, document in found:
        _merge(merged, document, path)
    if explicit and merged.empty:
        raise InvalidInput(f"The kubeconfig {explicit} is empty: it names no cluster.", fix=OFFER)
    return None if merged.empty else merged


def _read(path: Path) -> KubeconfigDocument | None:
    """None for a file that is not there."""
    try:
        document = document_of(read(path))
    except UnusableFile as error:
        if error.missing:
            return None
        what = f"The kubeconfig {path} cannot be read."
        raise InvalidInput(what, why=error.why, fix=OFFER) from error
    except Unreadable as error:
        what = f"The kubeconfig {path} is not YAML."
        raise InvalidInput(what, why=str(error), fix=OFFER) from None
    found = typed({} if document is None else document, str(path))
    if found.kind not in ("", "Config") or found.api_version not in ("", "v1"):
        kind = shown(f"{found.api_version or 'v1'} {found.kind or 'Config'}")
        raise InvalidInput(f"{path} is no kubeconfig.", why=f"It is a {kind}.", fix=OFFER)
    return found


def _merge(merged: Kubeconfig, document: KubeconfigDocument, path: Path) -> None:
    """Names of earlier files stay. Raises InvalidInput for a name that is twice in this one."""
    file, folder = str(path), os.path.abspath(path.parent)
    clusters = [(each.name, _absolute(each.cluster, folder)) for each in document.clusters]
    users = [(each.name, _plugin_path(each.user, folder)) for each in document.users]
    contexts = [(each.name, each.context) for each in document.contexts]
    _add(merged.clusters, clusters, file, "cluster")
    _add(merged.users, users, file, "user")
    _add(merged.contexts, contexts, file, "context")


def _add(into: dict[str, tuple[T, str]], named: list[tuple[str, T]], file: str, word: str) -> None:
    seen: set[str] = set()
    for number, (name, entry) in enumerate(named, 1):
        if not name:
            what = f"The kubeconfig {file} cannot be used: {word} number {number} has no name."
            raise InvalidInput(what, fix="Give it the name that the contexts use.")
        if name in seen:
            raise InvalidInput(
                f"The kubeconfig {file} names the {word} {shown(name)} twice.",
                fix="Remove one of the two; kubectl refuses such a file as well.",
            )
        seen.add(name)
        into.setdefault(name, (entry, file))


_PATHS = ("certificate_authority", "client_certificate", "client_key", "token_file")


def _absolute(entry: T, folder: str) -> T:
    found = {key: getattr(entry, key, "") for key in _PATHS}
    changed = {key: os.path.join(folder, path) for key, path in found.items() if path}
    return msgspec.structs.replace(entry, **changed) if changed else entry


def _plugin_path(user: User, folder: str) -> User:
    """A plug-in named with a slash is a path; another one is looked for on the PATH."""
    user, plugin = _absolute(user, folder), user.plugin
    if plugin is None or "/" not in plugin.command:
        return user
    absolute = os.path.join(folder, plugin.command)
    return msgspec.structs.replace(user, plugin=msgspec.structs.replace(plugin, command=absolute))


def resolve(
    config: Kubeconfig, context: str | None, namespace: str | None, fallback: str = "default"
) -> Access:
    """The chosen context, with the namespace asked for, its own or the fallback.

    Raises InvalidInput naming the nearest existing one, or the field that cannot be used.
    """
    chosen = context or config.current_context
    if not chosen:
        raise InvalidInput(
            "The kubeconfig names no current context.",
            why="Contexts: " + (", ".join(map(shown, config.contexts)) or "none"),
            fix="Choose one with --context, or: kubectl config use-context NAME",
        )
    body, file = _named(config, config.contexts, chosen, "context")
    cluster, cluster_file = _named(config, config.clusters, body.cluster, "cluster")
    user, user_file = User(), file
    if body.user:
        user, user_file = _named(config, config.users, body.user, "user")
    where = namespace or body.namespace or fallback
    check_namespace(where, None if namespace else FieldPlace("context", chosen, file))
    cluster_place = FieldPlace("cluster", body.cluster, cluster_file)
    user_place = FieldPlace("user", body.user, user_file)
    server = check_cluster(cluster, cluster_place)
    check_user(user, user_place, server)
    return Access(chosen, where, server, body.user, cluster, user, cluster_place, user_place)


def _named(
    config: Kubeconfig, entries: Mapping[str, tuple[T, str]], name: str, word: str
) -> tuple[T, str]:
    if name in entries:
        return entries[name]
    import difflib  # late: whoever names the right one does not wait for it

    nearest = difflib.get_close_matches(name, list(entries), n=1, cutoff=0.5)
    known = ", ".join(shown(each) for each in list(entries)[:20]) or "none"
    raise InvalidInput(
        f"The kubeconfig has no {word} named {shown(name)}.",
        why=f"Did you mean {shown(nearest[0])}?" if nearest else f"Known: {known}",
        fix=f"Read: {', '.join(config.files)}. {OFFER}",
    )
