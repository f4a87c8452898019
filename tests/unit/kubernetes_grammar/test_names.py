"""Names, keys and values: what Kubernetes takes for one."""

import pytest

from console.kubernetes_grammar import names
from console.kubernetes_grammar.names import NameFault


@pytest.mark.parametrize(
    ("rule", "taken", "refused"),
    [
        (names.LABEL, ("a", "0-a"), ("", "-a", "a-", "A", "a.b", "a\n")),
        (names.SUBDOMAIN, ("a.b-c.0",), ("", "a..b", ".a", "a.-b", "A.b")),
        (names.KEY_NAME, ("A_b.c-9",), ("", "_a", "a.", "a/b")),
        (names.LABEL_VALUE, ("", "A_b.c-9"), ("_a", "a b")),
        (names.CONFIG_KEY, ("_.-a", ".a", "a.."), ("", "a/b", "ä", ".", "..", "..a")),
        (names.PORT_NAME, ("http", "a-1", "1a"), ("", "a--b", "-a", "A", "80")),
    ],
    ids=["label", "subdomain", "key", "value", "config key", "port"],
)
def test_a_rule_takes_what_kubernetes_takes_and_nothing_else(rule, taken, refused):
    assert [text for text in taken if rule.faults(text)] == []
    assert [text for text in refused if not rule.faults(text)] == []


def test_everything_wrong_with_a_name_is_told():
    assert names.LABEL.faults("-" * 64) == [NameFault.TOO_LONG, NameFault.FORM]
    assert names.CONFIG_KEY.faults("../a") == [NameFault.FORM, NameFault.DOTS]
    assert names.PORT_NAME.faults("1" * 16) == [NameFault.TOO_LONG, NameFault.LETTERLESS]
    assert names.LABEL.faults("") == [NameFault.EMPTY]


@pytest.mark.parametrize(
    ("rule", "longest"), [(names.LABEL, 63), (names.SUBDOMAIN, 253), (names.CONFIG_KEY, 253)]
)
def test_a_name_may_be_as_long_as_kubernetes_takes_it(rule, longest):
    assert rule.faults("a" * longest) == []
    assert rule.faults("a" * (longest + 1)) == [NameFault.TOO_LONG]


@pytest.mark.parametrize(
    ("rule", "taken", "refused"),
    [
        (names.is_variable, ("A", "a-b.c", "a b"), ("", "A=b", "ä", "a\n")),
        (names.is_shell_variable, ("_A1",), ("", "1A", "a-b")),
    ],
)
def test_a_variable_is_what_the_api_or_a_shell_takes(rule, taken, refused):
    assert all(rule(text) for text in taken)
    assert not any(rule(text) for text in refused)


def test_a_key_has_its_prefix_before_the_last_slash():
    name, prefix = names.KEY_NAME, names.SUBDOMAIN
    assert names.key_parts("example.com/name") == [(prefix, "example.com"), (name, "name")]
    assert names.key_parts("/name") == [(prefix, ""), (name, "name")]
    assert names.key_parts("name") == [(name, "name")]
