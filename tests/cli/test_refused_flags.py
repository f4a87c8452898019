"""What a command line cannot mean is refused by name, before anything is sent or changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from console.cli.main import main

BYTES = b"a\xff".decode(errors="surrogateescape")
KUBECONFIG = """\
current-context: one
clusters: [{name: one, cluster: {server: "http://127.0.0.1:9"}}]
contexts: [{name: one, context: {cluster: one, namespace: races}}]
"""


@pytest.fixture(autouse=True)
def _kubeconfig(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "config"))
    (tmp_path / "config").write_text(KUBECONFIG)


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    try:
        code = main(arguments)
    except SystemExit as ended:
        code = int(ended.code or 0)
    out, told = capsys.readouterr()
    assert (code, out) == (2, "")
    return told


@pytest.mark.parametrize(
    ("command", "named"),
    [
        ("list -A -n races", ("--namespace", "--all-namespaces")),
        ("list --local --kubeconfig x", ("--local", "--kubeconfig")),
        ("list --local --context x", ("--local", "--context")),
        ("--theme dark list", ("--theme",)),
        ("--no-mouse status demo", ("--no-mouse",)),
        ("--context x local status", ("--context",)),
        ("-n races demo", ("--namespace",)),
        ("--local merge -f a b c d -e out --leaderboard 2.0", ("merge", "--local")),
        ("status demo --watch --recorded", ("--watch", "--recorded")),
        ("launch --dry-run client --wait", ("--dry-run client", "--wait")),
        ("launch --dry-run server --wait", ("--dry-run server", "--wait")),
        ("render --step-functions --set submission.name=x", ("--step-functions", "--set")),
        ("render --step-functions -o yaml", ("--step-functions", "yaml")),
        ("logs demo -f -p", ("--follow", "--previous")),
    ],
)
def test_flags_that_say_nothing_together_are_named(capsys, command, named) -> None:
    told = refused(capsys, *command.split())
    assert all(flag in told for flag in named), told


@pytest.mark.parametrize(
    "flags",
    [
        ("list", "--namespace", ""),
        ("list", "--context", ""),
        ("list", "--kubeconfig", ""),
        ("render", "--profile", ""),
        ("render", "--spec", ""),
        ("status", "demo", "--recorded", "--uid", ""),
    ],
)
def test_an_empty_value_is_no_wish_for_the_usual_one(capsys, flags) -> None:
    assert f"{flags[-2]} is empty" in refused(capsys, *flags)


@pytest.mark.parametrize("value", ["a/../b", "A", "-a", ".", "a b", BYTES, "a\n", "x" * 300])
@pytest.mark.parametrize("flags", [("status",), ("resume", "demo", "--as"), ("list", "-n")])
def test_what_no_object_can_be_called_is_never_sent(capsys, flags, value) -> None:
    """It would be another path of the API."""
    *front, last = flags
    words = [*front, f"{last}={value}"] if last == "--as" else [*front, last, value]
    if last == "-n":
        words = [*front, f"-n{value}"]
    if last == "status" and value == "-a":
        words = [last, "--", value]
    assert "can be called" in refused(capsys, *words)


@pytest.mark.parametrize(
    "flags",
    [
        ("--set", f"{BYTES}=1"),
        ("--set", f"submission.name={BYTES}"),
        ("--set", "=x"),
        ("--set", "submission.name"),
        ("-f", "/"),
        ("-f", BYTES),
        ("-f", "/dev/null"),
        ("--spec", "/"),
        ("--spec", "/dev/null"),
        ("--profile", BYTES),
        ("--resumes", "-1"),
        ("--resumes", "9" * 30),
        ("--backoff-limit", "-1"),
        ("--backoff-limit", "9" * 30),
        ("--repetitions", "0"),
        ("--repetitions", "9" * 30),
        ("--context", BYTES),
        ("--kubeconfig", "/"),
    ],
)
def test_a_value_of_the_wrong_kind_is_an_error_in_words(capsys, flags) -> None:
    told = refused(capsys, "render", *flags)
    assert "Traceback" not in told
    assert "error: " in told


def test_a_rendered_job_stands_in_the_namespace_of_the_context_that_is_named(capsys) -> None:
    """Nothing is sent; what is named counts all the same."""
    from console.cli.connection import namespace_of
    from console.cli.main import parser

    def chosen(*flags: str) -> str:
        return namespace_of(parser().parse_args(["render", *flags]), "usual")

    assert chosen() == "usual"
    assert chosen("--context", "one") == "races"
    assert chosen("--context", "one", "-n", "other") == "other"


@pytest.mark.parametrize("words", [("status", "demo"), ("logs", "demo"), ("launch",)])
def test_all_namespaces_is_refused_beside_what_is_about_one(stage, words: tuple[str, ...]) -> None:
    ran = stage.command("-A", *words)
    assert ran.code == 2
    assert f"{words[0]} has no use for --all-namespaces" in ran.told


def test_all_namespaces_stands_before_the_list_or_behind(stage) -> None:
    stage.launch()
    before, behind = stage.command("-A", "list"), stage.command("list", "-A")
    assert before.code == behind.code == 0
    assert before.out == behind.out
    assert "demo" in before.out
    assert stage.command("list", "-A", "-n", "races").code == 2


def test_a_flag_is_not_guessed_from_its_beginning(capsys) -> None:
    """`--name` of a command without it was taken for `--namespace`."""
    told = refused(capsys, "resume", "raven", "--name", "owl")
    assert "unrecognized arguments: --name owl" in told


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("--refresh 2", "unrecognized arguments: --refresh\nnext: Every view is renewed as"),
        ("--headless", "next: The one row above each view says on which cluster you are"),
        ("--logLevel debug list", "next: The console's own log is in the folder that"),
        ("lst", "next: Did you mean list"),
        ("list --sortby x", "carla-console list: error: unrecognized arguments: --sortby x\n"),
        ("list --sortby x", "next: Did you mean --sort-by?"),
        ("history --local", "next: This asks no cluster: it reads what is on this machine."),
        ("resume demo --dry-run=client", "next: launch has it, and render prints a Job"),
        ("logs demo --stdin", "next: carla-console logs reads from the cluster or a recording"),
        ("local upp", "next: Did you mean up?"),
    ],
)
def test_what_there_is_none_of_is_answered_with_what_is_near(capsys, command, told) -> None:
    assert told in refused(capsys, *command.split())


def test_what_has_nothing_near_is_refused_without_advice(capsys) -> None:
    assert "next:" not in refused(capsys, "--zzzz")


def test_where_to_go_first_is_nothing_for_a_command(capsys) -> None:
    assert "list has no use for --view" in refused(capsys, "-c", "history", "list")
