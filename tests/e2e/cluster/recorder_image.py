"""The recorder's image, built from the repository's Containerfile by buildah, as a user builds it.

The base that the Containerfile names comes from a registry, which tests do not reach: another one is
told to it, made of this machine's Python as the stand-in images are. All else is real: the wheel, the
lock file with its hashes, every instruction. Writes a docker archive for the node.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.e2e.cluster import images
from tests.e2e.cluster.machine import snapshotter

ROOT = Path(__file__).resolve().parents[3]
BASE = "localhost/python-of-this-machine:3"
_SITE = ("/etc/pip.conf", "/etc/ssl/certs")
_SETTINGS = ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_CERT", "PIP_TRUSTED_HOST", "PIP_PROXY")
"""How this machine reaches a package index: mounted while building, no part of the image."""


class ImageFailed(Exception):
    """An instruction failed; the message ends with what buildah said last."""


def write_recorder_archive(path: Path, reference: str) -> None:
    """Takes half a minute: the packages come from the index."""
    with tempfile.TemporaryDirectory(prefix=".recorder-", dir=path.parent) as folder:
        work = Path(folder)
        context = work / "dist"
        context.mkdir()
        shutil.copy2(ROOT / ".locks" / "console.txt", context)
        _run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(context)])
        base = work / "base.tar"
        images.write_python_archive(base, BASE)
        _buildah(work, "pull", "--quiet", f"docker-archive:{base}")
        site = [f"--volume={each}:{each}:ro" for each in _SITE if Path(each).exists()]
        site.append(f"--volume={_pip_settings(work)}:/root/.config/pip/pip.conf:ro")
        file = ("--file", str(ROOT / "Containerfile"), str(context))
        made = ("--build-arg", f"BASE={BASE}", "--tag", reference, *file)
        _buildah(work, "build", "--isolation", "chroot", *site, *made)
        _buildah(work, "push", "--quiet", reference, f"docker-archive:{path}:{reference}")


def _pip_settings(work: Path) -> Path:
    """What the environment says to this machine's pip, as a file for the one in the container."""
    told = {name.removeprefix("PIP_"): os.environ.get(name) for name in _SETTINGS}
    lines = [f"{k.lower().replace('_', '-')} = {v}" for k, v in told.items() if v]
    file = work / "pip.conf"
    file.write_text("\n".join(["[global]", *lines, ""]))
    return file


def _buildah(work: Path, action: str, *arguments: str) -> None:
    """With a store of its own, which goes with the folder."""
    store = ["--root", str(work / "store"), "--runroot", str(work / "run")]
    driver = {"native": "vfs", "overlayfs": "overlay"}[snapshotter(work)]
    _run(["buildah", "--storage-driver", driver, *store, action, *arguments])


def _run(command: list[str]) -> None:
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ, capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = (done.stdout + done.stderr).strip()[-2000:]
        raise ImageFailed(f"{' '.join(command[:6])} … failed:\n{said}")
