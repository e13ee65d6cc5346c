"""Proof programs: whole competitions against `classmark serve` as a real process, over HTTP, with real files.

    python -m tests.contest.replay      four months of submissions in minutes
    python -m tests.contest.crash       kill -9 at random moments, under load

Small settings of the same programs are tests.
"""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "support"))  # where pytest finds it by `pythonpath`
