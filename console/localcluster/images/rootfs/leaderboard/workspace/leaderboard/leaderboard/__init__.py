"""A stand-in of the Leaderboard: its evaluator lies in `standin`."""
