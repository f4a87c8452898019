"""Reading kubeconfig files as kubectl does: which file, merged how, which context. Sends nothing.

Secrets stay in fields that no repr shows.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from console.errors import InvalidInput

Section = dict[str, Any]

SERVICE_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
OFFER = "Check --kubeconfig and KUBECONFIG, or start on the embedded cluster: carla-console --local"


@dataclass(frozen=True, slots=True)
class Access:
    """One context, resolved: where to, as whom. Relative paths are already absolute."""

    context: str
    namespace: str
    server: str
    user_name: str
    cluster: Section = field(repr=False)
    user: Section = field(repr=False)
    inside: bool = False
    """The service account of the pod that this runs in."""


def files_to_read(explicit: str | None, environ: Mapping[str, str] = os.environ) -> list[Path]:
    """--kubeconfig alone, else the KUBECONFIG list, else ~/.kube/config."""
    if explicit:
        return [Path(explicit).expanduser()]
    if listed := environ.get("KUBECONFIG"):
        return [Path(part).expanduser() for part in listed.split(os.pathsep) if part]
    return [Path("~/.kube/config").expanduser()]


def load(explicit: str | None, environ: Mapping[str, str] = os.environ) -> Section | None:
    """All files merged, the first that names something wins; None where no file exists.

    Raises InvalidInput for a missing --kubeconfig and for a file that cannot be read.
    """
    paths = files_to_read(explicit, environ)
    present = [path for path in paths if path.exists()]
    if not present:
        if explicit:
            raise InvalidInput(f"There is no kubeconfig file {explicit}.", fix=OFFER)
        return None
    merged: Section = {"clusters": {}, "users": {}, "contexts": {}, "current-context": ""}
    for path in present:
        _merge(merged, _parse(path), path.resolve().parent)
    return merged


def _parse(path: Path) -> Section:
    try:
        document = yaml.safe_load(path.read_text())
    except OSError as error:
        raise InvalidInput(
            f"The kubeconfig {path} cannot be read.", why=error.strerror or str(error), fix=OFFER
        ) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"Line {mark.line + 1} is wrong." if mark else "It is no text."
        raise InvalidInput(f"The kubeconfig {path} is not YAML.", why=where, fix=OFFER) from None
    if not isinstance(document, dict):
        raise InvalidInput(f"The kubeconfig {path} is empty or no mapping.", fix=OFFER)
    return document


def _merge(merged: Section, document: Section, folder: Path) -> None:
    for plural, singular in (("clusters", "cluster"), ("users", "user"), ("contexts", "context")):
        for entry in document.get(plural) or []:
            if not isinstance(entry, dict) or "name" not in entry:
                raise InvalidInput(f"An entry of {plural} in a kubeconfig has no name.", fix=OFFER)
            body = entry.get(singular) or {}
            merged[plural].setdefault(str(entry["name"]), _absolute(body, folder))
    merged["current-context"] = merged["current-context"] or document.get("current-context") or ""


_PATHS = ("certificate-authority", "client-certificate", "client-key", "tokenFile")


def _absolute(body: Section, folder: Path) -> Section:
    """Paths in a kubeconfig are relative to the file that holds them; so is a `./` plug-in."""
    result = dict(body)
    for key in _PATHS:
        if result.get(key):
            result[key] = str(folder / Path(result[key]).expanduser())
    plugin = result.get("exec")
    if isinstance(plugin, dict) and "/" in str(plugin.get("command", "")):
        result["exec"] = {**plugin, "command": str(folder / plugin["command"])}
    return result


def resolve(config: Section, context: str | None, namespace: str | None) -> Access:
    """The chosen context. Raises InvalidInput naming the nearest existing one."""
    chosen = context or config["current-context"]
    if not chosen:
        raise InvalidInput(
            "The kubeconfig names no current context.",
            why="Contexts: " + (", ".join(config["contexts"]) or "none"),
            fix="Choose one with --context, or: kubectl config use-context NAME",
        )
    body = _named(config, "contexts", chosen, "context")
    cluster = _named(config, "clusters", str(body.get("cluster", "")), "cluster")
    user_name = str(body.get("user", ""))
    user = _named(config, "users", user_name, "user") if user_name else {}
    if not cluster.get("server"):
        raise InvalidInput(f"The cluster of context {chosen} has no server address.", fix=OFFER)
    return Access(
        context=chosen,
        namespace=namespace or str(body.get("namespace") or "default"),
        server=str(cluster["server"]).rstrip("/"),
        user_name=user_name,
        cluster=cluster,
        user=user,
    )


def _named(config: Section, plural: str, name: str, word: str) -> Section:
    if name in config[plural]:
        found: Section = config[plural][name]
        return found
    nearest = difflib.get_close_matches(name, list(config[plural]), n=1, cutoff=0.5)
    known = f"Did you mean {nearest[0]}?" if nearest else "Known: " + ", ".join(config[plural])
    raise InvalidInput(f"The kubeconfig has no {word} named {name!r}.", why=known, fix=OFFER)


def in_cluster(
    namespace: str | None,
    environ: Mapping[str, str] = os.environ,
    account: Path = SERVICE_ACCOUNT,
) -> Access | None:
    """The service account of the pod that this runs in; None outside of a cluster."""
    host, port = environ.get("KUBERNETES_SERVICE_HOST"), environ.get("KUBERNETES_SERVICE_PORT")
    if not (host and port and (account / "token").exists()):
        return None
    own = account / "namespace"
    return Access(
        context="in-cluster",
        namespace=namespace or (own.read_text().strip() if own.exists() else "default"),
        server=f"https://{f'[{host}]' if ':' in host else host}:{port}",
        user_name="service account",
        cluster={"certificate-authority": str(account / "ca.crt")},
        user={"tokenFile": str(account / "token")},
        inside=True,
    )
