"""The stand-in server demands what a public CARLA image demands, and says what that one says."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from standin_bench import HOST, Bench, ask, free_port, listening, until

from console.localcluster.images.catalogue import pull

NO_WINDOW = "InitSDL() failed, cannot create application instance."
NO_VULKAN = "Cannot find a compatible Vulkan driver (ICD)."


class Node:
    """A container's surroundings: sockets of X servers, devices of GPUs, the image's variables."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        for name in ("x11", "dev"):
            (folder / name).mkdir()
        (folder / "x11/X0").touch()
        (folder / "dev/nvidia0").touch()
        self.server: subprocess.Popen[str] | None = None

    def start(self, tag: str = "0.9.14", flag: str = "-vulkan", **said: str) -> None:
        image = pull(f"console.local/carla-simulator:{tag}", self.folder / "store")
        own = {
            "PATH": f"{image.root}/usr/local/bin:/usr/bin:/bin",
            "STANDIN_X11": str(self.folder / "x11"),
            "GPU_DEV": str(self.folder / "dev"),
            "STANDIN_BOOT_SECONDS": "0",
            "CARLA_HOST": HOST,
        }
        command = ["sh", str(image.root / "home/carla/CarlaUE4.sh"), flag]
        self.server = subprocess.Popen(
            [*command, f"-carla-rpc-port={self.port}"],
            env={**image.env, **own, **said},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def starts(self, tag: str = "0.9.14", **said: str) -> bool:
        self.start(tag, **said)
        until(lambda: listening(self.port), "the server listens")
        return True

    def refusal(self, tag: str = "0.9.14", flag: str = "-vulkan", **said: str) -> str:
        self.start(tag, flag, **said)
        assert self.server is not None
        output, _ = self.server.communicate(timeout=20)
        assert self.server.returncode == 1
        return output

    def end(self) -> None:
        if self.server is not None:
            self.server.kill()
            self.server.communicate()


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    node = Node(tmp_path)
    yield node
    node.end()


ALL = {"NVIDIA_DRIVER_CAPABILITIES": "all"}


def test_with_the_node_s_x_server_the_driver_and_a_gpu_it_starts(node: Node) -> None:
    assert node.starts(DISPLAY=":0", **ALL)


def test_offscreen_it_starts_without_an_x_server(node: Node) -> None:
    (node.folder / "x11/X0").unlink()
    assert node.starts(SDL_VIDEODRIVER="offscreen", **ALL)


@pytest.mark.parametrize("display", ["", ":1", "remote:0"])
def test_its_image_asks_for_an_x_server_and_fails_without_one(node: Node, display: str) -> None:
    output = node.refusal(DISPLAY=display, **ALL)
    assert "Could not initialize SDL: x11 not available" in output
    assert NO_WINDOW in output


@pytest.mark.parametrize("told", ["", "compute,utility"])
@pytest.mark.parametrize(
    ("flag", "words"), [("-vulkan", NO_VULKAN), ("-opengl", "OpenGL 4.3 context")]
)
def test_without_the_driver_s_graphics_it_fails(
    node: Node, told: str, flag: str, words: str
) -> None:
    capabilities = {"NVIDIA_DRIVER_CAPABILITIES": told}
    assert words in node.refusal(flag=flag, DISPLAY=":0", **capabilities)


def test_without_a_gpu_it_fails(node: Node) -> None:
    (node.folder / "dev/nvidia0").unlink()
    assert NO_VULKAN in node.refusal(DISPLAY=":0", **ALL)


@pytest.mark.parametrize(
    ("tag", "said", "words"),
    [
        ("needs-x", {"SDL_VIDEODRIVER": "offscreen"}, "SDL: offscreen not available"),
        ("0.9.14.needs-x", {"SDL_VIDEODRIVER": "offscreen"}, "SDL: offscreen not available"),
        ("no-x", {"DISPLAY": ":0"}, "SDL: x11 not available"),
        ("no-graphics", {"DISPLAY": ":0"}, NO_VULKAN),
    ],
)
def test_an_image_or_its_node_can_lack_each_by_the_image_s_name(
    node: Node, tag: str, said: dict[str, str], words: str
) -> None:
    assert words in node.refusal(tag, **said, **ALL)


def test_an_image_that_needs_x_starts_where_there_is_one(node: Node) -> None:
    assert node.starts("needs-x", DISPLAY=":0", **ALL)


def test_an_image_can_lack_a_town_and_has_all_others(node: Node) -> None:
    node.starts("no-town13", DISPLAY=":0", **ALL)
    refused = ask(node.port, {"do": "load_world", "town": "Town13"})
    assert refused == {"ok": False, "error": "map not found"}
    assert ask(node.port, {"do": "load_world", "town": "Town12"})["ok"] is True


def test_a_route_in_a_town_that_is_not_there_cannot_be_loaded(tmp_path: Path) -> None:
    bench = Bench(tmp_path, "2.0")
    try:
        bench.start_server(STANDIN_LACKS="Town12,Town13")
        bench.scenario({})
        done = bench.run("--routes-subset=0")
        assert "RuntimeError: map not found" in done.stdout
        assert done.last["entry_status"] == "Crashed"
    finally:
        bench.stop_server()
