"""A stand-in evaluator for supervisor tests: drives routes into a checkpoint; fails on demand.

Arguments: KEY=VALUE. routes=N; pace=SECONDS a route; pids=FILE gets the pids of its processes;
starts=FILE gets a line for each start (attempt, RESUME, argument `say`); crash=K:N exits 1 in
attempt K before route N; die=K:N kills itself there; hang=K:N stops before that route; torn=K:N
leaves half a checkpoint before route N of attempt K and kills itself, once the supervisor has a
good copy of what was there before; reject=yes; escape=yes; connect=yes holds a connection to the
server; repeats=last resumes as the commit of the 2.0 image does, else as the head of that branch;
linger=K:N hangs so behind the word of its watchdog, and lets no signal but the last one end it; N
may be the number of routes: then all is written; ticks=K:N prints ticks before route N in attempt K, and after them only chatter;
stops=K:N hangs before route N with its thread's chatter, behind the word that the one before stops.
"""

import json
import os
import signal
import socket
import sys
import time

options = dict(argument.split("=", 1) for argument in sys.argv[1:])
attempt = int(os.environ["ATTEMPT"])
checkpoint = os.environ["CHECKPOINT"]
total = int(options.get("routes", "3"))


def append(key, text):
    if key in options:
        with open(options[key], "a") as file:
            file.write(f"{text}\n")


def document(records, global_record, status="Started"):
    inner = {"global_record": global_record, "progress": [len(records), total], "records": records}
    return {"_checkpoint": inner, "entry_status": status, "sensors": []}


def write(value, cut=None):
    with open(checkpoint, "w") as file:
        file.write(json.dumps(value, indent=4)[:cut])


def due(key, route):
    return options.get(key) == f"{attempt}:{route}"


def escape():
    """A child in a session of its own, and one that only changes its name and parent."""
    if os.fork() == 0:
        os.setsid()
        append("pids", os.getpid())
        if os.fork() == 0:
            append("pids", os.getpid())
        time.sleep(60)


def records_in(path):
    if not os.path.exists(path):
        return []
    with open(path) as file:
        return json.load(file)["_checkpoint"]["records"]


def earlier_records():
    if os.environ["RESUME"] and os.path.exists(checkpoint):
        with open(checkpoint) as file:
            found = json.load(file)
        done = found["_checkpoint"]["progress"][0]
        if "repeats" in options and done > len(found["_checkpoint"]["records"]):
            sys.exit("IndexError: list index out of range")
        if found["entry_status"] == "Crashed" or "repeats" in options:
            done = max(done - 1, 0)
        return found["_checkpoint"]["records"][:done]
    write(document([], {}))
    return []


def linger():
    print("Watchdog exception - Timeout of 300.0 seconds occured", flush=True)
    signal.alarm(0)
    for each in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)
    time.sleep(60)


def stop_for_ever():
    print("> Stopping the route", flush=True)
    while True:
        print("chatter", flush=True)
        time.sleep(0.02)


def misbehave(route, records):
    if due("crash", route):
        sys.exit(1)
    if due("die", route):
        os.kill(os.getpid(), signal.SIGSEGV)
    if due("torn", route):
        while len(records_in(checkpoint + ".good")) < len(records):
            time.sleep(0.02)
        write(document(records, {}), cut=-20)
        os.kill(os.getpid(), signal.SIGKILL)
    if due("ticks", route):
        print("=== [Agent] -- Wallclock = now -- Game time = 0.05", flush=True)
        while True:
            print("chatter", flush=True)
            time.sleep(0.02)
    if due("stops", route):
        stop_for_ever()
    if due("hang", route):
        time.sleep(60)
    if due("linger", route):
        linger()


signal.alarm(60)
append("pids", os.getpid())
append("starts", f"{attempt} {os.environ['RESUME'] or '-'} {options.get('say', '-')}")
if "connect" in options:
    line = socket.create_connection((os.environ["CARLA_HOST"], int(os.environ["CARLA_PORT"])))
records = earlier_records()
if "escape" in options:
    escape()
if "reject" in options:
    write(
        document([{"index": 0, "status": "Failed - Agent's sensors were invalid"}], {}, "Rejected")
    )
    sys.exit(255)
for route in range(len(records), total):
    print(
        f"\n\033[1m========= Preparing RouteScenario_{route} (repetition 0) =========\033[0m",
        flush=True,
    )
    misbehave(route, records)
    append("driven", route)
    time.sleep(float(options.get("pace", "0.05")))
    records.append({"index": route, "route_id": f"RouteScenario_{route}_rep0"})
    write(document(records, {}))
write(document(records, {"index": -1, "status": "Perfect"}, "Finished"))
if due("linger", total):
    linger()
if due("stops", total):
    stop_for_ever()
