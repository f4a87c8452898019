"""How grave a line is, in the words of Python, of the engine, of glog, of loggers."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.presentation.severity import ERRORS, severity
from console.presentation.tones import Tone


@pytest.mark.parametrize(
    "text",
    [
        "Traceback (most recent call last):",
        "ModuleNotFoundError: No module named 'torch'",
        "  RuntimeError: time-out of 10000ms while waiting for the simulator",
        "carla.TimeoutException: nothing came",
        "LogVulkanRHI: Error: Failed to initialize",
        "[2026.11.22-10.00.00:123][  0]LogCore: Error: === Critical error: ===",
        "E1122 14:02:11.123456 123 file.cc:12] bad",
        "F1122 14:02:11.123456 123 file.cc:12] worse",
        "2026-11-22 10:00:00 ERROR lost the server",
        "Signal 11 caught.",
        "terminate called after throwing an instance of 'std::runtime_error'",
        "bash: line 1: 7 Segmentation fault (core dumped)",
        "Fatal error!",
    ],
)
def test_an_error_is_grave(text: str) -> None:
    assert severity(text) is Tone.FAIL


@pytest.mark.parametrize(
    "text",
    [
        "WARNING: low on memory",
        "2026-11-22 [WARN] slow",
        "DeprecationWarning: use the other one",
        "LogStreaming: Warning: not found",
        "W1122 14:02:11.123456 123 file.cc:12] hm",
    ],
)
def test_a_warning_is_less_so(text: str) -> None:
    assert severity(text) is Tone.WARN


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0 errors, 0 warnings",
        "error_rate=0.2",
        "E1122 is a road",
        "terrorised",
        "no Error here",
    ],
)
def test_other_lines_are_neither(text: str) -> None:
    assert severity(text) is None


@given(st.from_regex(re.compile(ERRORS)))
def test_whatever_a_search_for_errors_finds_is_grave(text: str) -> None:
    assert severity(text) is Tone.FAIL
