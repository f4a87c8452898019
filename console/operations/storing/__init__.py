"""A submission's files as upstream's bucket has them, brought to a place and read back.

Begin with `bringing.py`: a place is made to hold what a tree says, only what changed is sent.
`tree` is what there is to be put there, from what is recorded and verified: `result_files`,
`log_files`, `marks`, and `folder_owner`, by which such a folder is told from another's. `stored`
reads it back.
Which places there are it does not know, nor EvalAI.
"""
