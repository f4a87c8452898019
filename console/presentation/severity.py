"""How grave a line of a log is, by its own words. Pure.

The words are those of Python, of the engine (`LogX: Error:`), of glog (`E1122 14:02:11`) and of
what loggers usually write. An agent may write what it likes: a colour is no verdict.
"""

from __future__ import annotations

import re

from console.presentation.tones import Tone

_CLOCK = r"\d{4} \d\d:\d\d:\d\d"
_ERROR = re.compile(
    r"\b(?:ERROR|CRITICAL|FATAL|PANIC)\b|\b(?:[Ee]rror|[Ff]atal|[Cc]ritical|[Pp]anic)\s*:"
    r"|\b[Ff]atal error\b|\b[A-Z]\w*(?:Error|Exception)(?::|$)|^Traceback \(most recent call last\)"
    rf"|^[EF]{_CLOCK}|^Signal \d+ caught|^terminate called|\bSegmentation fault\b"
)
_WARNING = re.compile(rf"\bWARN(?:ING)?\b|\b\w*[Ww]arning\s*:|^W{_CLOCK}")
ERRORS = _ERROR.pattern
"""The same as text, for a search that heeds case."""
_TELLING = (
    "error",
    "warn",
    "fatal",
    "critical",
    "panic",
    "exception",
    "traceback",
    "signal",
    "terminate",
    "segmentation",
)
"""Without one of these in it, in whatever case, or a clock at its begin, a line is neither.

Most lines are: what would be grave is sought in a hundredth of them, for it takes its time.
"""


def severity(text: str) -> Tone | None:
    """FAIL, WARN, or None for what is neither. The text has no control sequence."""
    if not _may_be_grave(text):
        return None
    if _ERROR.search(text):
        return Tone.FAIL
    return Tone.WARN if _WARNING.search(text) else None


def _may_be_grave(text: str) -> bool:
    lowered = text.lower()
    for word in _TELLING:  # asked of each line on screen: any() takes twice as long
        if word in lowered:
            return True
    return text[1:5].isdigit()
