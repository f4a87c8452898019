"""The certificates and keys that the entries of a kubeconfig name or hold. Knows no TLS."""

from __future__ import annotations

from console.cluster.foreign_files import UnusableFile, read
from console.cluster.kubeconfig import Access
from console.cluster.schema import Cluster, FieldPlace
from console.cluster.tokens import ClientPair
from console.errors import LoginRefused


def authority_pem(cluster: Cluster, place: FieldPlace) -> bytes | None:
    """The bytes of certificate-authority; None where the system's authorities count."""
    data, path = cluster.certificate_authority_data, cluster.certificate_authority
    return _pem(data, path, place, "certificate-authority")


def client_pair(access: Access) -> ClientPair | None:
    """The client certificate of the user's entry, from its data or its files."""
    user, place = access.user, access.user_place
    certificate = _pem(
        user.client_certificate_data, user.client_certificate, place, "client-certificate"
    )
    if certificate is None:
        return None
    return certificate, _pem(user.client_key_data, user.client_key, place, "client-key") or b""


def _pem(data: bytes, path: str, place: FieldPlace, field: str) -> bytes | None:
    if data or not path:
        return bytes(data) or None
    try:
        return read(path)
    except UnusableFile as error:
        raise LoginRefused(
            f"{field} of {place} cannot be read.",
            why=f"{path}: {error.why}",
            fix="A relative path begins at the kubeconfig's folder. Correct it, or log in again.",
        ) from error
