"""A stand-in server for supervisor tests: listens on CARLA_PORT after a while; obeys files.

Arguments: KEY=VALUE. boot=SECONDS until it listens; pids=FILE gets the pids of all its processes;
escape=yes starts a grandchild in a session of its own; silent=yes never listens; deaf=FILE closes
the port, but lives on, as soon as FILE exists; exit=N ends at once with that status; rpc=FILE
answers every question on the port until FILE exists, and then accepts them without an answer.
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
if "rpc" in options:
    listener.settimeout(0.02)
while True:
    if "rpc" in options:
        try:
            client, _ = listener.accept()
            clients = [*globals().get("clients", []), client]
            if not os.path.exists(options["rpc"]):
                client.settimeout(0.02)
                client.sendall(client.recv(99)[:1])
        except TimeoutError:
            pass
        continue
    time.sleep(0.02)
    if os.path.exists(options.get("deaf", "/nonexistent")):
        listener.close()
