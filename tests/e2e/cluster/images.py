"""One archive with every image of the tests, made of this machine's files. Nothing is pulled.

A shared layer holds the Python that runs the tests (at its own path, with its libraries), bash and
busybox; on it lie the stand-ins, whose files have their true image paths. Writes one file.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from console.localcluster.images import catalogue
from tests.e2e.cluster.programs import PAUSE_IMAGE

STAND_INS = (
    "python:3",
    "console.local/leaderboard:1.0",
    "console.local/leaderboard:2.0",
    "console.local/carla-simulator:0.9.10.1",
    "console.local/carla-simulator:0.9.14",
    "console.local/shell:1",
)
SCENARIOS = (
    "quick",
    "steady",
    "crash-once",
    "crash-in-turn",
    "mixed",
    "hopeless-pair",
    "flood",
    "long",
)
_NOT_NEEDED = {"test", "tests", "idlelib", "tkinter", "turtledemo", "ensurepip", "lib2to3"}
_NOT_NEEDED |= {"site-packages", "dist-packages", "pydoc_data"}
_OF_ANY_BASE = (
    *("libpthread.so.0", "libdl.so.2", "librt.so.1", "libutil.so.1", "libresolv.so.2"),
    *("libnss_files.so.2", "libnss_dns.so.2", "libgcc_s.so.1", "libstdc++.so.6"),
)
"""Of the C library and its compiler: wheels for Linux are built on their being there."""
_OWN_APPLETS = {"busybox", "bash", "python3", "python"}
_ACCOUNTS = {
    "etc/passwd": "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\n",
    "etc/group": "root:x:0:\nnogroup:x:65534:\n",
}


@dataclass(slots=True)
class _Layer:
    """A tar under construction: each path once, folders readable by everybody."""

    tar: tarfile.TarFile
    seen: set[str] = field(default_factory=set)

    def folder(self, path: str, mode: int = 0o755) -> None:
        parent = str(Path(path).parent)
        if path in ("", ".") or path in self.seen:
            return
        self.folder(parent)
        self.seen.add(path)
        entry = tarfile.TarInfo(path)
        entry.type, entry.mode = tarfile.DIRTYPE, mode
        self.tar.addfile(entry)

    def text(self, path: str, content: str) -> None:
        self.folder(str(Path(path).parent))
        entry = tarfile.TarInfo(path)
        entry.size, entry.mode = len(content.encode()), 0o644
        self.tar.addfile(entry, io.BytesIO(content.encode()))

    def link(self, path: str, target: str) -> None:
        if path in self.seen:
            return
        self.folder(str(Path(path).parent))
        self.seen.add(path)
        entry = tarfile.TarInfo(path)
        entry.type, entry.linkname = tarfile.SYMTYPE, target
        self.tar.addfile(entry)

    def file(self, path: str, source: Path) -> None:
        """The bytes behind `source`, whatever links lead to it."""
        if path in self.seen:
            return
        self.folder(str(Path(path).parent))
        self.seen.add(path)
        entry = self.tar.gettarinfo(str(source.resolve()), path)
        entry.type, entry.linkname = tarfile.REGTYPE, ""
        entry.uid = entry.gid = 0
        entry.uname = entry.gname = ""
        entry.mode = 0o755 if entry.mode & 0o100 else 0o644
        with source.open("rb") as opened:
            entry.size = source.resolve().stat().st_size
            self.tar.addfile(entry, opened)


def team_agent(scenario: str) -> str:
    """The reference of the agent that plays a scenario."""
    return f"console.local/team-agent:{scenario}"


def write_archive(path: Path) -> None:
    """A docker archive of all images at `path`; takes some seconds and about 100 MB."""
    with tempfile.TemporaryDirectory(prefix=".images-", dir=path.parent) as folder:
        work = Path(folder)
        machine = _layer(work / "machine.tar", _fill_machine)
        manifest = [_entry(work, PAUSE_IMAGE, [machine], {}, ["/bin/busybox", "sleep", "1000000"])]
        for reference in (*STAND_INS, *map(team_agent, SCENARIOS)):
            image = _stand_in(reference, work / "store")
            own = work / (image.digest.removeprefix("sha256:") + ".tar")
            _layer(own, lambda layer, image=image: _fill_tree(layer, image.root))
            # Its node has no GPU and no X server.
            env = {k: v for k, v in image.env.items() if k != catalogue.DEMANDS}
            manifest.append(_entry(work, reference, [machine, own], env, list(image.command)))
        _write(path, work, manifest)


def write_python_archive(path: Path, reference: str) -> None:
    """A docker archive of one image: this machine's Python with its pip."""
    with tempfile.TemporaryDirectory(prefix=".python-", dir=path.parent) as folder:
        work = Path(folder)
        layers = [
            _layer(work / "machine.tar", _fill_machine),
            _layer(work / "base.tar", _fill_base),
        ]
        env = {"PATH": "/usr/local/bin:/usr/bin:/bin"}
        manifest = [_entry(work, reference, layers, env, ["python3"])]
        _write(path, work, manifest)


def _stand_in(reference: str, store: Path) -> catalogue.Image:
    """From the catalogue, which looks for further scenarios in a state directory: this folder."""
    variable = "CARLA_CONSOLE_STATE_DIR"
    before = os.environ.get(variable)
    os.environ[variable] = str(Path(__file__).parent)
    try:
        return catalogue.pull(reference, store)
    finally:
        del os.environ[variable]
        if before is not None:
            os.environ[variable] = before


def _entry(
    work: Path, reference: str, layers: list[Path], env: dict[str, str], command: list[str]
) -> dict[str, object]:
    digests = [f"sha256:{_sha256(layer)}" for layer in layers]
    config = {
        "architecture": _architecture(),
        "os": "linux",
        "config": {"Env": [f"{k}={v}" for k, v in env.items()], "Cmd": command},
        "rootfs": {"type": "layers", "diff_ids": digests},
    }
    text = json.dumps(config)
    name = hashlib.sha256(text.encode()).hexdigest() + ".json"
    (work / name).write_text(text)
    return {"Config": name, "RepoTags": [reference], "Layers": [each.name for each in layers]}


def _write(path: Path, work: Path, manifest: list[dict[str, object]]) -> None:
    """The archive of that folder's layers and configurations."""
    with tarfile.open(path, "w") as archive:
        _add_text(archive, "manifest.json", json.dumps(manifest))
        for source in sorted({*work.glob("*.tar"), *work.glob("*.json")}):
            archive.add(source, source.name)


def _architecture() -> str:
    machine = sysconfig.get_platform().rpartition("-")[2]
    return {"x86_64": "amd64", "aarch64": "arm64"}.get(machine, machine)


def _layer(path: Path, fill) -> Path:  # type: ignore[no-untyped-def]
    with tarfile.open(path, "w", format=tarfile.GNU_FORMAT) as tar:
        fill(_Layer(tar))
    return path


def _fill_tree(layer: _Layer, root: Path) -> None:
    for source in sorted(root.rglob("*")):
        inside = str(source.relative_to(root))
        if source.is_symlink():
            layer.link(inside, str(source.readlink()))
        elif source.is_dir():
            layer.folder(inside)
        else:
            layer.file(inside, source)


def _fill_machine(layer: _Layer) -> None:
    for name, content in _ACCOUNTS.items():
        layer.text(name, content)
    for name in ("tmp", "var/tmp"):
        layer.folder(name, 0o1777)
    busybox, bash = Path("/bin/busybox"), Path(shutil.which("bash") or "/bin/bash")
    layer.file("bin/busybox", busybox)
    layer.file("bin/bash", bash)
    for applet in subprocess.check_output([busybox, "--list"], text=True).split():
        if applet not in _OWN_APPLETS:
            layer.link(f"bin/{applet}", "busybox")
    interpreter = Path(sys.executable).resolve()
    layer.file(_inside(interpreter), interpreter)
    for name in ("python3", "python"):
        layer.link(f"usr/local/bin/{name}", str(interpreter))
    modules = list(_needed(_library()))
    for path in modules:
        layer.file(_inside(path), path)
    native = [path for path in modules if path.suffix == ".so"]
    for path in _libraries([interpreter, bash, *native]):
        layer.file(_inside(path), path)


def _fill_base(layer: _Layer) -> None:
    """pip, and the libraries that packages may expect of any base."""
    pip = Path(sysconfig.get_path("purelib")) / "pip"
    for path in sorted(pip.rglob("*")):
        if path.is_file() and path.suffix != ".pyc":
            inside = path.relative_to(pip.parent)
            layer.file(_inside(_library() / "site-packages" / inside), path)
    (found,) = {path.parent for path in _libraries([Path("/bin/bash")]) if "libc.so" in path.name}
    for name in _OF_ANY_BASE:
        if (found / name).exists():
            layer.file(_inside(found / name), found / name)


def _library() -> Path:
    return Path(sysconfig.get_path("stdlib", vars={"base": sys.base_prefix}))


def _needed(library: Path) -> Iterable[Path]:
    for path in sorted(library.rglob("*")):
        parts = path.relative_to(library).parts
        if not path.is_file() or _NOT_NEEDED.intersection(parts):
            continue
        if not parts[0].startswith("config-") and ".opt-" not in path.name:
            yield path


def _libraries(programs: list[Path]) -> set[Path]:
    """The shared libraries and the loader of programs, at the paths where the loader looks."""
    told = subprocess.run(
        ["ldd", *map(str, programs)], capture_output=True, text=True, check=False
    ).stdout
    return {Path(found) for found in re.findall(r"(?:=> |^\s+)(/\S+) \(0x", told, re.MULTILINE)}


def _inside(path: Path) -> str:
    return str(path).lstrip("/")


def _sha256(path: Path) -> str:
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _add_text(archive: tarfile.TarFile, name: str, text: str) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = len(text.encode())
    archive.addfile(entry, io.BytesIO(text.encode()))
