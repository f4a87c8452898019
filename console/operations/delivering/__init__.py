"""What is recorded goes by itself to a place of files, and a table is told of it.

Begin with `deliverer`: which deliveries there are, and when each is due. `files_errand` and
`table_errand` bring one a step further; what that changes is said by `delivery_changes`, pure.
`both` is a recorder with this and EvalAI. How a submission stands is told by `publishing`, what its
files are by `storing`.
"""
