"""An evaluator for the outside killer: drives routes and tells a second file what it finished.

Arguments: KEY=VALUE. routes=N; witness=FILE gets `begin R` and `finish R` lines, the latter once
the checkpoint holds the route and is closed; pace=SECONDS a route; stall=SECONDS between two pieces
of a checkpoint, so that a kill often meets half of one; repeats=last resumes as the commit of the
2.0 image does, else as the head of that branch.
"""

import json
import os
import sys
import time

options = dict(argument.split("=", 1) for argument in sys.argv[1:])
checkpoint = os.environ["CHECKPOINT"]
total = int(options["routes"])
pace, stall = float(options["pace"]), float(options["stall"])


def tell(word, route):
    with open(options["witness"], "a") as file:
        file.write(f"{word} {route}\n")


def document(records, summary, status):
    inner = {"global_record": summary, "progress": [len(records), total], "records": records}
    return {"_checkpoint": inner, "entry_status": status, "eligible": False, "sensors": []}


def write(value):
    """In place and in pieces: cut first, then streamed."""
    text = json.dumps(value, indent=4)
    with open(checkpoint, "w") as file:
        for start in range(0, len(text), 200):
            file.write(text[start : start + 200])
            file.flush()
            time.sleep(stall)


def resumed():
    if os.environ["RESUME"]:
        try:
            with open(checkpoint) as file:
                inner = json.load(file)["_checkpoint"]
            done = inner["progress"][0] - ("repeats" in options)
            return inner["records"][: max(done, 0)]
        except (OSError, ValueError):
            print("Problem reading checkpoint.", flush=True)
    write(document([], {}, "Started"))
    return []


records = resumed()
for route in range(len(records), total):
    print(f"========= Preparing RouteScenario_{route} (repetition 0) =========", flush=True)
    tell("begin", route)
    time.sleep(pace)
    name = f"RouteScenario_{route}_rep0"
    records.append({"index": route, "route_id": name, "status": "Failed - Agent got blocked"})
    write(document(records, {}, "Started"))
    tell("finish", route)
    time.sleep(0.002)  # the evaluator's clean-up between two routes
write(document(records, {"index": -1, "status": "Failed"}, "Finished"))
tell("end", total)
