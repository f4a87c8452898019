"""`--template` as stern's users write it: fields, texts, colours; nothing is executed."""

from __future__ import annotations

import pytest

from console.cli.line_templates import FIELDS, line_template
from console.errors import InvalidInput

VALUES = {field: field.lower() for field in FIELDS} | {"Message": 'a "b"'}


def filled(template: str, *, colours: bool = False) -> str:
    return "".join(each.filled(VALUES, "36", colours=colours) for each in line_template(template))


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{{.Message}}", 'a "b"'),
        ("{{ .ContainerName }}: {{.Message}}", 'containername: a "b"'),
        ('{{.PodName}}{{"\\t"}}{{.Message}}{{"\\n"}}', 'podname\ta "b"\n'),
        ('{{"\\ud83d\\ude00 \\ud800"}}{{.PodName}}', "\U0001f600 \ufffdpodname"),
        ("{{json .Message}}", '"a \\"b\\""'),
        ('{{printf "%s (%s/%s) 100%%\\n" .Message .Namespace .PodName}}',
         'a "b" (namespace/podname) 100%\n'),
        ('{{printf "%-8s|%8v|" .Message .Attempt}}', 'a "b"   | attempt|'),
        ("{{color .ContainerColor .ContainerName}} {{colorRed .Message}}", 'containername a "b"'),
    ],
)  # fmt: skip
def test_what_sterns_examples_need_is_understood(template: str, text: str) -> None:
    assert filled(template) == text


def test_colours_are_told_where_there_are_colours() -> None:
    template = "{{color .PodColor .PodName}} {{colorRed .Message}}"
    assert filled(template, colours=True) == '\x1b[36mpodname\x1b[0m \x1b[31ma "b"\x1b[0m'


@pytest.mark.parametrize(
    "template",
    [
        "",
        "no field",
        "{{.Massage}}",
        "{{Message}}",
        "{{.Message | upper}}",
        "{{range .Message}}x{{end}}",
        "{{with .Message}}",
        "{{.Message",
        ".Message}}",
        "{{exec .Message}}",
        '{{printf "%d" .Message}}',
        '{{printf "%s" .Message .PodName}}',
        '{{printf "%s %s" .Message}}',
        "{{__import__}} {{.Message}}",
    ],
)
def test_what_is_not_understood_is_refused_with_what_is(template: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        line_template(template)
    assert "{{.ContainerName}}" in refused.value.why
