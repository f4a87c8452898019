"""The few DER encodings that a certificate needs. Pure."""

from __future__ import annotations

from datetime import UTC, datetime


def tagged(tag: int, content: bytes) -> bytes:
    """Tag, length, content."""
    length = len(content)
    if length < 0x80:
        return bytes((tag, length)) + content
    size = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(size))) + size + content


def sequence(*parts: bytes) -> bytes:
    """SEQUENCE."""
    return tagged(0x30, b"".join(parts))


def set_of(*parts: bytes) -> bytes:
    """SET; the caller gives at most one part, so that no order is needed."""
    return tagged(0x31, b"".join(parts))


def explicit(number: int, content: bytes) -> bytes:
    """A context-specific wrapper."""
    return tagged(0xA0 | number, content)


def integer(value: int) -> bytes:
    """INTEGER, not negative."""
    return tagged(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def boolean(value: bool) -> bytes:
    """BOOLEAN."""
    return tagged(0x01, b"\xff" if value else b"\x00")


def bit_string(content: bytes) -> bytes:
    """BIT STRING of whole bytes."""
    return tagged(0x03, b"\x00" + content)


def octet_string(content: bytes) -> bytes:
    """OCTET STRING."""
    return tagged(0x04, content)


def text(value: str) -> bytes:
    """UTF8String."""
    return tagged(0x0C, value.encode())


def utc_time(moment: datetime) -> bytes:
    """UTCTime, for years before 2050."""
    return tagged(0x17, moment.astimezone(UTC).strftime("%y%m%d%H%M%SZ").encode())


def object_id(dotted: str) -> bytes:
    """OBJECT IDENTIFIER."""
    first, second, *rest = (int(part) for part in dotted.split("."))
    encoded = bytes((first * 40 + second,))
    for number in rest:
        digits = [number & 0x7F]
        while number := number >> 7:
            digits.append(0x80 | (number & 0x7F))
        encoded += bytes(reversed(digits))
    return tagged(0x06, encoded)
