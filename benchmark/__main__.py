"""`python -m benchmark` is `classmark`."""

from benchmark.cli import main

if __name__ == "__main__":
    main()
