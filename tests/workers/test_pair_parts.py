"""Each part of the pair supervisor by itself, in every shell that an image may have."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from pair_bench import SHELLS, shell_command

WORKERS = Path(__file__).parents[2] / "console" / "workers"
PARTS = sorted(WORKERS.glob("pair_*.sh"))
ASSIGNED = re.compile(r"(?:^|[\s;&(])([a-z_]+)=", re.MULTILINE)
STATE = re.compile(r"^(?:[a-z_]+=\S*(?: |$))+", re.MULTILINE)
ANSWERS = {"event", "why", "phase", "attempt", "resume"}
"""What the parts tell the life of a half: every part may set these."""


@pytest.fixture(params=list(SHELLS))
def run(request, tmp_path):
    """run(parts, script) -> what the script prints after it has sourced those parts."""
    shell = shell_command(request.param)

    def run_parts(parts: str, script: str) -> str:
        sources = "".join(f'. "{WORKERS}/{part}.sh"\n' for part in parts.split())
        begin = f'set -u\nSTATUS_DIR="{tmp_path}" PAIR=2 role=agent partner=simulator asked=\n'
        done = subprocess.run(
            [*shell, "-c", f"{begin}{sources}{script}", f"{WORKERS}/pair_supervisor.sh"],
            capture_output=True,
            text=True,
            timeout=20,
            env={"PATH": "/usr/bin:/bin"},
        )
        assert done.stderr == ""
        return done.stdout

    return run_parts


def test_the_rules_need_nothing_else(run):
    told = run("pair_rules", 'decide simulator booting server-listens; echo "$decision"')
    assert told == "phase ready\n"
    told = run("pair_rules", 'next_attempt 1 4 yes; echo "$attempt"')
    assert told == "5\n"


def test_the_clock_tells_a_file_that_no_longer_grows(run, tmp_path):
    log = tmp_path / "log"
    log.write_text("one")
    script = f"""
    mute=
    grows {log} 500 && echo fresh
    clock=600
    grows {log} 500 || echo silent
    echo more >>{log}
    grows {log} 500 && echo again
    """
    assert run("container_shell pair_clock", script) == "fresh\nsilent\nagain\n"


def test_a_limit_that_is_no_number_is_said_and_its_default_taken(run):
    script = """
    say() { echo "$*"; }
    BOOT_LIMIT=soon POLL=0.5 role=simulator
    read_settings
    echo "$boot_limit $poll $glance"
    """
    told = run("container_shell pair_clock", script)
    assert told == "BOOT_LIMIT is no number of seconds: using 600\n60000 50 1000\n"


def test_a_status_file_is_whole_and_counted(run, tmp_path):
    script = """
    attempt=3 phase=driving
    beat
    mark attempt-3 now
    highest_attempt agent && echo "$highest"
    is_done agent || echo open
    mark done 3
    is_done agent && echo done
    """
    assert run("container_shell pair_clock pair_status", script) == "3\nopen\ndone\n"
    assert (tmp_path / "pair-2.agent.heartbeat").read_text() == "3 1 driving\n"


def test_only_a_heartbeat_that_moves_is_a_sign_of_the_partner(run, tmp_path):
    (tmp_path / "pair-2.simulator.heartbeat").write_text("1 7 ready\n")
    script = f"""
    attempt=1 phase=waiting heartbeat_limit=2 partner_limit=100000
    notice_gpu() {{ :; }}
    notice_partner; echo "$moves $frozen $beat_phase"
    notice_partner; echo "$moves $frozen"
    echo "1 8 ready" >"{tmp_path}/pair-2.simulator.heartbeat"
    notice_partner; echo "$moves $frozen"
    notice_partner
    notice_partner; echo "$event: $why"
    """
    parts = "container_shell pair_clock pair_status pair_partner"
    lost = "partner-lost: no heartbeat of the simulator for 2 polls"
    assert run(parts, script) == f"1 0 ready\n1 1\n2 0\n{lost}\n"


def test_an_order_outranks_what_the_partner_does(run, tmp_path):
    (tmp_path / "simulation.cancel").touch()
    script = 'notice_orders; echo "$event"; asked=yes; notice_orders; echo "$event"'
    told = run("container_shell pair_clock pair_status pair_partner", script)
    assert told == "cancel-asked\nstop-asked\n"


def test_a_workload_is_found_with_what_it_left_behind_and_ended(run):
    script = """
    adapter=0 resume= mark="[here:$$]" shell=sh role=simulator
    say() { echo "$*"; }
    find_ancestors
    launch 'sleep 77 & exec sleep 78' >/dev/null 2>&1
    until find_victims && set -- $victims && [ $# = 2 ]; do nap; done
    workload_runs && echo runs
    # bash reports a killed child, when it happens to look: until that is collected
    { kill_workload; find_victims; left=$victims; collect_exit; } 2>/dev/null
    echo "left:$left"
    echo "$code $signal"
    """
    told = run("container_shell pair_clock pair_status pair_processes", script)
    assert told == "runs\nleft:\n137 9\n"


def test_a_server_whose_port_closes_is_hung_one_poll_later(run):
    script = """
    CARLA_PORT=2000 phase=ready SERVER_LOG=/none idle_limit=0 port_limit=0
    workload_runs() { :; }
    port_listens() { return 1; }
    notice_server; echo "-$event"
    notice_server; echo "$event: $why"
    """
    told = run("container_shell pair_clock pair_status pair_processes pair_simulator", script)
    assert told == "-\nworkload-hung: the server runs but its port 2000 is closed\n"


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ('{"_checkpoint": {"global_record": {}}}', ""),
        ('{"_checkpoint": {"global_rec', "cut"),
        ("", "cut"),
    ],
)
def test_a_shell_sees_whether_a_checkpoint_has_both_its_ends(run, tmp_path, text, cut):
    (tmp_path / "results.json").write_text(text)
    script = f'is_cut "{tmp_path}/results.json" && echo cut; :'
    parts = "container_shell pair_clock pair_checkpoint pair_processes"
    assert run(parts, script).strip() == cut


WHOLE = '{"_checkpoint": {"global_record": {}, "progress": [0, 3], "records": []}}'
CHECKPOINTS = "container_shell pair_clock pair_status pair_checkpoint"


def prepared(tmp_path: Path, text: str, **told: str) -> str:
    """A script that makes that checkpoint ready with the Python that an evaluator was started with."""
    (tmp_path / "results.json").write_text(text)
    (tmp_path / "python").write_text(told.get("python", sys.executable) + "\n")
    return f"""
    CHECKPOINT="{tmp_path}/results.json" python_sign="{tmp_path}/python" keeper_sign=/none
    attempt=2 route_attempts=2 partner_limit=100
    find_workers
    {told.get("before", "")}
    prepare_checkpoint
    echo "$verdict $resume"
    """


def test_the_python_of_the_evaluator_judges_where_the_path_has_none(run, tmp_path):
    Path(f"{tmp_path}/results.json.good").write_text(WHOLE)
    told = run(CHECKPOINTS, prepared(tmp_path, WHOLE[:-9]))
    assert told.splitlines()[-1] == "whole 1"
    assert (tmp_path / "results.json").read_text() == WHOLE
    assert (tmp_path / "results.json.torn-2").exists()


def test_where_nobody_can_look_into_a_checkpoint_the_attempt_goes_on_from_it(run, tmp_path):
    script = prepared(tmp_path, "any", python="/none", before="workers=")
    assert run(CHECKPOINTS, script) == "whole 1\n"


def test_what_a_teams_program_put_in_place_of_the_word_is_not_waited_for(run, tmp_path):
    os.mkfifo(tmp_path / "word")
    script = f'python_sign="{tmp_path}/word"; find_workers; echo "$python"; : >"{tmp_path}/empty"'
    script += f'; python_sign="{tmp_path}/empty"; find_workers; echo "$python"'
    assert run(CHECKPOINTS, script).split() == ["python3", "python3"]


def test_a_disk_that_takes_nothing_costs_the_second_copy_and_no_finished_route(run, tmp_path):
    good = tmp_path / "results.json.good"
    good.write_text(WHOLE)
    full = "prepare_exactly() { verdict=; return 1; }; partner_limit=-1"
    assert run(CHECKPOINTS, prepared(tmp_path, WHOLE[:-9], before=full)) == "whole 1\n"
    assert (tmp_path / "results.json").read_text() == WHOLE
    assert not good.exists()


def test_the_evaluators_output_names_the_route_that_was_driven(run, tmp_path):
    log = tmp_path / "leaderboard.log"
    log.write_text(
        "Preparing RouteScenario_3 (repetition 0)\nPreparing RouteScenario_7 (repetition 1)\n"
    )
    script = f'log="{log}" copier=1 log_begin=0; find_route; echo "$route"'
    parts = "container_shell pair_clock pair_status pair_processes pair_checkpoint pair_agent"
    assert run(parts, script) == "RouteScenario_7_rep1\n"


def test_an_evaluator_that_cannot_be_loaded_lacks_it_after_a_restart_too(run, tmp_path):
    told = tmp_path / "pair-2.agent.evaluator-1"
    told.write_text("state=failed lasting=yes error=no carla\n")
    script = "attempt=1; load_failed && echo lasting; attempt=2; load_failed || echo unknown"
    parts = "container_shell pair_clock pair_status pair_processes pair_checkpoint pair_agent"
    assert run(parts, script) == "lasting\nunknown\n"


@pytest.mark.parametrize("part", PARTS, ids=lambda path: path.name)
def test_the_state_of_a_part_is_changed_by_no_other_part(part):
    state = {name for line in STATE.findall(_code(part)) for name in ASSIGNED.findall(line)}
    others = {each.name: set(ASSIGNED.findall(_code(each))) for each in PARTS if each != part}
    meddling = {name: names & (state - ANSWERS) for name, names in others.items()}
    assert {name: names for name, names in meddling.items() if names} == {}


def _code(part: Path) -> str:
    """Without comments and without what stands in quotes: status files are lines of `name=value`."""
    lines = [line for line in part.read_text().splitlines() if not line.startswith("#")]
    return re.sub(r'"[^"\n]*"', '""', "\n".join(lines))
