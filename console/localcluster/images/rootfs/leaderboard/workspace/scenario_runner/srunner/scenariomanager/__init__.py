"""The modules that the evaluator imports by name."""
