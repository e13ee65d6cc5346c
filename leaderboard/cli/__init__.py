"""The commands that this room adds to `classmark`. They load the rest when they are called."""
