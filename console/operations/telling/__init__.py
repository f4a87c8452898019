"""Submissions followed to their end, so that others are told of them. Begin with `teller`.

It is the loop that EvalAI, places and tables share: which submissions there are and whose right it
is to send. How one stands here is `seen_here`; what fails again and again is `failing`. What is
sent, and to whom, it does not know.
"""
