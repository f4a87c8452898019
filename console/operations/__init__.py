"""The use cases, and the ports they need. Begin with the room of what the user does:

- `submitting/`: launch (begin here), look at a node first, resume, cancel, delete
- `watching/`: fleet (begin here): the submissions of a namespace, live; one of them; one look
- `recording/`: session (begin here): logs to disk, read back, and what logcopy tells in them
- `outcome/`: view (begin here): the scores as they are shown, and whether they are final
<<<<<<< HEAD
- `storing/`: bringing (begin here): the files of upstream's bucket, to a place
- `publishing/`: publisher (begin here): results to EvalAI, each once, the final one last
=======
- `storing/`: bringing (begin here): the files of upstream's bucket, to a place and back
>>>>>>> 57538fe (A bucket is a place too, and a submission goes on from where it was published)
- `ports/`: what of the outside they need, by edge

Knows no foreign library and no screen.
"""
