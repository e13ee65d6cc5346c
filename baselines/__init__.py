"""Baselines: one file each, entering by the same door as anyone's solution; `_*.py` is what they share."""
