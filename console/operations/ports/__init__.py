"""What the use cases need from the outside, a Protocol an edge.

The edges implement them, tests may too. Every method raises only errors of `console.errors`.
"""
