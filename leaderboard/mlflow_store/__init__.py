"""The leaderboard in MLflow: a view of the record, written, compared and made anew."""
