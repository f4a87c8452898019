"""Kubernetes and etcd as programs, built from the Go module proxy and cached by version and source.

One binary holds the four Kubernetes components, kubectl and a device plug-in, and is told by its
name which to be. Its own module pins every staging module of Kubernetes to the same release, because
`k8s.io/kubernetes` cannot be installed directly. Knows nothing of how the programs are run.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.e2e.cluster.settings import Settings
from tests.e2e.cluster.turns import turn

_SOURCES = Path(__file__).parent / "go"
_STAGING = re.compile(r"^\s*(k8s\.io/[a-z-]+) v0\.0\.0(?:\s|$)", re.MULTILINE)

DRA_DRIVER_VERSION = "0.1.0"
"""The newest whose checksum is on record; it speaks v1beta1, which servers up to 1.37 can serve."""
_DRA_DRIVER = "sigs.k8s.io/dra-example-driver"
KUEUE_VERSION = "0.17.0"
"""Made for 1.33 to 1.35; what it uses of the API is the same in the newest."""
_KUEUE = "sigs.k8s.io/kueue"
Say = Callable[[str], None]


class BuildFailed(Exception):
    """A Go command failed; the message ends with its last lines."""


def kube_binary(settings: Settings, say: Say) -> Path:
    """The binary of all components; the first call of a version takes minutes."""
    program = _kube(settings)
    with turn(settings.cache):
        if not program.exists():
            say(f"building Kubernetes {settings.kubernetes} from Go modules (once, some minutes)")
            _build(program, "kube", lambda place: _kube_module(place, settings.kubernetes))
    return program


def etcd_binary(settings: Settings, say: Say) -> Path:
    """etcd's server. Older than 3.5.13 it lacks progress requests, which watches here need."""
    program = _etcd(settings)
    with turn(settings.cache):
        if not program.exists():
            say(f"building etcd {settings.etcd} from Go modules (once)")
            _build(program, "etcd", lambda place: _etcd_module(place, settings.etcd))
    return program


def dra_driver_binary(settings: Settings, say: Say) -> Path:
    """The public example driver of dynamic resource allocation: its part on the node."""
    program = _dra_driver(settings)
    with turn(settings.cache):
        if not program.exists():
            say(f"building the example driver {DRA_DRIVER_VERSION} from its Go module (once)")
            main = f"{_DRA_DRIVER}/cmd/dra-example-kubeletplugin"
            _build_published(program, _DRA_DRIVER, DRA_DRIVER_VERSION, main)
    return program


def kueue_binary(settings: Settings, say: Say) -> Path:
    """Kueue's controller with its webhooks and its visibility server."""
    program = _kueue(settings)
    with turn(settings.cache):
        if not program.exists():
            say(f"building Kueue {KUEUE_VERSION} from its Go module (once)")
            _build_published(program, _KUEUE, KUEUE_VERSION, f"{_KUEUE}/cmd/kueue")
    return program


def kueue_sources(settings: Settings) -> Path:
    """The folder of its module, which holds what is applied to a cluster."""
    with turn(settings.cache), tempfile.TemporaryDirectory(prefix="kueue-") as folder:
        found = _go(Path(folder), "mod", "download", "-json", f"{_KUEUE}@v{KUEUE_VERSION}")
    return Path(json.loads(found)["Dir"])


def _build_published(program: Path, module: str, version: str, main: str) -> None:
    """A command of a module as that was published, with the versions that it names itself."""
    program.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f"{program.name}-") as folder:
        place = Path(folder)
        lines = ["module carla.example/published", "go 1.25.0"]
        lines += [f"require {module} v{version}"]
        (place / "go.mod").write_text("\n".join(lines) + "\n")
        built = program.with_name(f".{program.name}.{os.getpid()}")
        _go(place, "build", "-trimpath", "-ldflags", "-s -w", "-o", built, main)
        built.rename(program)


def missing(settings: Settings) -> list[Path]:
    """The programs that are not in the cache yet."""
    return [program for program in (_kube(settings), _etcd(settings)) if not program.exists()]


def _kube(settings: Settings) -> Path:
    return settings.cache / f"kube-{settings.kubernetes}-{_digest('kube')}"


def _etcd(settings: Settings) -> Path:
    return settings.cache / f"etcd-{settings.etcd}-{_digest('etcd')}"


def _dra_driver(settings: Settings) -> Path:
    return settings.cache / f"dra-example-driver-{DRA_DRIVER_VERSION}"


def _kueue(settings: Settings) -> Path:
    return settings.cache / f"kueue-{KUEUE_VERSION}"


def _digest(source: str) -> str:
    """Of the Go files, so that another text is another program."""
    texts = [path.read_bytes() for path in _go_files(source)]
    return hashlib.sha256(b"\0".join(texts)).hexdigest()[:8]


def _go_files(source: str) -> list[Path]:
    return sorted((_SOURCES / source).glob("*.go.txt"))


def _build(program: Path, source: str, module: Callable[[Path], list[str]]) -> None:
    program.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f"{program.name}-") as folder:
        place = Path(folder)
        for path in _go_files(source):
            shutil.copyfile(path, place / path.name.removesuffix(".txt"))
        flags = module(place)
        built = program.with_name(f".{program.name}.{os.getpid()}")
        _go(place, "build", "-trimpath", "-ldflags", " ".join(["-s", "-w", *flags]), "-o", built)
        built.rename(program)


def _kube_module(place: Path, version: str) -> list[str]:
    major, minor, _ = version.split(".", 2)
    staging = "v0." + version.split(".", 1)[1]
    found = _go(place, "mod", "download", "-json", f"k8s.io/kubernetes@v{version}")
    theirs = Path(json.loads(found)["GoMod"]).read_text()
    language = re.search(r"^go (\S+)", theirs, re.MULTILINE)
    names = sorted(set(_STAGING.findall(theirs)))
    if language is None or not names:
        raise BuildFailed(f"k8s.io/kubernetes v{version} has no go.mod as expected")
    lines = ["module carla.example/kube", f"go {language[1]}"]
    lines += [f"require k8s.io/kubernetes v{version}"]
    lines += [f"replace {name} => {name} {staging}" for name in names]
    (place / "go.mod").write_text("\n".join(lines) + "\n")
    _go(place, "mod", "tidy")
    variable = "-X k8s.io/component-base/version."
    says = {"gitVersion": f"v{version}", "gitMajor": major, "gitMinor": minor}
    return [f"{variable}{name}={value}" for name, value in says.items()]


def _etcd_module(place: Path, version: str) -> list[str]:
    lines = ["module carla.example/etcd", "go 1.23"]
    lines += [f"require go.etcd.io/etcd/server/v3 v{version}"]
    (place / "go.mod").write_text("\n".join(lines) + "\n")
    _go(place, "mod", "tidy")
    return []


def _go(place: Path, *arguments: str | Path) -> str:
    done = subprocess.run(
        ["go", *map(str, arguments)],
        cwd=place,
        env=os.environ | {"CGO_ENABLED": "0", "GOFLAGS": "-mod=mod -buildvcs=false"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        tail = "\n".join(done.stderr.splitlines()[-15:])
        raise BuildFailed(f"go {' '.join(map(str, arguments))} failed:\n{tail}")
    return done.stdout
