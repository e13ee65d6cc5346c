"""Set the limits of a run on this process, then become its command. Standard library only.

python launch.py '{"cpus": [0, 1], "file_size": 10000000000, "parent": 123}' COMMAND [ARG ...]
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main() -> None:
    limits = json.loads(sys.argv[1])
    if sys.platform == "linux":
        import resource

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != limits["parent"]:
            sys.exit("the runner is gone")
        os.sched_setaffinity(0, limits["cpus"])
        resource.setrlimit(resource.RLIMIT_FSIZE, (limits["file_size"], limits["file_size"]))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.execvp(sys.argv[2], sys.argv[2:])


if __name__ == "__main__":
    main()
