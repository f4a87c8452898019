"""EvalAI's queue in: what waits there is shown, launched, and acknowledged once its Job exists.

Begin with `desk.py`: a message is taken, judged, launched, acknowledged. `queue_messages` reads
one, `message_fate` says what may become of it, `orders` is what is launched for it, `by_itself`
launches what comes, some at a time. How a queue is asked it does not know: that is the port
`operations.ports.evalai_queue`.

A message is lost only by an acknowledgement. So that comes last: after the Job is there, or when a
person says so. A Job is named by its submission, and a message whose Job is there already is only
acknowledged: whatever is killed between two steps, nothing is launched twice and nothing forgotten.
"""
