"""The use cases, and the ports they need. Begin with the room of what the user does:

- `submitting/`: launch (begin here), look at a node first, resume, cancel, delete
- `watching/`: fleet (begin here): the submissions of a namespace, live; one of them; one look
- `recording/`: session (begin here): logs to disk, read back, and what logcopy tells in them
- `inspecting/`: inspection (begin here): why one failed, from all that is recorded of it
- `bundling/`: export (begin here): a recording as a file that is passed on, and what is left out
- `replay/`: player (begin here): a recording played again, as it was known at any of its times
- `outcome/`: view (begin here): the scores as they are shown, and whether they are final
- `storing/`: bringing (begin here): the files of upstream's bucket, to a place and back
- `publishing/`: publisher (begin here): results to EvalAI, each once, the final one last
- `delivering/`: deliverer (begin here): files to their place by themselves, a table told of them
- `telling/`: teller (begin here): the loop of all who tell others of submissions
- `intake/`: desk (begin here): submissions from EvalAI's queue, each launched once
- `ports/`: what of the outside they need, by edge

Knows no foreign library and no screen.
"""
