"""Which cluster, namespace and submission the flags mean, judged before anything is sent."""

from __future__ import annotations

import argparse

import pytest

from console.cli.connection import namespace_of, submission_name, wanted
from console.errors import InvalidInput


def options(**flags: object) -> argparse.Namespace:
    return argparse.Namespace(**flags)


def test_without_flags_everything_is_left_to_the_kubeconfig() -> None:
    asked = wanted(options())
    assert (asked.kubeconfig, asked.context, asked.namespace) == (None, None, None)
    assert asked.local is False


def test_each_flag_arrives_under_its_name() -> None:
    asked = wanted(options(kubeconfig="k", context="c", namespace="races"))
    assert (asked.kubeconfig, asked.context, asked.namespace) == ("k", "c", "races")


def test_the_embedded_cluster_has_no_use_for_a_kubeconfig() -> None:
    with pytest.raises(InvalidInput, match="--local has no use for --kubeconfig, --context"):
        wanted(options(local=True, kubeconfig="k", context="c"))


def test_the_embedded_cluster_takes_a_namespace() -> None:
    assert wanted(options(local=True, namespace="races")).namespace == "races"


@pytest.mark.parametrize("name", ["a", "races", "team-1", "a" * 63, "0"])
def test_what_the_cluster_takes_as_a_namespace_is_taken(name: str) -> None:
    assert wanted(options(namespace=name)).namespace == name


@pytest.mark.parametrize("name", ["A", "-a", "a-", "a.b", "a" * 64, "a/b", "a\n", "..", " a"])
def test_what_cannot_be_a_namespace_is_refused_with_the_rule(name: str) -> None:
    with pytest.raises(InvalidInput, match="No namespace can be called") as refused:
        wanted(options(namespace=name))
    assert "63 small letters" in refused.value.why


@pytest.mark.parametrize("flag", ["kubeconfig", "context", "namespace"])
def test_an_empty_flag_is_refused(flag: str) -> None:
    with pytest.raises(InvalidInput, match=f"--{flag} is empty"):
        wanted(options(**{flag: ""}))


def test_where_nothing_is_sent_the_usual_namespace_stands_in() -> None:
    assert namespace_of(options(), "leaderboard") == "leaderboard"
    assert namespace_of(options(namespace="races"), "leaderboard") == "races"


@pytest.mark.parametrize("form", ["demo", "job/demo", "jobs/demo", "job.batch/demo"])
def test_a_submission_is_named_in_each_form_that_kubectl_prints(form: str) -> None:
    assert submission_name(form) == "demo"


@pytest.mark.parametrize(
    "text", ["", "Demo", "a/b", "pod/demo", "job/", "-demo", "demo.", "a" * 254, "../x", "a b"]
)
def test_what_no_submission_can_be_called_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="No submission can be called"):
        submission_name(text)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("5", 5.0),
        ("5s", 5.0),
        ("1.5m", 90.0),
        ("250ms", 0.25),
        ("1h", 3600.0),
        ("1m30s", 90.0),
        ("1h0m.5s", 3600.5),
        ("500us", 0.0005),
    ],
)
def test_a_time_for_an_answer_is_read_as_kubectl_reads_it(text: str, seconds: float) -> None:
    assert wanted(options(request_timeout=text)).request_seconds == seconds
    assert wanted(options(request_timeout="0")).request_seconds == float("inf")


@pytest.mark.parametrize("text", ["", "soon", "-1", "5d", "1m30", "1m 3s", "s"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="is no time"):
        wanted(options(request_timeout=text))


def test_a_group_to_act_as_needs_a_user() -> None:
    with pytest.raises(InvalidInput, match="--as-group goes with --as"):
        wanted(options(acts_as_groups=["viewers"]))
    asked = wanted(options(acts_as="bob", acts_as_groups=["viewers"]))
    assert (asked.acts_as, asked.acts_as_groups) == ("bob", ("viewers",))


def test_lists_of_another_identity_are_not_remembered_as_ours() -> None:
    usual = wanted(options(context="c"))
    assert str(usual) != str(wanted(options(context="c", acts_as="bob")))
    assert str(usual) != str(wanted(options(context="c", all_namespaces=True)))


def test_reading_only_and_writing_do_not_go_together() -> None:
    assert wanted(options()).read_only is None
    assert wanted(options(readonly=True)).read_only is True
    assert wanted(options(write=True)).read_only is False
    with pytest.raises(InvalidInput, match="--readonly and --write"):
        wanted(options(readonly=True, write=True))
