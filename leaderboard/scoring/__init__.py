"""What submissions are worth: they are run where they are code, and scored."""
