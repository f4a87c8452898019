"""Makes Python see a node whose clock is wrong or whose disk is full: see node_images."""

import collections
import os
import shutil
import time

_clock, _usage = time.time, shutil.disk_usage
_ahead = float(os.environ.get("STANDIN_CLOCK_SECONDS") or 0)
_free = os.environ.get("STANDIN_FREE_BYTES")
_Usage = collections.namedtuple("_Usage", "total used free")


def _disk_usage(path):
    seen = _usage(path)
    free = int(_free or seen.free)
    return _Usage(seen.total, seen.total - free, free)


time.time = lambda: _clock() + _ahead
shutil.disk_usage = _disk_usage
