"""Competitions and their leaderboard, and the MLflow store that people look at."""
