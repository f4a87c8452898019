"""A plugin of `make tests`: a worker reads a file of tests when it is that file's turn.

xdist has each worker read all files, to agree with the others on the tests that there are: some
seconds of a core for each of them, before the first test begins. Here they agree on the files alone.
Knows nothing of what is tested. Reported is each test, under its name, as without this.
"""

from __future__ import annotations

import gc
from pathlib import Path

import pytest
from _pytest.runner import runtestprotocol

_UNIT = Path(__file__).parent / "unit"
_LONG = 1.0
"""Seconds from which `--durations` lists it."""


class _WholeFile(pytest.Item):
    """Stands for all tests of a file until they are read."""

    def runtest(self) -> None:
        raise NotImplementedError("its tests are run one by one")

    def tests(self) -> list[pytest.Item]:
        """Those that are wanted. What a file that cannot be read says is reported where it is read."""
        gc.disable()
        assert self.parent is not None
        module = pytest.Module.from_parent(self.parent.parent, path=self.path)
        found = list(self.session.genitems(module))
        self.ihook.pytest_collection_modifyitems(
            session=self.session, config=self.config, items=found
        )
        gc.freeze()
        gc.enable()
        return found

    def run_as(self, test: pytest.Item, following: pytest.Item | None) -> None:
        """xdist looks whether what is reported has the name of what it has asked for."""
        self._nodeid = test.nodeid
        self.ihook.pytest_runtest_protocol(item=test, nextitem=following)


class _UnreadFile(pytest.File):
    def collect(self) -> list[pytest.Item]:
        whole: pytest.Item = _WholeFile.from_parent(self, name="all", nodeid=self.nodeid)
        return [whole]


class _FilesOf(set[str]):
    """What is done of all: the files begun, for nobody knows yet how many tests the others have."""

    def add(self, nodeid: str) -> None:
        super().add(nodeid.partition("::")[0])


@pytest.hookimpl(trylast=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None:
        reporter._progress_nodeids_reported = _FilesOf()


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> _UnreadFile:
    unread: _UnreadFile = _UnreadFile.from_parent(parent, path=module_path)
    return unread


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files of which some tests are slow have longer ones than others: they begin, the quick ones end."""
    if any(isinstance(each, _WholeFile) for each in items):
        items.sort(key=lambda item: _last(item.path))


def _last(path: Path) -> tuple[bool, bool]:
    return b"mark.slow" not in path.read_bytes(), path.is_relative_to(_UNIT)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool:
    if isinstance(item, _WholeFile):
        tests = item.tests()
        for test, following in zip(tests, [*tests[1:], nextitem], strict=False):
            item.run_as(test, following)
        if not tests:
            # What the file before has left standing for this one may not be there for the next.
            item.session._setupstate.teardown_exact(nextitem)
    else:
        for report in runtestprotocol(item, log=False, nextitem=nextitem):
            if _tells(report):
                item.ihook.pytest_runtest_logreport(report=report)
    return True


def _tells(report: pytest.TestReport) -> bool:
    """That a test was set up and cleared away is no news: two of three reports tell no more."""
    return report.when == "call" or not report.passed or report.duration >= _LONG
