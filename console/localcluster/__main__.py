"""The embedded cluster's own entry: `warden <settings>` or `serve <settings>`. Not for people.

`warden` detaches itself: the caller's child exits at once, so nobody is left to be waited for.
"""

from __future__ import annotations

import os
import sys

from console.localcluster.lifecycle.settings import ClusterSettings


def main(arguments: list[str]) -> None:
    """Starts the part that the first argument names."""
    role, text = arguments
    settings = ClusterSettings.from_text(text)
    if role == "warden":
        from console.localcluster.lifecycle.warden import guard

        if os.fork():
            os._exit(0)
        guard(settings)
    elif role == "serve":
        from console.localcluster.lifecycle.daemon import serve_until_stopped

        serve_until_stopped(settings)


if __name__ == "__main__":
    main(sys.argv[1:])
