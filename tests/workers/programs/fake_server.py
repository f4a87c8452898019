"""A stand-in server for supervisor tests: listens on CARLA_PORT after a while; obeys files.

Arguments: KEY=VALUE. boot=SECONDS until it listens; pids=FILE gets the pids of all its processes;
escape=yes starts a grandchild in a session of its own; silent=yes never listens; deaf=FILE closes
the port, but lives on, as soon as FILE exists; exit=N ends at once with that status.
"""

import os
import signal
import socket
import sys
import time

options = dict(argument.split("=", 1) for argument in sys.argv[1:])


def note(pid):
    if "pids" in options:
        with open(options["pids"], "a") as file:
            file.write(f"{pid}\n")


def escape():
    """Forks twice with a session in between, as a daemon does."""
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            note(os.getpid())
            time.sleep(60)
        os._exit(0)


signal.alarm(60)
note(os.getpid())
print(f"server attempt={os.environ['ATTEMPT']}", flush=True)
if "exit" in options:
    sys.exit(int(options["exit"]))
if "escape" in options:
    escape()
time.sleep(float(options.get("boot", "0")))
listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
if "silent" not in options:
    listener.bind((os.environ["CARLA_HOST"], int(os.environ["CARLA_PORT"])))
    listener.listen()
while True:
    time.sleep(0.02)
    if os.path.exists(options.get("deaf", "/nonexistent")):
        listener.close()
