"""Results to EvalAI, from what is recorded and verified. Begin with `publisher`.

What is done next is decided by `next_step`, what an answer changes by `publication_changes`, both
pure; how a submission stands here is told by `standing_here`, what is said of it by `said_there`.
Knows neither HTTP nor a token. The server checks no order, so all order is kept here: nothing after
a final result, nothing but the end after a cancel, and one writer for each submission.
"""
