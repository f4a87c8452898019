"""A credential plug-in (`exec` of a user): what it is told, how it is run, what it may answer.

It runs without a terminal: its standard input is closed, so that none can take over the screen.
The exchange is client.authentication.k8s.io/v1 or v1beta1, as strictly as kubectl has it.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import os
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from console.cluster.certificates import authority_pem
from console.cluster.kubeconfig import Access
from console.cluster.rules import header_fault
from console.cluster.schema import Plugin, shown
from console.cluster.tokens import Token
from console.domain.hostile_text import neutralise
from console.errors import LoginRefused
from console.struct_library import decoder_of

PLUGIN_SECONDS = 60
LARGEST_ANSWER = 4 * 1024 * 1024
MOST_LINES = 6
LONGEST_LINE = 300
LOGINS = {
    "aws": "aws sso login",
    "aws-iam-authenticator": "aws sso login",
    "doctl": "doctl auth init",
    "gcloud": "gcloud auth login",
    "gke-gcloud-auth-plugin": "gcloud auth login",
    "ibmcloud": "ibmcloud login",
    "kubelogin": "az login",
    "oci": "oci session authenticate",
    "tsh": "tsh login",
}
"""By which command one logs in again for a plug-in of that name."""
CLUSTER_SETTINGS = "client.authentication.k8s.io/exec"
"""The extension of a cluster's entry that holds settings for the plug-in."""
_RFC3339 = re.compile(
    r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:[.,](\d+))?(Z|[+-]\d\d:\d\d)", re.ASCII
)


class _Status(msgspec.Struct, frozen=True, rename="camel"):
    token: str | None = None
    client_certificate_data: str | None = None
    client_key_data: str | None = None
    expiration_timestamp: str | None = None


class _ExecCredential(msgspec.Struct, frozen=True, rename="camel"):
    kind: str | None = None
    api_version: str | None = None
    status: _Status | None = None


async def credentials(access: Access) -> Token:
    """What it gives now. Raises LoginRefused, with its name, for anything but credentials."""
    plugin = access.user.plugin
    assert plugin is not None
    failed = _Failed(plugin, access)
    environment = await asyncio.to_thread(_environment, plugin, access)
    return _token(await _run(plugin, environment, failed), plugin, failed)


class _Failed:
    """Makes the error of one plug-in."""

    def __init__(self, plugin: Plugin, access: Access) -> None:
        self._name, self._place = Path(plugin.command).name, access.user_place

    def __call__(self, why: str, fix: str = "") -> LoginRefused:
        said = why if why.endswith((".", "!", "?")) else f"{why}."
        return LoginRefused(
            f"The credential plug-in {neutralise(self._name)} gave no credentials.",
            why=neutralise(f"{said} exec of {self._place} names it."),
            fix=neutralise(fix) or _again(self._name),
        )


def _again(name: str) -> str:
    """What to run. Its own arguments are not told: some hold a secret."""
    login = LOGINS.get(name.removesuffix(".exe"))
    if login is None:
        return "Run it by hand, or log in again with your cloud's own tool."
    return f"Log in again, in another terminal: {login}"


def _environment(plugin: Plugin, access: Access) -> dict[str, str]:
    """Ours, the entry's own variables, and what kubectl tells a plug-in."""
    spec: dict[str, Any] = {"interactive": False}
    if plugin.provide_cluster_info:
        spec = {"cluster": _cluster_of(access), **spec}
    request = {"kind": "ExecCredential", "apiVersion": plugin.api_version, "spec": spec}
    own = {variable.name: variable.value for variable in plugin.env}
    return {**os.environ, **own, "KUBERNETES_EXEC_INFO": json.dumps(request)}


def _cluster_of(access: Access) -> dict[str, Any]:
    cluster = access.cluster
    authority = authority_pem(cluster, access.cluster_place)
    settings = [e.extension for e in cluster.extensions if e.name == CLUSTER_SETTINGS]
    told = {
        "server": access.server,
        "tls-server-name": cluster.tls_server_name,
        "insecure-skip-tls-verify": cluster.insecure_skip_tls_verify,
        "certificate-authority-data": base64.b64encode(authority or b"").decode(),
        "proxy-url": cluster.proxy_url,
        "disable-compression": cluster.disable_compression,
    }
    known = {key: value for key, value in told.items() if value}
    return {**known, "config": settings[0] if settings else None}


async def _run(plugin: Plugin, environment: dict[str, str], failed: _Failed) -> bytes:
    """Its standard output. Looked for on our own PATH, whatever `env` says, as kubectl does."""
    found = shutil.which(plugin.command)
    if found is None:
        raise failed("There is no such program.", plugin.install_hint)
    # A file named like the plug-in in the working directory must not be run with our identity.
    if not os.path.isabs(found):
        raise failed("It was found through a relative entry of PATH, which kubectl refuses.")
    try:
        process = await asyncio.create_subprocess_exec(
            plugin.command,
            *plugin.args,
            executable=found,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=environment,
        )
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise failed(f"{why}.", plugin.install_hint) from error
    return await _answer_of(process, failed)


async def _answer_of(process: asyncio.subprocess.Process, failed: _Failed) -> bytes:
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        async with asyncio.timeout(PLUGIN_SECONDS):
            # Both at once: a program that fills the one pipe waits for ever while the other is
            # read.
            output, complaint = await asyncio.gather(
                _bounded(process.stdout), _bounded(process.stderr)
            )
            if len(output) > LARGEST_ANSWER or len(complaint) > LARGEST_ANSWER:
                raise failed(f"It wrote more than {LARGEST_ANSWER // 1024**2} MB.")
            await process.wait()
    except TimeoutError:
        raise failed(f"No answer within {PLUGIN_SECONDS} s.") from None
    finally:
        # Also where the command is cancelled: nobody else would end it.
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    if process.returncode:
        raise failed(f"It ended with {process.returncode}: {_said(complaint)}")
    return output


def _said(complaint: bytes) -> str:
    """The end of what it wrote: some say in the last line but one what to run."""
    lines = [each.strip() for each in complaint.decode(errors="replace").splitlines()]
    told = " ".join(each[:LONGEST_LINE] for each in [each for each in lines if each][-MOST_LINES:])
    return told or "It said nothing."


async def _bounded(stream: asyncio.StreamReader) -> bytes:
    found = b""
    while len(found) <= LARGEST_ANSWER and (block := await stream.read(65536)):
        found += block
    return found


def _token(output: bytes, plugin: Plugin, failed: _Failed) -> Token:
    status = _status(output, plugin, failed)
    if bool(status.client_certificate_data) != bool(status.client_key_data):
        raise failed("It gave only one of clientCertificateData and clientKeyData.")
    pair = None
    if status.client_certificate_data and status.client_key_data:
        pair = (status.client_certificate_data.encode(), status.client_key_data.encode())
    if not status.token and pair is None:
        raise failed("It gave neither token nor certificate.")
    if fault := header_fault(status.token or ""):
        raise failed(f"Its token cannot be sent. {fault}")
    header = f"Bearer {status.token}" if status.token else None
    return Token(header, _end(status.expiration_timestamp, failed), pair)


def _status(output: bytes, plugin: Plugin, failed: _Failed) -> _Status:
    try:
        answer = decoder_of(_ExecCredential).decode(output)
    except msgspec.ValidationError as error:
        text, _, path = str(error).partition(" - at ")
        raise failed(f"Its answer is wrong at {path.strip('`$.') or 'its top'}: {text}.") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise failed("It printed no ExecCredential.") from None
    kind, version = answer.kind or "ExecCredential", answer.api_version or "no version"
    if kind != "ExecCredential" or version != plugin.api_version:
        raise failed(
            f"It printed no ExecCredential of {plugin.api_version}, but {shown(kind)} of "
            f"{shown(version)}.",
            "Let exec.apiVersion be the version that the plug-in speaks.",
        )
    if answer.status is None:
        raise failed("It printed an ExecCredential without status.")
    return answer.status


def _end(text: str | None, failed: _Failed) -> datetime | None:
    """RFC 3339 with a zone; the year 1 is Go's way to say never."""
    if text is None:
        return None
    found = _RFC3339.fullmatch(text)
    try:
        if found is None:
            raise ValueError(text)  # noqa: TRY301
        day, clock, fraction, zone = found.groups()
        end = datetime.fromisoformat(f"{day}T{clock}.{(fraction or '0')[:6]:0<6}{zone}")
        return None if end.year == 1 else end.astimezone(UTC)
    except (ValueError, OverflowError):
        raise failed(
            "Its expirationTimestamp is no time of RFC 3339 with a zone, as 2030-01-31T12:00:00Z."
        ) from None
