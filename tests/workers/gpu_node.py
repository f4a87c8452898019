"""GPUs as a container sees them: device nodes, the driver's files and an nvidia-smi, in a folder."""

from collections.abc import Sequence
from pathlib import Path

NAME, DRIVER = "NVIDIA A10G", "535.104.05"
SMI = """#!/bin/sh
cat "$SMI_ANSWER"
exit "$SMI_STATUS"
"""
HANGING = "#!/bin/sh\nexec sleep 30\n"


def uuid(minor: int) -> str:
    return f"GPU-{minor:08x}-1111-2222-3333-444444444444"


def container(
    root: Path,
    sees: Sequence[int] = (),
    node: int = 8,
    smi: bool = True,
    answer: str | None = None,
    status: int = 0,
    driver: bool = True,
) -> dict[str, str]:
    """The environment of a container on a node of `node` GPUs that sees those with these minors."""
    root.mkdir(parents=True)
    dev, proc, programs = root / "dev", root / "proc", root / "bin"
    for folder in (dev, programs):
        folder.mkdir()
    for minor in sees:
        (dev / f"nvidia{minor}").touch()
    (dev / "nvidiactl").touch()
    for minor in range(node) if driver else ():
        folder = proc / "gpus" / f"0000:00:{minor:02x}.0"
        folder.mkdir(parents=True)
        text = f"Model: \t\t {NAME}\nIRQ:   \t\t 10\nGPU UUID: \t {uuid(minor)}\n"
        (folder / "information").write_text(f"{text}Device Minor: \t {minor}\n")
    if driver:
        line = f"NVRM version: NVIDIA UNIX x86_64 Kernel Module  {DRIVER}  Sat Aug 19\n"
        (proc / "version").write_text(line)
    env = {"GPU_DEV": str(dev), "GPU_PROC": str(proc)}
    if smi:
        rows = [f"{at}, {uuid(minor)}, {DRIVER}, {NAME}\n" for at, minor in enumerate(sees)]
        text = "".join(rows) if answer is None else answer
        (root / "answer").write_text(text or "No devices were found\n")
        env |= {"SMI_ANSWER": str(root / "answer"), "SMI_STATUS": str(status)}
        program(programs, SMI)
    return env | {"PATH_BEFORE": str(programs)}


def program(folder: Path, text: str) -> None:
    """An nvidia-smi in that folder."""
    (folder / "nvidia-smi").write_text(text)
    (folder / "nvidia-smi").chmod(0o755)
