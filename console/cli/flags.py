"""The flags that more than one command has. Adds them to a parser; knows no cluster behind them."""

from __future__ import annotations

import argparse

CLUSTER_FLAGS = ("--kubeconfig", "--context", "--namespace")
EVERYWHERE = ("list", "record")
"""Commands that know -A."""
SCREEN_FLAGS = ("--view", "--theme", "--no-mouse", "--ascii")
"""What only the screens heed."""


class Forms(tuple[str, ...]):
    """The choices of -o; of one that ends in `=` the user says the rest."""

    def __contains__(self, form: object) -> bool:
        open_ended = tuple(each for each in self if each.endswith("="))
        return super().__contains__(form) or (
            bool(open_ended) and isinstance(form, str) and form.startswith(open_ended)
        )


DOCUMENTS = ("json", "yaml", "jsonpath=")
"""The forms of an answer that is one document."""


def add_output_flag(parser: argparse.ArgumentParser, *forms: str) -> None:
    """-o/--output; the first form is the usual one."""
    parser.add_argument(
        "-o",
        "--output",
        choices=Forms(forms),
        default=forms[0],
        help=f"default: {forms[0]}" + ("; jsonpath='{.key}'" if "jsonpath=" in forms else ""),
    )


def add_everywhere_flag(parser: argparse.ArgumentParser) -> None:
    """-A/--all-namespaces of a command; it may stand before the command too."""
    parser.add_argument(
        "-A",
        "--all-namespaces",
        action="store_true",
        default=argparse.SUPPRESS,
        help="the submissions of every namespace",
    )


def add_table_flags(parser: argparse.ArgumentParser) -> None:
    """--no-headers and --sort-by, as kubectl has them."""
    parser.add_argument("--no-headers", action="store_true", help="leave the titles out")
    parser.add_argument(
        "--sort-by",
        metavar="KEY",
        help="a title, or a key of the JSON as .routes.done; the unknown comes last",
    )


def add_selector_flag(parser: argparse.ArgumentParser) -> None:
    """-l/--selector, as kubectl has it."""
    parser.add_argument(
        "-l",
        "--selector",
        metavar="LABELS",
        help="key=value, key!=value, 'key in (a,b)', !key",
    )


def add_connection_flags(parser: argparse.ArgumentParser, *, names_itself_as: bool = False) -> None:
    """Which cluster, as whom, and what may be done there; accepted before and after the command.

    `names_itself_as`: the command has an `--as` of its own, so that ours stands before it only.
    """
    group = parser.add_argument_group("cluster")
    for names, metavar, text in (
        (("--kubeconfig",), "FILE", "kubeconfig to use (default: $KUBECONFIG, ~/.kube/config)"),
        (("--context",), "NAME", "context of the kubeconfig"),
        (("-n", "--namespace"), "NAME", "namespace (default: the context's)"),
    ):
        group.add_argument(*names, metavar=metavar, default=argparse.SUPPRESS, help=text)
    group.add_argument(
        "--local",
        action="store_true",
        default=argparse.SUPPRESS,
        help="use the embedded cluster (see the command local)",
    )
    _add_identity(group, own=names_itself_as)
    add_read_only_flags(group)


def add_read_only_flags(group: argparse._ActionsContainer) -> None:
    """Whether anything may be changed; accepted before and after the command."""
    for name, text in (
        ("--readonly", "change nothing, whatever the account may"),
        ("--write", "change what is asked, whatever config.yaml says of the context"),
    ):
        group.add_argument(name, action="store_true", default=argparse.SUPPRESS, help=text)


def _add_identity(group: argparse._ArgumentGroup, *, own: bool) -> None:
    """As whom, and how patiently. `own`: `--as` is the command's word for something else."""
    if not own:
        group.add_argument(
            "--as", dest="acts_as", metavar="USER", default=argparse.SUPPRESS,
            help="act as that user, as kubectl has it",
        )  # fmt: skip
    group.add_argument(
        "--as-group", dest="acts_as_groups", action="append", metavar="GROUP",
        default=argparse.SUPPRESS, help="and as one of that group; may be repeated",
    )  # fmt: skip
    group.add_argument(
        "--request-timeout", metavar="TIME", default=argparse.SUPPRESS,
        help="wait so long for one answer: 5s, 1m; 0: for ever",
    )  # fmt: skip


def add_screen_flags(top: argparse.ArgumentParser) -> None:
    """What only the screens heed stands before a command, and beside none. -A for the list."""
    top.add_argument(
        "-A",
        "--all-namespaces",
        action="store_true",
        help="the submissions of every namespace",
    )
    top.add_argument(
        "-c",
        "--view",
        "--command",
        metavar="WORDS",
        help="go there first: what : takes, as history",
    )
    top.add_argument("--theme", metavar="NAME", help="colours (see themes/)")
    top.add_argument("--no-mouse", action="store_true", help="leave the mouse to the terminal")
    top.add_argument("--ascii", action="store_true", help="ASCII alone, whatever the locale says")


def add_place_flags(parser: argparse.ArgumentParser) -> None:
    """What a place is besides its name."""
    parser.add_argument(
        "--folder", metavar="NAME", help="its folder there (default: the submission id)"
    )
    parser.add_argument(
        "--endpoint", metavar="URL", help="of a bucket that is not Amazon's: https://minio:9000"
    )


def add_uid_flag(parser: argparse.ArgumentParser) -> None:
    """Of which recording something is asked."""
    parser.add_argument(
        "--uid", metavar="UID", help="of several that had the name: the one whose uid begins so"
    )
