"""Quantities: what is one, and how much it is."""

from fractions import Fraction

import pytest

from console.kubernetes_grammar.quantities import amount, is_quantity


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("500m", 0.5),
        ("1Gi", 2**30),
        ("2", 2),
        (3, 3),
        ("1e3", 1000),
        ("1.5k", 1500),
        ("1E", 10**18),
        ("5.", 5),
        ("-.5", -0.5),
        ("1n", Fraction(1, 10**9)),
    ],
)
def test_a_quantity_is_read_as_kubernetes_reads_it(text, number):
    assert is_quantity(text)
    assert amount(text) == number


@pytest.mark.parametrize(
    "text", ["1GB", "", "two", "1 Gi", "0x10", True, None, [], "1e", ".", "1\n"]
)
def test_what_is_no_quantity_has_no_amount(text):
    assert not is_quantity(text)
    assert amount(text) is None


def test_an_exponent_beyond_all_use_costs_nothing_and_keeps_its_sign():
    assert amount("1e" + "9" * 5000) == 10**30
    assert amount("-1e-" + "9" * 5000) == -Fraction(1, 10**30)


def test_a_number_of_thousands_of_digits_has_no_amount():
    assert amount("1" * 5000) is None
