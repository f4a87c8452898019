"""Isolation: no test sees the developer's clusters, settings or state."""

from __future__ import annotations

import asyncio
import functools
import gc
import itertools
import re
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import hypothesis
import pytest
from _pytest.assertion import rewrite
from _pytest.assertion.rewrite import assertstate_key
from fakes.hurried_loop import HurriedLoop
from hypothesis.internal.conjecture import providers

from console.specs import template, tree

pytest_plugins = (
    "fakes.demo_recording",
    "fakes.evalai_user",
)

# `make test` samples each property, always with the same examples: it judges a change, and a find
# of chance belongs to `make thorough`, which names its profile.
hypothesis.settings.register_profile("sample", max_examples=12, deadline=None, derandomize=True)
hypothesis.settings.register_profile("thorough", max_examples=150, deadline=None)
hypothesis.settings.load_profile("sample")

_FOREIGN = (
    "KUBECONFIG",
    "KUBERNETES_SERVICE_HOST",
    "XDG_STATE_HOME",
    "XDG_CONFIG_HOME",
    "CARLA_CONSOLE_CONFIG_DIR",
    "CARLA_CONSOLE_LOGS_DIR",
    "CARLA_CONSOLE_SKIN",
    "NO_COLOR",
)

# What a whole cluster's processes leave open is collected in whatever test runs by then.
_LEFT_TO_THE_COLLECTOR = pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"
)
_FOLDERS = itertools.count()
_UNIT, _REAL = (Path(__file__).parent / name for name in ("unit", "e2e"))


@pytest.fixture(scope="session", autouse=True)
def _nothing_of_whoever_runs_them() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as changes:
        for name in _FOREIGN:
            changes.delenv(name, raising=False)
        # A recorder outlives what starts it: tests that want one say so, and end it.
        changes.setenv("CARLA_CONSOLE_RECORDER", "off")
        # Whoever runs the tests has a clipboard of their own.
        changes.setenv("CARLA_CONSOLE_CLIPBOARD", "osc52")
        yield


@pytest.fixture(autouse=True)
def _own_folder(
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> str:
    """Of this test alone. It is there for whole programs, and for who asks for it: many
    tests write nothing, and two folders take as long as all else that surrounds such a test."""
    name = re.sub(r"\W", "_", request.node.name)[:26]
    folder = f"{tmp_path_factory.getbasetemp()}/{name}{next(_FOLDERS)}"
    monkeypatch.setenv("HOME", f"{folder}/home")
    monkeypatch.setenv("CARLA_CONSOLE_STATE_DIR", f"{folder}/state")
    if request.node.get_closest_marker("slow") or request.path.is_relative_to(_REAL):
        Path(folder, "home").mkdir(parents=True)
    return folder


@pytest.fixture
def tmp_path(_own_folder: str) -> Path:
    """Numbered by us: pytest's own reads, for each new one, the names of all that there are."""
    folder = Path(_own_folder)
    (folder / "home").mkdir(parents=True, exist_ok=True)
    return folder


def pytest_asyncio_loop_factories(
    item: pytest.Item,
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """No unit test waits on the wall clock: all that it waits for is in this process."""
    return {"loop": HurriedLoop if item.path.is_relative_to(_UNIT) else asyncio.new_event_loop}


@pytest.hookimpl(tryfirst=True)
def pytest_collection() -> None:
    """Nothing that is collected is garbage."""
    gc.disable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that wait for clusters, processes and screens begin first; the quick ones fill the gaps."""
    real = f"{_REAL}/"
    slow = set()
    for item in items:
        if item.get_closest_marker("slow"):
            slow.add(item.path)
        elif not str(item.path).startswith(real):
            continue
        item.add_marker(_LEFT_TO_THE_COLLECTOR)
    items.sort(key=lambda item: (item.path not in slow, item.path.is_relative_to(_UNIT)))


def pytest_collection_finish() -> None:
    """Nor is it later: to look at thousands of tests once more costs as much as one of them."""
    gc.freeze()
    gc.enable()
    gc.set_threshold(200_000, 20, 100)


def pytest_configure(config: pytest.Config) -> None:
    if getattr(config.option, "hypothesis_profile", None) != "thorough":
        _same_examples_whatever_the_code_says()
    each_reads_all = not config.pluginmanager.has_plugin("tests.file_by_file")
    if getattr(config.option, "numprocesses", None) and each_reads_all:
        _compile_once(config)
    _read_templates_once()
    _hear_signals()


def _read_templates_once() -> None:
    """Hundreds of tests compose Jobs of the same few texts; composing leaves a template as it is."""
    template.__dict__["parse"] = functools.lru_cache(maxsize=16)(tree.parse)


def _same_examples_whatever_the_code_says() -> None:
    """Hypothesis reads all our code for constants to try: seconds in each worker of a fresh clone,
    and a sample that another change of the code makes another one."""
    found = providers._local_constants
    providers.__dict__["_get_local_constants"] = lambda: found


def _compile_once(config: pytest.Config) -> None:
    """Before workers begin: each of them would compile every test file, all at the same time."""
    state = config.stash[assertstate_key]
    if sys.dont_write_bytecode:
        return
    for path in Path(__file__).parent.rglob("test_*.py"):
        folder = rewrite.get_cache_dir(path)
        compiled = folder / f"{path.stem}{rewrite.PYC_TAIL}"
        if rewrite.try_makedirs(folder) and rewrite._read_pyc(path, compiled) is None:
            found, code = rewrite._rewrite_test(path, config)
            rewrite._write_pyc(state, code, found, compiled)


def _hear_signals() -> None:
    """A job in the background, or under nohup, ignores some of these: so would what tests start."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.default_int_handler)
        for number in (signal.SIGQUIT, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
