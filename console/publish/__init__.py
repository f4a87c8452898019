"""EDGE: what leaves this house for others' servers. The only importer of httpx.

Begin with `outbox.py`: what is to be sent, and what was answered, on disk (`entries`). What a user
sets is `settings_file`; `messages` what a webhook is told; `sending` one request, and `answers`
what comes back. Which calls there are it does not know: that is `operations.watching.calling`.
"""
