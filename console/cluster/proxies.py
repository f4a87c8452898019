"""Which proxy stands between us and a server: the kubeconfig's, else the environment's. Pure.

As kubectl: `proxy-url` always counts. HTTPS_PROXY and HTTP_PROXY (or their small twins) count by
the scheme of the server, ALL_PROXY never, and NO_PROXY and this machine's own addresses go past
them. A proxy that cannot be understood is refused; going there directly would be a guess.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import msgspec

from console.domain.hostile_text import neutralise
from console.errors import InvalidInput

if TYPE_CHECKING:
    from console.cluster.kubeconfig import Access

PORTS = {"http": 80, "https": 443, "socks5": 1080, "socks5h": 1080}
IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


class Proxy(msgspec.Struct, frozen=True):
    """A proxy and who named it."""

    scheme: str
    host: str
    port: int
    source: str
    user: str | None = None
    password: str = ""

    @property
    def socks(self) -> bool:
        return self.scheme.startswith("socks")

    @property
    def address(self) -> str:
        """Without user and password: for a message, and for the client."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"

    def __repr__(self) -> str:
        """Without user and password."""
        return f"<Proxy {self}>"

    def __str__(self) -> str:
        return f"{neutralise(self.address)} ({self.source})"


def proxy_for(access: Access, environ: Mapping[str, str]) -> Proxy | None:
    """None: directly. Raises InvalidInput for a proxy that is none."""
    if text := access.cluster.proxy_url:
        proxy = _parsed(text, f"proxy-url of {access.cluster_place}")
        if proxy.scheme == "socks5h":
            raise _unusable(proxy.source, "kubectl does not know socks5h there.")
        return proxy
    parts = urlsplit(access.server)
    names = (
        ("HTTPS_PROXY", "https_proxy") if parts.scheme == "https" else ("HTTP_PROXY", "http_proxy")
    )
    name = next((each for each in names if environ.get(each)), None)
    host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
    if name is None or is_loopback(host) or _past(host, port, environ):
        return None
    # A server hands the header `Proxy` of a request to its scripts as HTTP_PROXY.
    if parts.scheme == "http" and environ.get("REQUEST_METHOD"):
        raise _unusable(
            name, "REQUEST_METHOD is set, so whoever sent that request may have set it."
        )
    text = environ[name]
    return _parsed(
        text if re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", text) else f"http://{text}", name
    )


def _unusable(source: str, why: str) -> InvalidInput:
    return InvalidInput(
        f"The proxy that {source} names cannot be used.",
        why=why,
        fix="Write it as http://HOST:PORT, https://HOST:PORT or socks5://HOST:PORT.",
    )


def _parsed(text: str, source: str) -> Proxy:
    """No message repeats the text: it may hold a password."""
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise _unusable(source, "It is no address.") from None
    if parts.scheme not in PORTS:
        raise _unusable(source, "It begins with none of http://, https:// and socks5://.")
    if not host or re.search(r"[\s\x00-\x20\x7f\\]", text):
        raise _unusable(source, "It is no address.")
    user = None if parts.username is None else unquote(parts.username)
    return Proxy(
        parts.scheme, host, port or PORTS[parts.scheme], source, user, unquote(parts.password or "")
    )


def is_loopback(host: str) -> bool:
    address = _address(host)
    return host == "localhost" or (address is not None and address.is_loopback)


def _address(host: str) -> IpAddress | None:
    try:
        found = ipaddress.ip_address(host)
    except ValueError:
        return None
    # `::ffff:127.0.0.1` is this machine too.
    return (found.ipv4_mapped or found) if isinstance(found, ipaddress.IPv6Address) else found


def _past(host: str, port: int, environ: Mapping[str, str]) -> bool:
    """Whether NO_PROXY names that server."""
    rules = environ.get("NO_PROXY") or environ.get("no_proxy") or ""
    address = _address(host)
    name = _ascii(host.lower())
    return any(
        _matches(rule, name, address, port)
        for each in rules.split(",")
        if (rule := each.strip().lower())
    )


def _matches(rule: str, host: str, address: IpAddress | None, port: int) -> bool:
    """`*`, a range, an address or a name, the last two perhaps with a port."""
    if rule == "*":
        return True
    if (network := _network(rule)) is not None:
        return address is not None and address in network
    wanted, wanted_port = _split(rule)
    if wanted_port not in ("", str(port)):
        return False
    if (named := _address(wanted)) is not None:
        return address == named
    return address is None and _is_within(host, _ascii(wanted.removeprefix("*")))


def _is_within(host: str, domain: str) -> bool:
    """`.a.b` is everything below a.b; `a.b` is that name as well."""
    if not domain.strip("."):
        return False
    return host.endswith(domain if domain.startswith(".") else f".{domain}") or host == domain


def _network(rule: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    if not re.fullmatch(r"[0-9a-f.:]+/[0-9]+", rule):
        return None
    try:
        return ipaddress.ip_network(rule, strict=False)
    except ValueError:
        return None


def _split(rule: str) -> tuple[str, str]:
    """Host and port; an IPv6 address has brackets when a port follows."""
    found = re.fullmatch(r"(?:\[([^\]]*)\]|([^:]*)):([0-9]*)", rule)
    return (found[1] or found[2] or "", found[3]) if found else (rule.strip("[]"), "")


def _ascii(name: str) -> str:
    try:
        return name if name.isascii() else name.encode("idna").decode()
    except UnicodeError:
        return name
