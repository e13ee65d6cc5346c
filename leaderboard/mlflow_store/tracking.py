"""Log records of runs to MLflow, for people who look there. The records stay the truth."""

from __future__ import annotations

from collections.abc import Callable

from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunTag
from mlflow.exceptions import MlflowException

from benchmark.errors import UserError
from benchmark.home import home
from benchmark.records import Record
from leaderboard.mlflow_store.database import make_database

_STATUS = {"ok": "FINISHED", "unsupported": "KILLED"}


def tracker(uri: str) -> Callable[[Record], None]:
    """A function that logs a record as a run of the experiment `classmark/<task>-<version>`, once per record.

    Parameters are what was run, metrics what came out (`<metric>`, `<metric>_low`, `<metric>_high`, seconds,
    memory), tags the status, key and digests; the record's files are artifacts. UserError where MLflow is not to be
    had at `uri`: now, before hours of runs, or later.
    """
    try:
        make_database(uri)
        client = MlflowClient(tracking_uri=uri)
        client.search_experiments(max_results=1)
    except Exception as error:
        raise UserError(f"There is no MLflow at {uri}.", given=f"{type(error).__name__}: {error}") from None

    def log(record: Record) -> None:
        try:
            _log(client, uri, record)
        except MlflowException as error:
            raise UserError(f"MLflow at {uri} did not take the run.", given=str(error)) from None

    return log


def _log(client: MlflowClient, uri: str, record: Record) -> None:
    """The run is ended last: one that is not is half-made, and is completed."""
    run = record.run
    experiment = _experiment(client, uri, f"classmark/{run['task']}-{run['version']}")
    key = f"{run['key']} {run['started']}"
    found = client.search_runs([experiment], f"tags.`classmark.record` = '{key}'", max_results=1)
    if found and found[0].info.status != "RUNNING":
        return
    name, tags = f"{run['solution']} {record.folder.name}", {"classmark.record": key}
    made = found[0] if found else client.create_run(experiment, run_name=name, tags=tags)
    moment = made.info.start_time
    client.log_batch(
        made.info.run_id,
        metrics=[Metric(name, value, moment, 0) for name, value in _metrics(record).items()],
        params=[
            Param(name, str(run[name])) for name in ("solution", "task", "version", "fold", "seed", "budget")
        ],
        tags=[
            RunTag("classmark.status", run["status"]),
            RunTag("classmark.reason", run["reason"][:4000]),
            RunTag("classmark.solution_digest", run["solution_digest"]),
            RunTag("classmark.task_digest", run["task_digest"]),
        ],
    )
    client.log_artifacts(made.info.run_id, str(record.folder))
    client.set_terminated(made.info.run_id, _STATUS.get(run["status"], "FAILED"))


def _experiment(client: MlflowClient, uri: str, name: str) -> str:
    """The experiment's id. A server says where its artifacts lie; those of a bare database lie under the home."""
    found = client.get_experiment_by_name(name)
    if found:
        return str(found.experiment_id)
    place = None if uri.startswith(("http:", "https:")) else (home() / "mlflow").as_uri()
    return str(client.create_experiment(name, artifact_location=place))


def _metrics(record: Record) -> dict[str, float]:
    run = record.run
    metrics = {f"seconds_{name}": value for name, value in run["seconds"].items() if value is not None}
    metrics["peak_memory_mb"] = run["peak_memory"] / 1e6
    for name, found in (record.score or {"metrics": {}})["metrics"].items():
        safe = name.replace("@", "_at_").replace("=", "_")
        metrics[safe] = found["value"]
        if found["low"] is not None:
            metrics |= {f"{safe}_low": found["low"], f"{safe}_high": found["high"]}
    return metrics
