"""The record of a competition: what was accepted, by whom, and what it was worth."""
