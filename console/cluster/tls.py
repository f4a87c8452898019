"""TLS as the entries say: what the server must prove, what we present. Blocking, free of sockets.

Verifies as Go does: against the entry's authority alone where it names one, by the names and
addresses of a certificate and never by its subject.
"""

from __future__ import annotations

import contextlib
import os
import re
import ssl
import tempfile

from console.cluster.certificates import authority_pem
from console.cluster.kubeconfig import Access
from console.cluster.schema import Cluster, FieldPlace
from console.cluster.tokens import ClientPair
from console.errors import LoginRefused

_CERTIFICATE = re.compile(rb"-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----")


def context_for(access: Access, pair: ClientPair | None) -> ssl.SSLContext:
    """Raises LoginRefused naming the field that is no certificate or no key."""
    context = ssl.create_default_context(cadata=_authority(access.cluster, access.cluster_place))
    context.hostname_checks_common_name = False
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    if access.cluster.insecure_skip_tls_verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if pair is not None:
        _present(context, pair, access.user_place)
    return context


def _authority(cluster: Cluster, place: FieldPlace) -> str | None:
    """The certificates among them; other text between them means nothing, as to kubectl."""
    content = authority_pem(cluster, place)
    if content is None:
        return None
    found = b"\n".join(_CERTIFICATE.findall(content)).decode("ascii", errors="replace")
    with contextlib.suppress(ssl.SSLError, TypeError, ValueError):
        if found:
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=found)
            return found
    raise LoginRefused(
        f"certificate-authority of {place} is no certificate.",
        why="It must be PEM, with whole BEGIN CERTIFICATE blocks.",
        fix="Take it anew from your cluster, or remove it to trust the system's authorities.",
    )


def _present(context: ssl.SSLContext, pair: ClientPair, place: FieldPlace) -> None:
    """OpenSSL reads a client key from files only: two private ones that live for this call."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [os.path.join(folder, name) for name in ("certificate", "key")]
        for path, content in zip(paths, pair, strict=True):
            with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(content)
        try:
            context.load_cert_chain(paths[0], paths[1], _no_password)
        except (ssl.SSLError, ValueError) as error:
            raise LoginRefused(
                f"The client certificate and its key of {place} do not fit.",
                why="One is no PEM, the key is encrypted, or it is another certificate's.",
                fix="Log in again with your cluster's own tool.",
            ) from error


def _no_password() -> str:
    """An encrypted key would otherwise ask for its password on the terminal."""
    return ""
