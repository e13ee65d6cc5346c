"""What a run that failed says about its solution: which demand it misses, and what to do, in plain words."""

from __future__ import annotations

import re
from dataclasses import dataclass

from benchmark.records import Record

IMPORTS = "imports and packages"
SIGNATURE = "signature"
FORMAT = "predictions format"
OUTSIDE = "files and network"
LIMITS = "time and memory"
LOG_LINES = 6
NO_ENVIRONMENT = "No environment could be built"

_FRAME = re.compile(r'^  File "(?P<file>[^"]+)", line \d+, in .+\n(?:    (?P<code>.+)\n)?', re.MULTILINE)
IN_SOLUTION = re.compile(r'File "[^"]*/work/solution/')
_MANY_MORE = "A task has many times the rows of a slice:"
_SPARE = {
    "timeout": "stop before task.budget.seconds_left() ends.",
    "memory": "keep what is in memory small.",
}
_REASONS = [  # the demand and the advice, for what the reason of a failure says
    (
        IMPORTS,
        f"^{NO_ENVIRONMENT}",
        "Correct the requirements, or leave out what the index has no wheels of.",
    ),
    (
        IMPORTS,
        r"^(ModuleNotFoundError|ImportError)",
        "List packages in REQUIRES; modules of your own stand in a folder, beside its solution.py.",
    ),
    (LIMITS, r"of disk$|^MemoryError", f"{_MANY_MORE} keep what is in memory and on disk small."),
    (
        SIGNATURE,
        r"no attribute 'classes_'",
        "With predict_proba a model needs classes_, the class of each column. Or do without both.",
    ),
    (
        FORMAT,
        r"predict returned \d+ values",
        "predict(X) returns one value for each row of X, in their order.",
    ),
    (
        FORMAT,
        r"^no predictions were written",
        "A command writes its predictions to the place that {out} stands for.",
    ),
    (
        OUTSIDE,
        r"gaierror|name resolution|Name or service not known|Network is unreachable|Connection refused|urlopen error"
        r"|Max retries exceeded|ConnectionError|ConnectError|OfflineMode|LocalEntryNotFound|couldn't connect",
        "There is no network while a solution runs: bring what it needs as files in the solution's folder.",
    ),
    (
        OUTSIDE,
        r"Read-only file system|Permission denied",
        "Only the working directory and /tmp can be written to.",
    ),
    (
        OUTSIDE,
        r"No such file or directory: '/(?!tmp/|classmark/)",
        "Nothing of this machine is visible but the solution's folder, beside __file__, and the system's programs.",
    ),
]
_CALLS = {  # the advice, for the line of the worker that could not be done
    "module.build(": "build takes the task and returns the model: def build(task).",
    "module.supports(": "supports takes the task and returns two things: def supports(task): return True, 'why'.",
    "model.fit(": "What build returns needs fit(X, y): a frame of the features, a series of the target.",
    "model.predict(": "What build returns needs predict(X): a frame of the features of the test rows.",
    "predict_proba(": "predict_proba(X) returns an array of numbers, (rows, classes).",
    "pd.DataFrame(given, columns": "predict_proba(X) returns one column for each class of classes_, in that order.",
    "pd.DataFrame(given)": "predict(X) returns a frame with the columns left_id, right_id, score.",
    "len(given)": "predict(X) returns one value for each row of X, in their order.",
}


@dataclass(frozen=True)
class Failure:
    """`demand` is "" where nothing but the log can tell; `log` holds the last lines of the log."""

    demand: str
    what: str
    do: str
    log: str


def explain(record: Record) -> Failure:
    """What went wrong in a run that did not end ok."""
    status, reason = record.run["status"], str(record.run["reason"])
    log = (record.folder / "log.txt").read_text(encoding="utf-8")
    if status == "invalid":
        return Failure(FORMAT, reason, f"See the format: classmark show {record.run['task']}", "")
    tail = _last_words(log)
    if status in _SPARE:
        doing = "while predicting" if "fitted in" in log else "before it had fitted"
        return Failure(LIMITS, f"{reason}, {doing}", f"{_MANY_MORE} {_SPARE[status]}", tail)
    if "bwrap: execvp" in log:
        return Failure(
            IMPORTS, reason, "The command is not there: a program of the folder is ./program.", tail
        )
    for demand, pattern, do in _REASONS:
        if re.search(pattern, reason):
            return Failure(demand, reason, do, tail)
    code = _failed_call(log)
    for call, do in _CALLS.items():
        if call in code:
            return Failure(SIGNATURE, reason, do, tail)
    return Failure("", reason, "", tail)


def _last_words(log: str) -> str:
    """The last lines of a log; of a traceback, the last place in the solution and what was raised."""
    lines = [line for line in log.splitlines() if line.strip(" ^")]
    places = [place for place, line in enumerate(lines) if IN_SOLUTION.search(line)]
    told = [*lines[places[-1] : places[-1] + 2], lines[-1]] if places else lines[-LOG_LINES:]
    return IN_SOLUTION.sub('File "', "\n".join(told))


def _failed_call(log: str) -> str:
    """The line of the worker that could not be done, "" where the failure lies deeper, in the solution."""
    frames = [(frame["file"], frame["code"] or "") for frame in _FRAME.finditer(log)]
    ours = [place for place, (file, _) in enumerate(frames) if file.endswith("/benchmark/worker.py")]
    if not ours:
        return ""
    code = frames[ours[-1]][1]
    return code if ours[-1] == len(frames) - 1 or "pd.DataFrame(given" in code else ""
