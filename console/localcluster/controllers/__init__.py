"""Controllers of the embedded cluster: Jobs, garbage, time to live, scheduling. No processes."""
