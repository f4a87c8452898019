"""What the recorder's image is made of: the Containerfile and the lock file of what it installs."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
CONTAINERFILE = (ROOT / "Containerfile").read_text()


def locked(name: str) -> dict[str, list[str]]:
    """Package -> its version with markers, and its hashes."""
    found: dict[str, list[str]] = {}
    for line in (ROOT / ".locks" / name).read_text().splitlines():
        if match := re.match(r"([a-z0-9-]+)==", line):
            found[match[1]] = package = [line.removesuffix("\\").strip()]
        elif "--hash=" in line:
            package.append(line.removesuffix("\\").strip())
    return found


def test_the_image_installs_what_the_lock_file_of_everything_has() -> None:
    """The same versions by the same hashes: one was tested, and that one is shipped."""
    part, whole = locked("console.txt"), locked("requirements.txt")
    assert {name: whole.get(name) for name in part} == part
    assert all(len(package) > 1 for package in part.values())


def test_the_image_has_each_dependency_and_nothing_for_developers() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    names = {re.split(r"[^a-z0-9-]", each)[0] for each in project["project"]["dependencies"]}
    assert names <= locked("console.txt").keys()
    tools = {
        re.split(r"[^a-z0-9-]", each.lower())[0]
        for each in project["dependency-groups"]["development"]
    }
    assert not tools & locked("console.txt").keys()


def test_the_image_takes_nothing_that_no_hash_vouches_for() -> None:
    installs = re.findall(r"pip install (.*?)(?: \\|$)", CONTAINERFILE, re.MULTILINE)
    assert len(installs) == 2
    assert "--require-hashes -r /installing/console.txt" in installs[0]
    assert "--no-index --no-deps /installing/*.whl" in installs[1]


def test_the_image_runs_as_the_user_of_the_deployment() -> None:
    (user,) = re.findall(r"^USER (\d+):(\d+)$", CONTAINERFILE, re.MULTILINE)
    documents = yaml.safe_load_all((ROOT / "job_specs" / "recorder.yaml").read_text())
    (deployment,) = (each for each in documents if each["kind"] == "Deployment")
    context = deployment["spec"]["template"]["spec"]["securityContext"]
    assert (context["runAsUser"], context["runAsGroup"]) == tuple(map(int, user))
