"""The few protobuf bodies that typed Kubernetes clients send whatever they accept in return.

A body is `k8s\\0` and a runtime.Unknown message {1: TypeMeta {1: apiVersion, 2: kind}, 2: raw}.
Decodes SelfSubject*Review, DeleteOptions, Eviction, a Secret and a Namespace's name into what their
JSON would give.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping

from console.localcluster.api.refusals import ApiFailure
from console.localcluster.changes import JsonObject

MEDIA_TYPE = "application/vnd.kubernetes.protobuf"
_MAGIC = b"k8s\0"

_Value = int | bytes
_Fields = dict[int, list[_Value]]
_Reader = Callable[[_Value], object]
_Layout = Mapping[int, tuple[str, _Reader]]


def decode_protobuf(raw: bytes) -> JsonObject:
    """The object in a protobuf body. Raises ApiFailure 400, or 415 for kinds it does not know."""
    if not raw.startswith(_MAGIC):
        raise ApiFailure(400, "the body is not a Kubernetes protobuf message")
    envelope = _fields(raw[len(_MAGIC) :])
    meta = _message({1: ("apiVersion", _text), 2: ("kind", _text)})(_last(envelope, 1, b""))
    kind = meta.get("kind", "") if isinstance(meta, dict) else ""
    if kind not in _KINDS:
        message = f"{kind or 'this kind'} is not understood as protobuf; send application/json"
        raise ApiFailure(415, message)
    body = _KINDS[kind](_last(envelope, 2, b""))
    return {**meta, **body} if isinstance(meta, dict) and isinstance(body, dict) else {}


def _fields(raw: bytes) -> _Fields:
    """The fields of one message by number; later ones win in _last, as protobuf says."""
    found: _Fields = {}
    position = 0
    while position < len(raw):
        tag, position = _varint(raw, position)
        value: _Value
        if tag & 7 == 0:
            value, position = _varint(raw, position)
        elif tag & 7 == 2:
            length, position = _varint(raw, position)
            value, position = raw[position : position + length], position + length
        else:
            raise ApiFailure(400, f"protobuf: wire type {tag & 7} is not used here")
        if position > len(raw):
            raise ApiFailure(400, "protobuf: unexpected end of the message")
        found.setdefault(tag >> 3, []).append(value)
    return found


def _varint(raw: bytes, position: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if position >= len(raw):
            break
        byte = raw[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, position
    raise ApiFailure(400, "protobuf: a number does not end")


def _last(fields: _Fields, number: int, default: _Value) -> _Value:
    return fields[number][-1] if number in fields else default


def _bytes(value: _Value) -> bytes:
    if isinstance(value, bytes):
        return value
    raise ApiFailure(400, "protobuf: a number where a message or a string belongs")


def _text(value: _Value) -> str:
    return _bytes(value).decode("utf-8", errors="replace")


def _number(value: _Value) -> int:
    if isinstance(value, bytes):
        raise ApiFailure(400, "protobuf: a string where a number belongs")
    return value - 2**64 if value >= 2**63 else value


def _flag(value: _Value) -> bool:
    return bool(_number(value))


def _text_list(value: _Value) -> list[str]:
    return [_text(value)]


def _secret(value: _Value) -> JsonObject:
    """Each entry of its data is a message of its own."""
    fields = _fields(_bytes(value))
    told = _message({1: ("metadata", _NAMED), 3: ("type", _text)})(value)
    entries = [_fields(_bytes(each)) for each in fields.get(2, ())]
    data = {
        _text(_last(each, 1, b"")): base64.b64encode(_bytes(_last(each, 2, b""))).decode()
        for each in entries
    }
    return {**(told if isinstance(told, dict) else {}), "data": data}


def _message(layout: _Layout) -> _Reader:
    def read(value: _Value) -> JsonObject:
        fields = _fields(_bytes(value))
        return {
            name: reader(fields[number][-1])
            for number, (name, reader) in layout.items()
            if number in fields
        }

    return read


_RESOURCE = _message(
    {
        1: ("namespace", _text),
        2: ("verb", _text),
        3: ("group", _text),
        4: ("version", _text),
        5: ("resource", _text),
        6: ("subresource", _text),
        7: ("name", _text),
    }
)
_ACCESS = _message(
    {
        1: ("resourceAttributes", _RESOURCE),
        2: ("nonResourceAttributes", _message({1: ("path", _text), 2: ("verb", _text)})),
    }
)
_NAMED = _message({1: ("name", _text), 3: ("namespace", _text)})
_DELETE_OPTIONS = _message(
    {
        1: ("gracePeriodSeconds", _number),
        2: ("preconditions", _message({1: ("uid", _text), 2: ("resourceVersion", _text)})),
        3: ("orphanDependents", _flag),
        4: ("propagationPolicy", _text),
        5: ("dryRun", _text_list),
    }
)
_KINDS: dict[str, _Reader] = {
    "SelfSubjectAccessReview": _message({2: ("spec", _ACCESS)}),
    "SelfSubjectRulesReview": _message({2: ("spec", _message({1: ("namespace", _text)}))}),
    "SelfSubjectReview": _message({}),
    # `kubectl create namespace` knows no other form; labels and the like it does not send.
    "Namespace": _message({1: ("metadata", _message({1: ("name", _text)}))}),
    # Nor `kubectl create secret`.
    "Secret": _secret,
    "DeleteOptions": _DELETE_OPTIONS,
    "Eviction": _message(
        {
            1: ("metadata", _NAMED),
            2: ("deleteOptions", _DELETE_OPTIONS),
        }
    ),
}
