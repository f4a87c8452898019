"""Numbers of bytes as people read and write them."""

from __future__ import annotations

import pytest

from console.domain.sizes import in_bytes, in_words


@pytest.mark.parametrize(
    ("count", "words"),
    [
        *((0, "0 B"), (-3, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (1249, "1.2 kB")),
        *((9949, "9.9 kB"), (9990, "10 kB"), (34_500_000, "34 MB"), (999_999, "1.0 MB")),
        *((20_000_000_000, "20 GB"), (10**18, "1000 PB")),
    ],
)
def test_a_size_in_words_has_two_figures_while_it_is_small(count: int, words: str) -> None:
    assert in_words(count) == words


@pytest.mark.parametrize(
    ("text", "count"),
    [
        *(("0", 0), ("1048576", 1048576), ("500MB", 500_000_000), ("20 GB", 20_000_000_000)),
        *(("1.5G", 1_500_000_000), ("2Gi", 2 * 1024**3), ("2GiB", 2 * 1024**3)),
        *(("3k", 3000), ("3K", 3000), (" 7 TB ", 7 * 10**12)),
    ],
)
def test_a_size_is_written_as_disks_and_quantities_are(text: str, count: int) -> None:
    assert in_bytes(text) == count


@pytest.mark.parametrize("text", ["", "much", "-1GB", "1 000", "GB", "1e9", "5 XB", "1.", "９GB"])
def test_what_is_no_size_is_none(text: str) -> None:
    assert in_bytes(text) is None
