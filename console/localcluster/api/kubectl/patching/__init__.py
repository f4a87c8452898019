"""The kinds of PATCH that kubectl sends: each makes a new object from the current one and a patch.

The merge patch, which the console sends too, is `console.localcluster.api.merge_patch`.
"""
