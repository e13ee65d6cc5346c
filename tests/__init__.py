"""A package, so that `python -m tests.bench` finds these tests and not those that a dependency installs."""
