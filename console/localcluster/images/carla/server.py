"""A stand-in of a CARLA server: ports, log and a small protocol, no simulation.

    CarlaUE4-Linux-Shipping [CarlaUE4] -carla-rpc-port=2000 [anything else is ignored]

Listens on the port and the two above it, on CARLA_HOST or everywhere, after STANDIN_BOOT_SECONDS
(2). On the first port it answers a msgpack-RPC call, whichever it is, with its version, as CARLA
does for `version`; else it speaks one JSON object per line there:

    {"do": "status"}                      -> {"ok": true, "stand_in": true, "town", "frame"}
    {"do": "load_world", "town": "Town01"}-> {"ok": true}
    {"do": "tick", "frames": 10}          -> {"ok": true, "frame": n}; time passes by ticks only
    {"do": "fault", "kind": "crash"}      -> no answer: dies by SIGSEGV
    {"do": "fault", "kind": "hang"}       -> no answer, nor to anything after it
    {"do": "fault", "kind": "refuse"}     -> no answer: closes every connection and its ports

Where STANDIN_DEMANDS is set it demands what the engine of a public image demands, and else ends
with 1 and the engine's words: an X server (DISPLAY, its socket in $STANDIN_X11) or
SDL_VIDEODRIVER=offscreen, the driver's graphics (NVIDIA_DRIVER_CAPABILITIES) and a GPU (a device
in $GPU_DEV). STANDIN_LACKS names what its image or its node has not: x (no X server on the node),
offscreen (SDL was built without it), graphics, port (it never listens), or a town.

Writes nothing but its output and, where CARLA_SAVED_DIR names a folder, Logs/CarlaUE4.log in it.
"""

import asyncio
import glob
import json
import os
import resource
import signal
import sys
import time
from typing import Any, Dict, List, Mapping, Optional, Sequence, Set, Tuple

FIRST_LINE = "[stand-in] No CARLA server: a stand-in that simulates nothing"
ENGINE = "4.26.2-0+++UE4+Release-4.26 522 0"
FLAG = "-carla-rpc-port="
DEFAULT_PORT = 2000
PORTS = 3
LINE_LIMIT = 65536
RPC_CALL = b"\x94"
"""How a msgpack-RPC request begins: an array of four. No JSON does."""
VERSION_ANSWER = b"\x94\x01\x01\xc0\xa6" + ENGINE[:6].encode("ascii")
LOG_LIMIT = 1 << 20
CRASH_LINES = (
    "Signal 11 caught.",
    "Malloc Size=65538 LargeMemoryPoolOffset=65554 ",
    "CommonUnixCrashHandler: Signal=11",
    "Engine crash handling finished; re-raising signal 11 for the default handler. Good bye.",
)


NO_WINDOW = (
    "LogInit: Warning: Could not initialize SDL: {} not available",
    "LogInit: Error: FLinuxApplication::CreateLinuxApplication() : InitSDL() failed,"
    " cannot create application instance.",
    "LogLinux: FLinuxPlatformMisc::RequestExit(bForce=true, ReturnCode=1)",
)
NO_VULKAN = ("Cannot find a compatible Vulkan driver (ICD).",)
NO_OPENGL = ("LogInit: Error: Could not create an OpenGL 4.3 context.",)


def missing(env: Mapping[str, str], arguments: List[str]) -> Tuple[str, ...]:
    """The engine's last words where it cannot begin; empty where it can."""
    if not env.get("STANDIN_DEMANDS"):
        return ()
    lacks = env.get("STANDIN_LACKS", "").split(",")
    driver = env.get("SDL_VIDEODRIVER") or "x11"
    if driver in lacks or (driver == "x11" and ("x" in lacks or not _x_server(env))):
        return tuple(line.format(driver) for line in NO_WINDOW)
    parts = env.get("NVIDIA_DRIVER_CAPABILITIES", "").split(",")
    drawing = "graphics" not in lacks and ("all" in parts or "graphics" in parts)
    devices = glob.glob(os.path.join(env.get("GPU_DEV") or "/dev", "nvidia[0-9]*"))
    if drawing and devices:
        return ()
    return NO_OPENGL if "-opengl" in arguments else NO_VULKAN


def _x_server(env: Mapping[str, str]) -> bool:
    """Whether the display's socket is there: `:0` or `:0.0` is X0."""
    display = env.get("DISPLAY", "")
    number = display[1:].partition(".")[0] if display.startswith(":") else ""
    return bool(number) and os.path.exists(os.path.join(env.get("STANDIN_X11", ""), "X" + number))


def port_from(arguments: List[str]) -> int:
    """The RPC port of a command line; the last one given wins."""
    port = DEFAULT_PORT
    for argument in arguments:
        if argument.startswith(FLAG):
            port = int(argument[len(FLAG) :])
    return port


class Log:
    """Lines on stdout and, up to a megabyte, in the Saved folder."""

    def __init__(self, saved: str) -> None:
        self._path = os.path.join(saved, "Logs", "CarlaUE4.log") if os.path.isdir(saved) else ""
        if self._path:
            os.makedirs(os.path.dirname(self._path), exist_ok=True)
            with open(self._path, "w"):
                pass

    def line(self, text: str) -> None:
        # In one piece, which print() under -u is not: the supervisor writes to the same log.
        sys.stdout.write(text + "\n")
        sys.stdout.flush()
        if not self._path:
            return
        with open(self._path, "a") as opened:
            if opened.tell() < LOG_LIMIT:
                opened.write(text + "\n")


class Server:
    """One world, any number of clients; state is a town and a frame counter."""

    def __init__(self, log: Log, lacks: Sequence[str]) -> None:
        self._log, self._lacks = log, lacks
        self._town: Optional[str] = None
        self._frame = 0
        self._listeners: List[asyncio.AbstractServer] = []
        self._clients: Set[asyncio.StreamWriter] = set()

    async def listen(self, host: str, port: int) -> None:
        """Raises OSError when a port is taken."""
        for offset in range(PORTS):
            serve = self._rpc if offset == 0 else self._stream
            listener = await asyncio.start_server(serve, host, port + offset, limit=LINE_LIMIT)
            self._listeners.append(listener)
        self._log.line(f"LogCarla: listening on ports {port}-{port + PORTS - 1}")

    async def _stream(self, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async def _rpc(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._clients.add(writer)
        try:
            first = await reader.read(1)
            if first == RPC_CALL:
                writer.write(VERSION_ANSWER)
                await writer.drain()
                return
            while True:
                line = first + await reader.readline()
                first = b""
                if not line:
                    break
                answer = self._answer(json.loads(line.decode("utf-8", "replace")))
                writer.write((json.dumps(answer) + "\n").encode("ascii"))
                await writer.drain()
        except (ConnectionError, ValueError, KeyError, TypeError) as error:
            self._log.line(f"LogCarla: Warning: dropped a client: {str(error)[:200]!r}")
        finally:
            self._clients.discard(writer)
            writer.close()

    def _answer(self, request: Dict[str, Any]) -> Dict[str, Any]:
        word = request["do"]
        if word == "load_world":
            if str(request["town"]) in self._lacks:
                return {"ok": False, "error": "map not found"}
            self._town, self._frame = str(request["town"])[:80], 0
            self._log.line(f"LogLoad: LoadMap: /Game/Carla/Maps/{self._town!r}")
        elif word == "tick":
            self._frame += int(request["frames"])
        elif word == "fault":
            self._fault(str(request["kind"]))
        elif word != "status":
            return {"ok": False, "error": "unknown request"}
        return {"ok": True, "stand_in": True, "town": self._town, "frame": self._frame}

    def _fault(self, kind: str) -> None:
        if kind == "crash":
            self._crash()
        elif kind == "hang":
            self._log.line("[stand-in] told to hang: no answer from here on")
            while True:
                time.sleep(3600)
        elif kind == "refuse":
            self._log.line("[stand-in] told to refuse: closing every port")
            for listener in self._listeners:
                listener.close()
            for client in self._clients:
                client.transport.abort()
        else:
            raise ValueError("unknown fault " + kind)

    def _crash(self) -> None:
        for text in CRASH_LINES:
            self._log.line(text)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        signal.signal(signal.SIGSEGV, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGSEGV)


async def serve(port: int, host: str, boot_seconds: float, log: Log) -> int:
    """Boot, listen, and stay until a signal ends the process; 1 when it cannot begin."""
    log.line(FIRST_LINE)
    log.line(ENGINE)
    log.line("Disabling core dumps.")
    await asyncio.sleep(boot_seconds)
    words = missing(os.environ, sys.argv[1:])
    for text in words:
        log.line(text)
    if words:
        return 1
    lacks = os.environ.get("STANDIN_LACKS", "").split(",")
    if "port" not in lacks:
        await Server(log, lacks).listen(host, port)
    await asyncio.Event().wait()
    return 0


def main() -> int:
    """1 when a port is taken or something is missing; otherwise the process ends by a signal."""
    log = Log(os.environ.get("CARLA_SAVED_DIR", ""))
    host = os.environ.get("CARLA_HOST") or "0.0.0.0"
    boot_seconds = float(os.environ.get("STANDIN_BOOT_SECONDS") or 2)
    try:
        return asyncio.run(serve(port_from(sys.argv[1:]), host, boot_seconds, log))
    except OSError as error:
        log.line(f"LogCarla: Error: {error}")
        return 1


if __name__ == "__main__":
    sys.exit(main())
