"""The HTTP session of one server: through which proxy, with which TLS, on sockets kept alive.

aiohttp speaks to HTTP proxies; through a SOCKS5 proxy (RFC 1928, 1929) a tunnel is asked for here,
and the proxy resolves the name, as with kubectl.
"""

from __future__ import annotations

import asyncio
import base64
import ipaddress
import socket
import ssl
from typing import Any

from console.cluster.connection import read_for_less
from console.cluster.http_library import aiohttp
from console.cluster.proxies import Proxy

READ_BUFFER = 256 * 1024
_REFUSALS = {
    1: "general failure",
    2: "not allowed",
    3: "network unreachable",
    4: "host unreachable",
    5: "connection refused",
    6: "too slow",
    7: "command not supported",
    8: "address type not supported",
}


class ProxyFailed(OSError):
    """The proxy did not let us through."""


def open_session(
    verify: ssl.SSLContext | bool, proxy: Proxy | None, *, compressed: bool
) -> aiohttp.ClientSession:
    """Takes nothing from the environment: neither its proxies nor a .netrc's passwords."""
    connector: aiohttp.TCPConnector = (
        _SocksConnector(proxy, verify)
        if proxy is not None and proxy.socks
        else aiohttp.TCPConnector(limit=0, ssl=verify, socket_factory=kept_alive)
    )
    read_for_less(connector)
    return aiohttp.ClientSession(
        connector=connector,
        trust_env=False,
        read_bufsize=READ_BUFFER,
        auto_decompress=True,
        # disable-compression of the kubeconfig: for fast networks and busy servers.
        skip_auto_headers=() if compressed else ("Accept-Encoding",),
        proxy=None if proxy is None or proxy.socks else proxy.address,
    )


def proxy_login(proxy: Proxy | None) -> dict[str, str]:
    """The header that an HTTP proxy wants, where its address carries a login."""
    if proxy is None or proxy.socks or proxy.user is None:
        return {}
    pair = base64.b64encode(f"{proxy.user}:{proxy.password}".encode()).decode()
    return {"Proxy-Authorization": f"Basic {pair}"}


def kept_alive(address: aiohttp.AddrInfoType) -> socket.socket:
    """A dead peer is noticed after half a minute, also on streams that are silent by nature."""
    family, kind, protocol, _, _ = address
    new = socket.socket(family, kind, protocol)
    new.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in (("TCP_KEEPIDLE", 15), ("TCP_KEEPINTVL", 5), ("TCP_KEEPCNT", 3)):
        if hasattr(socket, option):
            new.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)
    return new


class _LeftToTheProxy(aiohttp.abc.AbstractResolver):
    """Leaves a name as it is: the proxy looks it up."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[aiohttp.abc.ResolveResult]:
        return [
            aiohttp.abc.ResolveResult(
                hostname=host, host=host, port=port, family=family, proto=0, flags=0
            )
        ]

    async def close(self) -> None:
        """Holds nothing."""


class _SocksConnector(aiohttp.TCPConnector):
    """Its connections begin at the far end of a tunnel."""

    def __init__(self, proxy: Proxy, verify: ssl.SSLContext | bool) -> None:
        super().__init__(limit=0, ssl=verify, resolver=_LeftToTheProxy(), use_dns_cache=False)
        self._proxy = proxy

    async def _wrap_create_connection(
        self,
        *args: Any,
        addr_infos: list[aiohttp.AddrInfoType],
        req: aiohttp.ClientRequest,
        timeout: aiohttp.ClientTimeout,
        client_error: type[Exception] = aiohttp.ClientConnectorError,
        **kwargs: Any,
    ) -> Any:
        """aiohttp's one place that opens a socket; there is no public one after the resolver."""
        host, port = addr_infos[0][4][:2]
        async with asyncio.timeout(timeout.sock_connect):
            tunnel = await _tunnel(self._proxy, str(host), int(port))
            return await self._loop.create_connection(*args, **kwargs, sock=tunnel)


async def _tunnel(proxy: Proxy, host: str, port: int) -> socket.socket:
    """A socket whose other end is that host. Raises ProxyFailed."""
    opened = await _reach(proxy)
    try:
        await _greet(opened, proxy)
        await _send(opened, b"\x05\x01\x00" + _target(host) + port.to_bytes(2))
        await _take_reply(opened)
    except BaseException:
        opened.close()
        raise
    return opened


async def _take_reply(opened: socket.socket) -> None:
    """What it says to a request, and the address it speaks from, which is of no use."""
    _, code, _, kind = await _take(opened, 4)
    if code:
        raise ProxyFailed(f"It answered: {_REFUSALS.get(code, f'code {code}')}.")
    length = {1: 4, 4: 16}.get(kind) or (await _take(opened, 1))[0]
    await _take(opened, length + 2)


async def _reach(proxy: Proxy) -> socket.socket:
    loop = asyncio.get_running_loop()
    failure: OSError = ProxyFailed("Its name has no address.")
    try:
        found = await loop.getaddrinfo(proxy.host, proxy.port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise ProxyFailed(error.strerror or str(error)) from error
    for info in found:
        new = kept_alive(info)
        new.setblocking(False)
        try:
            await loop.sock_connect(new, info[4])
            return new
        except BaseException as error:
            new.close()
            if not isinstance(error, OSError):
                raise
            failure = error
    raise ProxyFailed(failure.strerror or str(failure)) from failure


async def _greet(opened: socket.socket, proxy: Proxy) -> None:
    """Agree on how we log in to the proxy, and do."""
    await _send(opened, b"\x05\x01\x00" if proxy.user is None else b"\x05\x02\x00\x02")
    version, method = await _take(opened, 2)
    if version != 5:
        raise ProxyFailed("It does not speak SOCKS5.")
    if method == 0:
        return
    if method != 2 or proxy.user is None:
        raise ProxyFailed("It wants a login, and its address carries none that it takes.")
    user, password = proxy.user.encode(), proxy.password.encode()
    if not (0 < len(user) < 256 and len(password) < 256):
        raise ProxyFailed("Its user name or password is longer than SOCKS5 allows, or empty.")
    await _send(opened, b"\x01" + bytes([len(user)]) + user + bytes([len(password)]) + password)
    if (await _take(opened, 2))[1]:
        raise ProxyFailed("It does not accept that user name and password.")


def _target(host: str) -> bytes:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        name = host.encode("ascii", errors="replace")
        return b"\x03" + bytes([min(len(name), 255)]) + name[:255]
    return (b"\x01" if address.version == 4 else b"\x04") + address.packed


async def _send(opened: socket.socket, content: bytes) -> None:
    await asyncio.get_running_loop().sock_sendall(opened, content)


async def _take(opened: socket.socket, count: int) -> bytes:
    found = b""
    while len(found) < count:
        block = await asyncio.get_running_loop().sock_recv(opened, count - len(found))
        if not block:
            raise ProxyFailed("It closed the connection before the tunnel was open.")
        found += block
    return found
