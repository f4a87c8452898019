"""`merge` as a program: upstream's flags, exit status, what goes to which stream, atomic files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from fakes.sweeps import sweep, sweep_rows
from result_vectors import ROOT, vector

from console.results import command, files, jsontext

OLD_PYTHON = Path("/root/.pyenv/versions/3.7.16/bin/python3.7")
CHECKOUT = ROOT.parents[2]


def _run(python: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONPATH": str(CHECKOUT), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [python, "-m", "console.results.command", *arguments],
        capture_output=True, text=True, env=env, timeout=60, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("python", sweep([sys.executable, str(OLD_PYTHON)], sys.executable))
@pytest.mark.parametrize(
    "name",
    [
        "lb10-complete_r5_01",
        "lb10-zero_length_all_01",
        "lb20-infraction_many_01",
        "lb20-gap_subset_01",
    ],
)
def test_the_program_merges_as_upstream_does_under_each_python(
    python: str, name: str, tmp_path: Path
) -> None:
    if not Path(python).exists():
        pytest.skip(f"there is no Python 3.7 at {python}")
    case, out = vector(name), tmp_path / "out.json"
    done = _run(
        python, "--compat", "--leaderboard", case.version, "-f", *case.paths, "-e", str(out)
    )
    assert done.returncode == (1 if case.error else 0)
    assert done.stdout == case.meta["merge_stdout"]
    if case.error:
        assert done.stderr == f"{case.error['exception']}: {case.error['message']}\n"
    assert (out.read_text() if out.exists() else None) == case.expected()


def test_each_partial_is_parsed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    case, parsed, bounded = vector("lb20-complete_r5_01"), list[str](), jsontext.bounded
    monkeypatch.setattr(jsontext, "bounded", lambda text: parsed.append(text) or bounded(text))
    arguments = ["-f", *case.paths, "-e", str(tmp_path / "out.json"), "--leaderboard", "2.0"]
    assert command.main(arguments) == 0
    assert sorted(parsed) == sorted(Path(path).read_text() for path in case.paths)


def test_long_flags_and_the_pinned_commit(tmp_path: Path) -> None:
    case, out = vector("lb20-complete_all_perfect_01"), tmp_path / "out.json"
    arguments = ["--file-paths", *case.paths, "--endpoint", str(out), "--leaderboard", "2.0"]
    assert command.main([*arguments, "--compat", "--pinned"]) == 0
    assert out.read_text() == case.expected(pinned=True) != case.expected()


def test_without_compat_a_broken_set_is_written_named_and_has_its_own_exit_status(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case, out = vector("lb10-missing_file_01"), tmp_path / "out.json"
    arguments = ["-f", *case.paths, "-e", str(out), "--leaderboard", "1.0", "-o", "json"]
    assert command.main(arguments) == 7
    printed = capsys.readouterr()
    report = json.loads(printed.out)
    assert (report["status"], report["done"], report["total"]) == ("incomplete", 15, 20)
    assert "Repetitions were not given; taking 1" in printed.err
    assert json.loads(out.read_text())["_checkpoint"]["progress"] == [15, 20]


def test_a_complete_set_prints_its_scores(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = vector("lb10-complete_r5_01")
    arguments = ["-f", *case.paths, "-e", str(tmp_path / "o"), "--leaderboard", "1.0"]
    assert command.main(arguments) == 0
    assert capsys.readouterr().out.startswith(
        "complete: 100 of 100 drives\nentry status Finished with agent errors, eligible\ndriving score "
    )


def test_wrong_subsets_are_wrong_input_and_write_nothing(tmp_path: Path) -> None:
    case, out = vector("lb20-complete_r1_01"), tmp_path / "out.json"
    arguments = ["-f", *case.paths, "-e", str(out), "--leaderboard", "2.0", "--repetitions", "1"]
    assert command.main([*arguments, "--routes-subsets", "0-4;4-9"]) == 2
    assert command.main([*arguments, "--routes", str(tmp_path / "no.xml")]) == 2
    assert not out.exists()


def test_a_file_larger_than_the_limit_is_refused_without_reading_it(tmp_path: Path) -> None:
    huge = tmp_path / "huge.json"
    with huge.open("wb") as sparse:
        sparse.truncate(100 * 1024 * 1024)
    found = files.read_text(str(huge))
    assert (found.text, found.problem) == (None, "hostile")


def test_a_pipe_is_never_opened_as_a_partial(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert files.read_text(str(tmp_path / "pipe")).problem == "hostile"


def test_a_reader_never_sees_half_a_file(tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    texts = ["a" * 200_000, "b" * 100_000]
    files.write_text(str(path), texts[0])
    seen: set[str] = set()
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            seen.add(path.read_text())

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(40):
        files.write_text(str(path), texts[number % 2])
    stop.set()
    reader.join()
    assert seen <= set(texts)
    assert list(tmp_path.glob(".*")) == []


def test_a_partial_that_was_caught_cut_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = vector("lb20-complete_r1_01")
    partial = tmp_path / "partial.json"
    text = Path(case.paths[0]).read_text()
    partial.write_text(text[:100])
    monkeypatch.setattr(command.time, "sleep", lambda pause: partial.write_text(text))
    paths = [str(partial), *case.paths[1:]]
    out = str(tmp_path / "out.json")
    assert command.main(["--leaderboard", "2.0", "-f", *paths, "-e", out]) == 0


@pytest.mark.parametrize("total", [-5, 50_000_000, True, "5", 0])
def test_a_total_that_nobody_launched_does_not_decide_on_the_repetitions(
    total: object, tmp_path: Path
) -> None:
    case = vector("lb20-complete_r1_01")
    document = json.loads(Path(case.paths[0]).read_text())
    document["_checkpoint"]["progress"][1] = total
    partial = tmp_path / "partial.json"
    partial.write_text(json.dumps(document))
    paths = [str(partial), *case.paths[1:]]
    out = str(tmp_path / "out.json")
    assert command.main(["--leaderboard", "2.0", "-f", *paths, "-e", out]) == 7
    assert json.loads(Path(out).read_text())["_checkpoint"]["progress"][1] == 20


_PEAK = """
import sys
from console.results import command
command.main(sys.argv[1:])
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
print(int(status["VmHWM"].split()[0]) // 1024, file=sys.stderr)
"""
_MEGABYTES = 120


_EXHAUSTING = [
    ("more than", lambda: "x" * 100_000_000),
    ("not of plain text", lambda: "x" * 20_000_000 + "\U0001f600"),
    ("more values", lambda: "[" + "0," * 5_000_000 + "0]"),
    ("digits", lambda: '{"a": ' + "9" * 8_000_000 + "}"),
    ("expected an object", lambda: "[" + ",".join(f'"{n:x}"' for n in range(190_000)) + "]"),
]


@pytest.mark.parametrize(
    ("wrong", "text"),
    sweep_rows(_EXHAUSTING, _EXHAUSTING[1]),
    ids=["100 MB", "wide text", "many values", "many digits", "many texts"],
)
def test_four_partials_made_to_exhaust_the_memory_do_not(
    wrong: str, text: Callable[[], str], tmp_path: Path
) -> None:
    partial = tmp_path / "partial.json"
    partial.write_text(text())
    arguments = ["--leaderboard", "2.0", "-f", *[str(partial)] * 4, "-e", str(tmp_path / "out")]
    done = subprocess.run(
        [sys.executable, "-c", _PEAK, *arguments],
        capture_output=True, text=True, timeout=60, check=False,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
    )  # fmt: skip
    assert wrong in done.stderr
    assert int(done.stderr.splitlines()[-1]) < _MEGABYTES
