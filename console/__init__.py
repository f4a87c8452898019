"""The Leaderboard Console. What each room of it owns stands in `ARCHITECTURE.md` beside this."""
