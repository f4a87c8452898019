"""Text from a container can never control the terminal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain.hostile_text import neutralise


@pytest.mark.parametrize(
    ("raw", "harmless"),
    [
        ("plain\ttext é", "plain\ttext é"),
        ("\x1b]0;owned\x07title", "title"),
        ("\x1b]8;;http://x\x1b\\link", "link"),
        ("\x1b[2J\x1b[1;1Hcleared", "cleared"),
        ("\x1bP$q\x1b\\dcs", "dcs"),
        ("\x9b31mred\x9b0m", "red"),
        ("never ended \x1b]0;title", "never ended "),
        ("a\rb\x08c", "a␍b␈c"),
        ("user\u202etxt.exe", "user\ufffdtxt.exe"),
        ("\x1b", ""),
        ("del\x7f", "del␡"),
    ],
)
def test_control_sequences_are_removed_or_made_visible(raw: str, harmless: str) -> None:
    assert neutralise(raw) == harmless


def test_colours_stay_on_request() -> None:
    assert neutralise("\x1b[91mred\x1b[0m\x1b[2J", keep_colours=True) == "\x1b[91mred\x1b[0m"


@given(st.text(alphabet=st.characters(codec=None, exclude_categories=["Cs"]), max_size=80))
def test_nothing_that_controls_a_terminal_survives(text: str) -> None:
    shown = neutralise(text)
    assert not any(ord(c) < 0x20 and c != "\t" for c in shown)
    assert not any(0x7F <= ord(c) <= 0x9F for c in shown)


@given(st.lists(st.sampled_from(["\x1b", "[", "]", "\x9b", "3", "1", "m", "x", "\x07", "\\", "P"])))
def test_broken_and_nested_sequences_leave_no_escape(parts: list[str]) -> None:
    assert "\x1b" not in neutralise("".join(parts))
    assert "\x9b" not in neutralise("".join(parts))
