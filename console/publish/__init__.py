"""EDGE: what leaves this house for others' servers. The only importer of httpx.

Begin with `outbox.py`: what is to be sent, and what was answered, on disk (`entries`). What a user
sets is `settings_file`, and `settings_in_force` while such a file is wrong; `hook_messages` what a
webhook is told; `sending` one request, and `hook_answers` what comes back. Which calls there are it
does not know: that is `operations.watching.calling`.

`evalai` is the port of that name over HTTP: `evalai_requests` what is asked, `evalai_answers` what
comes back and what of it may be said, `evalai_address` whom, `evalai_token` as whom and
`token_sources` from where its owner keeps that, `evalai_budget` how often. When and what it is told
is not decided here; `ledger` keeps what was. `intake_settings` is what a user sets of its queue.
`http_client` and `http_words` serve both.

Published files have a place: `folder_place` is a directory, `bucket_place` a bucket over boto3 (an
extra), `bucket_errors` what goes wrong there. `dynamodb_table` is a table over it. What is in the
files it does not know. Which of these are open `targets` says, `deliveries` keeps what was sent.
"""
