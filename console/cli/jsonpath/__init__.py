"""What `-o jsonpath=` understands: kubectl's templates, as far as our documents need them.

No library reads these: kubectl's are JSONPath with text, `range` and `end` around it. Begin with
`template`; what is not understood is refused with a list of what is.
"""
