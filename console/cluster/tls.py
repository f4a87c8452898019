"""The TLS context of a cluster entry. Blocking and pure of sockets."""

from __future__ import annotations

import os
import ssl
import tempfile

from console.cluster.credentials import ClientPair, pem_of
from console.cluster.kubeconfig import Section
from console.errors import Forbidden


def context_for(cluster: Section, pair: ClientPair | None) -> ssl.SSLContext:
    """Verifies against the entry's authority, or not at all where the entry says so."""
    authority = pem_of(cluster, "certificate-authority")
    try:
        context = ssl.create_default_context(cadata=authority.decode() if authority else None)
    except (ssl.SSLError, UnicodeDecodeError) as error:
        raise Forbidden("The kubeconfig's certificate-authority is no certificate.") from error
    if cluster.get("insecure-skip-tls-verify"):
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if pair is not None:
        _present(context, pair)
    return context


def _present(context: ssl.SSLContext, pair: ClientPair) -> None:
    """OpenSSL reads a client key from files only: two private ones that live for this call."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [os.path.join(folder, name) for name in ("certificate", "key")]
        for path, content in zip(paths, pair, strict=True):
            with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(content)
        try:
            context.load_cert_chain(*paths)
        except ssl.SSLError as error:
            raise Forbidden("The client certificate and its key do not fit.") from error
