"""Many submissions at once: a file's text to rows, and rows to judged Jobs. Begin with `reading`.

Owns what a row may say and how rows stand to each other. Refuses to know how one row becomes a Job:
whoever launches a single submission tells it, so that both are composed alike.
"""
