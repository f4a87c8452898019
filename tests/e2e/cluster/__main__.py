"""`python -m tests.e2e.cluster up | down | status | second-node N | images FILE`: by hand.

The tests' cluster. `second-node` adds one with N GPUs, and with 0 takes it away again. `images` writes the stand-in images as an archive for the nodes of another cluster.
Exit: 0 done, 1 failed (or traces are left), 2 wrong call, 77 a requirement is missing (not run).
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.e2e.cluster import images, machine, requirements
from tests.e2e.cluster.binaries import BuildFailed
from tests.e2e.cluster.cluster import ClusterFailed, RealCluster
from tests.e2e.cluster.room import RoomFailed
from tests.e2e.cluster.second_node import SecondNode
from tests.e2e.cluster.settings import from_environment

NOT_RUN = 77


def main(arguments: list[str]) -> int:
    settings = from_environment()
    cluster = RealCluster(settings, lambda text: print(text, file=sys.stderr))
    if arguments == ["up"]:
        requirements.check(settings)
        cluster.up()
        print(settings.pki / "admin.kubeconfig")
        return 0
    if arguments == ["down"]:
        cluster.down()
        left = machine.traces(settings)
        print("\n".join(left) or "nothing is left", file=sys.stderr)
        return 1 if left else 0
    if arguments == ["status"]:
        running = cluster.room.process() is not None
        found = cluster.room.programs() if running else {}
        for name, status in found.items():
            print(name, "running" if status is None else f"ended with {status}")
        print("\n".join(machine.traces(settings)) or "nothing is there")
        return 0
    if len(arguments) == 2 and arguments[0] == "second-node" and arguments[1].isdecimal():
        node, gpus = SecondNode(cluster), int(arguments[1])
        node.up(gpus) if gpus else node.remove()
        return 0
    if len(arguments) == 2 and arguments[0] == "images":
        requirements.check_images()
        images.write_archive(Path(arguments[1]))
        return 0
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except requirements.Unmet as unmet:
        print(f"not run: {unmet}", file=sys.stderr)
        sys.exit(NOT_RUN)
    except (BuildFailed, ClusterFailed, RoomFailed) as failed:
        print(f"failed: {failed}", file=sys.stderr)
        sys.exit(1)
