"""The images that can be pulled, and how one is unpacked into the node's image store.

Every image is a stand-in and says so in `Image.description`. Nothing is downloaded, ever. An
unpacked image is `<store>/<digest>/rootfs`, complete or absent, however many pulls run at once.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import sys
import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path

from console.errors import ConsoleError, InvalidInput
from console.localcluster.images import contents, node_images, scenario_files, team_images
from console.localcluster.images.reference import ImageReference, InvalidImageName, parse
from console.results.leaderboard import MERGED, USUAL, V2_0, V2_0_PINNED

__all__ = ["DEMANDS", "Image", "ImageNotFound", "InvalidImageName", "pull"]

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_OWN = "console.local"
_ROUTES = sorted({each.routes_file for each in MERGED}, key=lambda name: name == USUAL.routes_file)
"""The file that a version drives; where an image has that of another one too, its own."""
_HUB = "docker.io"
DEMANDS = "STANDIN_DEMANDS"
"""Without this variable the stand-in of a server starts on nodes without X, driver and GPU."""
_VERSIONS = {each.name: each for each in MERGED} | {"2.0": V2_0_PINNED, "2.0-head": V2_0}
"""Tag of the leaderboard image -> its evaluator. As upstream's, the 2.0 image holds an older commit
than the head of that branch."""
_MISTREATED = re.compile(r"(.+)\.gpu-(none|void|wrong|swapped)")
"""See `console.localcluster.node.handed_gpus`."""
_LACKING = re.compile(r"(?:(.+)\.)?(needs-x|no-x|no-graphics|no-port|no-town\d\d)")
"""Of a simulator: what its image has not, or its node."""
_LACKS = {"needs-x": "offscreen", "no-x": "x", "no-graphics": "graphics", "no-port": "port"}
_LOADED = re.compile(r"(?:(.+)\.)?gpu-(busy|idle)")
"""Of a simulator: the load that its nvidia-smi tells. Without it tells none, as of some cards."""
_IN_WORKSPACE = "-in-workspace"
"""Of a simulator: its server is /workspace/CarlaUE4.sh."""
_NO_EGG = "-no-egg"
_SHELLS = {"library/busybox": ("sh",), "library/debian": ("bash",), "shell": ("sh",)}


class ImageNotFound(ConsoleError):
    """No stand-in of that name or tag, or a scenario behind it that cannot be used."""


@dataclass(frozen=True, slots=True)
class Image:
    """An unpacked image. `paths` are the absolute image paths that exist under `root`."""

    reference: str
    digest: str
    root: Path
    paths: tuple[str, ...]
    env: dict[str, str]
    working_dir: str | None
    command: tuple[str, ...]
    description: str = ""


@dataclass(frozen=True, slots=True)
class _Recipe:
    """What an image consists of, before it is on disk."""

    description: str
    files: list[contents.File] = field(default_factory=list)
    paths: tuple[str, ...] = ()
    env: dict[str, str] = field(default_factory=dict)
    command: tuple[str, ...] = ("sh",)


def pull(reference: str, store: Path) -> Image:
    """Unpack the image of a reference unless it is there. Raises InvalidImageName, ImageNotFound.

    `store` is created when needed. A pull that is interrupted leaves no image.
    """
    recipe = _recipe(parse(reference), reference)
    env = {"PATH": PATH, "PYTHONDONTWRITEBYTECODE": "1", **recipe.env}
    digest = _digest(reference, recipe, env)
    home = store / digest.removeprefix("sha256:")
    if not home.is_dir():
        _unpack(home, reference, recipe)
    return Image(
        reference=reference,
        digest=digest,
        root=home / "rootfs",
        paths=("/usr/local/bin", *recipe.paths),
        env=env,
        working_dir=None,
        command=recipe.command,
        description=recipe.description,
    )


def routes_of(reference: str) -> bytes | None:
    """The routes file in a stand-in of the Leaderboard image; None for any other image."""
    try:
        files = _recipe(parse(reference), reference).files
    except (InvalidImageName, ImageNotFound):
        return None
    own = {file.path.rpartition("/data/")[2]: file.content for file in files}
    return next((own[each] for each in _ROUTES if each in own), None)


def _recipe(reference: ImageReference, text: str) -> _Recipe:
    """A tag such as `quick.gpu-none` is `quick`, whose container the node mistreats that way."""
    if reference.registry == _OWN and (match := _MISTREATED.fullmatch(reference.tag)):
        plain = _recipe(replace(reference, tag=match[1]), text)
        says = f"{plain.description} Its GPU: {match[2]}."
        return replace(plain, description=says, env={**plain.env, "STANDIN_GPU": match[2]})
    where, name, tag = reference.registry, reference.name, reference.tag
    if reference.digest:
        raise _not_found(reference, text)
    if where == _OWN and name == "carla-simulator":
        return _simulator(tag)
    if where == _OWN and name == "leaderboard" and tag.removesuffix(_NO_EGG) in _VERSIONS:
        says = f"Stand-in of the CARLA Leaderboard {tag} evaluator: files and output, no driving."
        version, egg = _VERSIONS[tag.removesuffix(_NO_EGG)], not tag.endswith(_NO_EGG)
        return _Recipe(says, contents.leaderboard(version, egg=egg), ("/workspace",))
    if where == _OWN and name == "team-agent":
        return _team_agent(reference, text)
    if name == "library/python" and where == _HUB:
        says = "Stand-in of the Python image: the interpreter that runs the embedded cluster."
        return _Recipe(says, command=("python3",))
    if where == _OWN and name == "python" and tag in node_images.VARIANTS:
        says = f"Stand-in of the Python image on a node with {node_images.VARIANTS[tag].says}."
        return _Recipe(
            says, contents.python_on(), env=node_images.VARIANTS[tag].env, command=("python3",)
        )
    if name in _SHELLS and where == (_HUB if "/" in name else _OWN):
        says = "Stand-in of a minimal image: the commands of this machine."
        return _Recipe(says, command=_SHELLS[name])
    raise _not_found(reference, text)


def _simulator(tag: str) -> _Recipe:
    """As public images do, it asks for an X server unless it is told otherwise."""
    if match := _LACKING.fullmatch(tag):
        plain = _simulator(match[1] or "latest")
        what = _LACKS.get(match[2]) or match[2].removeprefix("no-").capitalize()
        lacks = ",".join(filter(None, (plain.env.get("STANDIN_LACKS"), what)))
        says = f"{plain.description} It lacks {what}."
        files = [each for each in plain.files if not each.path.endswith(f"/{what}.umap")]
        env = {**plain.env, "STANDIN_LACKS": lacks}
        return replace(plain, description=says, env=env, files=files)
    if match := _LOADED.fullmatch(tag):
        plain = _simulator(match[1] or "latest")
        env = {**plain.env, "STANDIN_LOAD": match[2]}
        return replace(plain, description=f"{plain.description} Its GPU is {match[2]}.", env=env)
    home = "/workspace" if tag.endswith(_IN_WORKSPACE) else "/home/carla"
    env = {
        "CARLA_SAVED_DIR": f"{home}/CarlaUE4/Saved",
        "SDL_VIDEODRIVER": "x11",
        "STANDIN_X11": "/tmp/.X11-unix",
        DEMANDS: "1",
    }
    says = "Stand-in of a CARLA server: ports and log, no simulation."
    return _Recipe(says, contents.simulator(home), (home,), env)


def _team_agent(reference: ImageReference, text: str) -> _Recipe:
    image = team_images.of_tag(reference.tag)
    scenario = scenario_files.find(image.scenario)
    if scenario is None:
        variants = ", ".join(team_images.VARIANTS)
        known = f"known scenarios: {', '.join(scenario_files.names())}; variants: {variants}"
        raise _not_found(reference, text, known)
    try:
        files = contents.team_agent(scenario)
    except InvalidInput as error:
        raise ImageNotFound(" ".join((error.what, error.why, error.fix))) from error
    if image.own:
        files += contents.own_copy(image.own, V2_0_PINNED)
    if image.lacks_agent:
        files = contents.without_agent(files, image.variant)
    if image.variant == team_images.LOW_SHM:
        files += contents.low_shared_memory()
    env = {
        "PYTHONPATH": image.python_path,
        "TEAM_AGENT": f"{contents.TEAM_CODE}/agent.py",
        "TEAM_CONFIG": f"{contents.TEAM_CODE}/scenario.json",
    }
    says = f"Stand-in of a team's agent: the scenario '{reference.tag}'."
    return _Recipe(says, files, (contents.TEAM_CODE, team_images.PACKAGES), env)


def _not_found(reference: ImageReference, text: str, more: str = "") -> ImageNotFound:
    what = f'failed to resolve reference "{text}": {reference}: not found'
    return ImageNotFound(
        f"{what} ({more})" if more else what,
        why="The embedded cluster has stand-in images only and never downloads any.",
        fix="Use console.local/carla-simulator, /leaderboard, /team-agent, /shell, or python.",
    )


def _interpreter() -> str:
    """The Python that runs the cluster, not its virtual environment: the standard library only."""
    return os.path.realpath(sys.executable)


def _digest(reference: str, recipe: _Recipe, env: dict[str, str]) -> str:
    seen = hashlib.sha256()
    about = [reference, recipe.description, recipe.paths, env, recipe.command, _interpreter()]
    seen.update(json.dumps(about, sort_keys=True).encode())
    for file in recipe.files:
        seen.update(f"\0{file.path}\0{file.executable}\0{len(file.content)}\0".encode())
        seen.update(file.content)
    return f"sha256:{seen.hexdigest()}"


def _unpack(home: Path, reference: str, recipe: _Recipe) -> None:
    home.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=".pulling-", dir=home.parent))
    try:
        _write(work / "rootfs", recipe)
        about = {"reference": reference, "description": recipe.description}
        (work / "image.json").write_text(json.dumps(about, indent=1))
        work.chmod(0o755)
        work.rename(home)
    except OSError:
        if not home.is_dir():
            raise
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _write(root: Path, recipe: _Recipe) -> None:
    programs = root / "usr/local/bin"
    programs.mkdir(parents=True)
    own = {file.path for file in recipe.files}
    for name in ("python3", "python"):
        if f"usr/local/bin/{name}" not in own:
            (programs / name).symlink_to(_interpreter())
    for file in recipe.files:
        path = root / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.content)
        path.chmod(0o755 if file.executable else 0o644)
