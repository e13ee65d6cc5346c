"""The participant's side: it needs no extra and imports no server."""
