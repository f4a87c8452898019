"""Whatever is killed from outside, and when: each finished route is kept once and driven once.

Only the commit of the 2.0 image repeats the last finished one, and that one only.
"""

import pytest
from outside_killer import Killer
from pair_bench import SHELLS, shell_command


@pytest.mark.slow
@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("repeats", [False, True], ids=["head", "image"])
def test_random_kills_lose_no_finished_route_and_drive_none_again(tmp_path, shell, repeats):
    killer = Killer(tmp_path, shell_command(shell), seed=7, routes=12, repeats=repeats)
    try:
        killer.run(faults=12, seconds=90)
        assert killer.violations() == []
        assert sum(killer.done.values()) >= 4
    finally:
        killer.bench.clean_up()
