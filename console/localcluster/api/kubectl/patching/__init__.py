"""The four kinds of PATCH: each makes a new object from the current one and a patch."""
