"""How evidence is told: sentences with what is known in their places, signs as seen. Pure.

Refuses to weigh: what speaks for a cause, and how much, is `verdict`'s.
"""

from __future__ import annotations

import re

from console.diagnosis.matching import Evidence
from console.diagnosis.scene import Fact, FactKind

_SAID = {
    FactKind.EXIT: "{about} ended {how}",
    FactKind.WAITING: "{about} waits {how}",
    FactKind.RUNNING: "{about} runs",
    FactKind.ENDING: "{about} {how}, by its supervisor's word",
    FactKind.EVENT: "event of {about} {how}",
    FactKind.CONDITION: "Job {about} {how}",
    FactKind.POD: "pod {about} {how}",
    FactKind.PROBLEM: "logcopy",
    FactKind.RECORD: "record of {about}",
    FactKind.ACTION: "on a console",
    FactKind.STATUS: "status {how}",
    FactKind.BUDGET: "restarts",
    FactKind.REPEATED: "{about} ended {count} times at one route",
    FactKind.SILENCE: "nothing was written for a long time",
}
"""How a fact is told; its text follows."""
_PLACEHOLDER = re.compile(r"\{(\w+)(\??)\}")
_UNKNOWN = "?"


def filled(sentence: str, values: dict[str, str]) -> str:
    """With what is known in its places, `?` for what is not; nothing for it in a `{place?}`."""
    return _PLACEHOLDER.sub(
        lambda found: values.get(found[1]) or ("" if found[2] else _UNKNOWN), sentence
    )


def in_words(evidence: Evidence) -> str:
    """A sign as it was seen, in one clause: a fact in ours, a line in its own words."""
    if evidence.line is not None:
        return f"{evidence.line.container}: {evidence.line.text.strip()}"
    fact = evidence.fact
    if fact is None:
        return _UNKNOWN
    counted = fact.kind is FactKind.EVENT and evidence.times > 1
    times = f" ×{evidence.times}" if counted else ""
    told = " ".join(filled(_SAID[fact.kind], _fields(fact)).split())
    return f"{told}{times}: {fact.text.strip()}".rstrip(": ") if fact.text else f"{told}{times}"


def _fields(fact: Fact) -> dict[str, str]:
    how = fact.reason
    if fact.signal:
        how += f" (signal {fact.signal})"
    elif fact.exit_code is not None:
        how += f" (exit {fact.exit_code})"
    return {"about": fact.about or "it", "how": how or " ", "count": str(fact.count)}
