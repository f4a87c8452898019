"""Which commands and keys change something on a cluster or of what is recorded: all of them.

A new command is told here one way or the other; a new dangerous key is told of its screen.
"""

from __future__ import annotations

IMAGES = ("--set", "submission.submitted_image_uri=r.example/t:1", "--profile", "embedded")

CHANGING: dict[str, tuple[tuple[str, ...], ...]] = {
    "launch": (("launch", *IMAGES),),
    "preflight": (("preflight", *IMAGES),),
    "intake": (("intake",), ("intake", "1"), ("intake", "--at-most", "2")),
    "cancel": (("cancel", "demo"),),
    "delete": (("delete", "demo", "--yes"),),
    "resume": (("resume", "demo"),),
    "rerun": (("rerun", "demo"),),
    "shell": (("shell", "demo"),),
    "port-forward": (("port-forward", "demo", "8080"),),
    "history": tuple(("history", verb, "demo") for verb in ("pin", "unpin", "delete")),
    "publish": (("publish", "demo"), ("publish", "demo", "--to", "bucket")),
    "demo": (("demo",),),
    "local": (("local", "down"),),
}
"""Command -> the words of each way in which it changes something."""
LOOKING = {
    *("render", "list", "status", "replay", "inspect", "runbook", "logs", "events", "describe"),
    *("results", "info"),
    # These write files of their own, or tell webhooks a test, and touch nothing that is there.
    *("compare", "export", "import", "merge", "record", "calls", "completion"),
    # It opens a console with the same flags.
    "web",
}
DANGEROUS = {
    "compose": {"launch", "preflight"},
    "history": {"pin", "remove", "rerun"},
    "monitor": {"cancel", "resume", "rerun", "delete", "shell"},
    "submissions": {"cancel", "resume", "rerun", "delete", "shell"},
    "results": {"rerun"},
    "logs": {"shell"},
    "inspect": {"resume", "shell"},
    "intake": {"launch", "refuse", "by_itself", "take"},
    "preflight": {"again"},
}
"""Screen, as the files call it -> its keys that change something."""
