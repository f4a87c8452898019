"""What is to be checked where no cluster answers, and in which order the ways on are offered."""

from __future__ import annotations

import ssl

import aiohttp
import pytest
from aiohttp.client_reqrep import ConnectionKey

from console.cluster.failures import unreachable

SERVER = "https://lab.example:6443"
KEY = ConnectionKey("lab.example", 6443, True, True, None, None, None)
REFUSED = aiohttp.ClientConnectorError(KEY, ConnectionRefusedError(111, "Connect call failed"))


def untrusted(said: str) -> BaseException:
    """As the library raises it."""
    error = ssl.SSLCertVerificationError(1, f"[SSL: CERTIFICATE_VERIFY_FAILED] {said}")
    error.verify_message = said
    return aiohttp.ClientConnectorCertificateError(KEY, error)


@pytest.mark.parametrize(
    ("error", "why", "check"),
    [
        (REFUSED, "Connection refused.", "Check the address and the network, or name another"),
        (
            untrusted("certificate is not valid for 'lab.example'."),
            "Its certificate is not trusted: certificate is not valid for 'lab.example'.",
            "Check certificate-authority and tls-server-name of its cluster in the kubeconfig, or",
        ),
    ],
)
def test_what_is_to_be_checked_follows_from_why(error: Exception, why: str, check: str) -> None:
    told = unreachable(SERVER, error)
    assert told.why == why
    assert told.fix.startswith(check)


def test_the_embedded_cluster_is_the_last_of_the_ways_on() -> None:
    ways = unreachable(SERVER, REFUSED).fix
    assert ways.endswith("or start on the embedded cluster: carla-console --local")
    assert ways.index("network") < ways.index("--context") < ways.index("--local")
