"""A Job template: its document, its references, and where it comes from."""

from __future__ import annotations

from pathlib import Path

import msgspec
from msgspec.structs import replace

from console import paths
from console.results.leaderboard import LAUNCHED
from console.results.version_rules import Leaderboard
from console.specs.document_places import Place
from console.specs.mistakes import SpecRejected
from console.specs.schema import kind_at
from console.specs.shape import SHAPE_VALUES
from console.specs.site_values import DEFAULTS
from console.specs.step_input import TEAM_NAME
from console.specs.substitution import MARK, ValueReference, scan
from console.specs.tree import Document, parse
from console.specs.values import read_text

JOB_VALUES = ("job.backoff_limit", "job.repetitions", "job.route_attempts", "job.logs_period")
"""Values that change numbers which the template writes out."""


class Template(msgspec.Struct, frozen=True, eq=False):
    """A Job with `key.$` references in it."""

    document: Document
    """Its lines are found with the key as it is written and without the mark."""
    references: tuple[ValueReference, ...]

    @property
    def paths(self) -> tuple[str, ...]:
        """Every value that may be given, in the template's order; `workers` is not among them."""
        asked = dict.fromkeys(reference.path for reference in self.references)
        known = dict.fromkeys((*asked, *SHAPE_VALUES, *DEFAULTS, *JOB_VALUES))
        return tuple(path for path in known if not path.startswith("workers."))

    @property
    def texts(self) -> frozenset[str]:
        """The values that are text, whatever YAML takes them for."""
        asked = {each.path for each in self.references if kind_at(each.place) == "string"}
        return frozenset((*asked, TEAM_NAME))


def load_template(source: Leaderboard | Path | str) -> Template:
    """The template of a Leaderboard (`1.0`, `2.0`), or the one in a file of one's own.

    Raises InvalidInput where there is no such file, SpecRejected for a malformed reference.
    """
    version = next((each for each in LAUNCHED if source in (each, each.name)), None)
    file = paths.job_specs() / version.spec if version else Path(str(source))
    document = parse(read_text(file), file.name)
    if version is not None and version.job_of:
        from console.specs.made_from import made_for  # late: most launches are of a file

        document = replace(document, content=made_for(version, document.content))
    return _template(document)


def parse_template(text: str, source: str) -> Template:
    """A template from its text; `source` is what messages call it."""
    return _template(parse(text, source))


def _template(document: Document) -> Template:
    source = document.source
    lines = {**document.lines, **{_unmarked(p): line for p, line in document.lines.items()}}
    document = Document(source, document.content, lines)
    found = scan(document)
    if found.mistakes:
        raise SpecRejected(source, found.mistakes)
    return Template(document, found.references)


def _unmarked(place: Place) -> Place:
    return tuple(step.removesuffix(MARK) if isinstance(step, str) else step for step in place)
