"""kubectl on either cluster, and its output without times, addresses, uids and random names."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.e2e import told_logs

_WORDS = (
    told_logs.GPU,
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"), "UID"),
    (re.compile(r"\b\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d [+-]\d{4}"), "TIME"),
    (re.compile(r"\b([a-z-]+(?:-\d+)?)-[a-z0-9]{5}(?=[ \n_]|$)"), r"\1-POD"),
    (re.compile(r"\b(e2e|local)-node\b"), "NODE"),
    (re.compile(r"\b(127|10)(\.\d+){3}\b"), "ADDRESS"),
    (re.compile(r"\b(\d+[smhd])+( ago)?(?=[\s),]|$)"), "AGE"),
    (re.compile(r"\(x\d+ over AGE\)"), "(again)"),
    (re.compile(r"\bin [\d.]+m?s\b"), "in SECONDS"),
)


@dataclass(frozen=True, slots=True)
class Kubectl:
    """One kubectl program with one kubeconfig and a home of its own for its cache."""

    program: Path
    kubeconfig: Path
    namespace: str
    home: Path

    def __call__(self, *arguments: str) -> str:
        """What it prints; both streams when it fails."""
        done = subprocess.run(
            ["kubectl", "--kubeconfig", str(self.kubeconfig), "-n", self.namespace, *arguments],
            executable=self.program,
            env={"HOME": str(self.home), "PATH": "/usr/bin:/bin", "TZ": "UTC"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return done.stdout if done.returncode == 0 else done.stdout + done.stderr


def plain(text: str) -> str:
    """Without what any two clusters, or any two runs, have different."""
    for pattern, word in _WORDS:
        text = pattern.sub(word, text)
    return text


def rows(text: str, name: str = "") -> list[list[str]]:
    """The cells of a table; of the lines under its head those that name `name`, sorted."""
    cells = [re.split(r" {2,}", line.strip()) for line in text.splitlines() if line.strip()]
    return cells[:1] + sorted(row for row in cells[1:] if name in " ".join(row))


def sections(text: str) -> list[str]:
    """The lines of a description, without the width of its columns and without its events."""
    body = re.split(r"^Events:", text, flags=re.MULTILINE)[0]
    return [re.sub(r"(?<=\S) {2,}", "  ", line.rstrip()) for line in body.splitlines()]
