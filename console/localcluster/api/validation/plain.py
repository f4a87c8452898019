"""The rules about ConfigMaps and Secrets."""

from __future__ import annotations

from console.kubernetes_grammar.object_rules import LARGEST_CONFIG_MAP, size_of_values
from console.localcluster.api.refusals import StatusCause, invalid
from console.localcluster.api.validation.words import config_key
from console.localcluster.changes import JsonObject


def check_configmap(obj: JsonObject) -> list[StatusCause]:
    """Keys, a key used twice, total size."""
    data, binary = obj.get("data") or {}, obj.get("binaryData") or {}
    causes = _check_keys(data, "data") + _check_keys(binary, "binaryData")
    for key in data:
        if key in binary:
            causes.append(invalid(f"data[{key}]", key, "duplicate of key present in binaryData"))
    return causes + _check_size("", data, binary)


def check_secret(obj: JsonObject) -> list[StatusCause]:
    """Keys and total size."""
    data = obj.get("data") or {}
    return _check_keys(data, "data") + _check_size("data", data)


def _check_keys(entries: JsonObject, field: str) -> list[StatusCause]:
    return [cause for key in entries for cause in config_key(f"{field}[{key}]", key)]


def _check_size(field: str, *entries: JsonObject) -> list[StatusCause]:
    if size_of_values(*entries) <= LARGEST_CONFIG_MAP:
        return []
    text = f"Too long: may not be more than {LARGEST_CONFIG_MAP} bytes"
    return [StatusCause(field, "FieldValueTooLong", text)]
