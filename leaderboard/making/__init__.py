"""A new competition: its settings, its tasks with their secrets, and what teams download."""
