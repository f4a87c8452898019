"""Pure rules and values of the Leaderboard: no I/O, no clock, no foreign library."""
