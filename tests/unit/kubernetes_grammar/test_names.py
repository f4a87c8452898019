"""Names, keys and values: what Kubernetes takes for one."""

import pytest

from console.kubernetes_grammar import names


@pytest.mark.parametrize(
    ("rule", "taken", "refused"),
    [
        (names.is_label, ("a", "0-a"), ("", "-a", "a-", "A", "a.b", "a\n")),
        (names.is_subdomain, ("a.b-c.0",), ("", "a..b", ".a", "a.-b", "A.b")),
        (names.is_qualified, ("A_b.c-9",), ("", "_a", "a.", "a/b")),
        (names.is_label_value, ("", "A_b.c-9"), ("_a", "a b")),
        (names.is_config_key, ("_.-a", ".."), ("", "a/b", "ä")),
        (names.is_port_name, ("http", "a-1"), ("", "a--b", "-a", "A")),
        (names.is_variable, ("A", "a-b.c", "a b"), ("", "A=b", "ä", "a\n")),
        (names.is_shell_variable, ("_A1",), ("", "1A", "a-b")),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_form_takes_what_kubernetes_takes_and_nothing_else(rule, taken, refused):
    assert [text for text in taken if not rule(text)] == []
    assert [text for text in refused if rule(text)] == []


def test_a_key_has_its_prefix_before_the_last_slash():
    assert names.split_key("example.com/name") == ("example.com", "name")
    assert names.split_key("/name") == ("", "name")
    assert names.split_key("name") == (None, "name")
