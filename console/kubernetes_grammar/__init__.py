"""The grammar of Kubernetes: how names, quantities and image references are written, what fits.

Pure, and below everything that speaks of objects: it answers yes, no or a number and knows no
message, because an operator is told in this console's words and kubectl in the API server's.
Begin with `names`.
"""
