"""The leaderboard as pages: the same bytes under the server and as a static site."""
