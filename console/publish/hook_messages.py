"""What a webhook is told of a call, in its form. Pure.

No more of a submission than its name and one line: no log, no image, no address of the cluster.
"""

from __future__ import annotations

import json
import re
from typing import Any

from console.domain.calls import Call
from console.operations.ports.call_settings import WebhookForm
from console.presentation.call_words import headline

_EVERYBODY = re.compile(r"@(?=(?:all|channel|everyone|here)\b)", re.IGNORECASE)
_ESCAPED = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
"""What Slack reads as marks: of links, of people and of channels."""


def body(call: Call, form: WebhookForm, key: str) -> bytes:
    """The request's body, JSON; `key` tells a receiver of ours that it is the same call."""
    told = _slack(call) if form is WebhookForm.SLACK else _plain(call, key)
    return json.dumps(told, ensure_ascii=False).encode()


def _slack(call: Call) -> dict[str, Any]:
    """Mattermost and Rocket.Chat take the same. A name that calls everybody calls nobody."""
    told = _EVERYBODY.sub("@\u200b", f"{headline(call)} ({call.namespace}): {call.text}")
    safe = "".join(_ESCAPED.get(each, each) for each in told)
    return {"text": safe, "mrkdwn": False, "unfurl_links": False, "unfurl_media": False}


def _plain(call: Call, key: str) -> dict[str, Any]:
    return {
        "id": key,
        "occasion": call.occasion.value,
        "namespace": call.namespace,
        "submission": call.name,
        "uid": call.uid,
        "headline": headline(call),
        "text": call.text,
        "at": call.at.isoformat(),
    }
