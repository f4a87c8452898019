"""What is recorded goes by itself to a place of files, while it runs and when it has ended.

Begin with `deliverer`: which deliveries there are, and when each is due. `files_errand` brings one
a step further; what that changes is said by `learning`, which is pure. `both` is a recorder with
this and EvalAI. How a submission stands is told by `publishing`, what its files are by `storing`.
"""
