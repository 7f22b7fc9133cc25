"""pytask-parallel's executor: processes of this machine for `--jobs N`, a cluster for studies with `--cluster`.

pytask-parallel's default, loky, fits less: a part that measures in processes of its own cannot start them there.
"""

import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pytask_parallel import ParallelBackend, WorkerType, registry
from pytask_parallel.wrappers import WrapperResult

from experiments.cluster import AT_ONCE, Cluster
from experiments.errors import InputError
from experiments.results import Result
from experiments.same_code import ROOT
from experiments.workers import processes
from showcase import progress
from showcase.nodes import File, ResultFiles, Step, file_digest
from showcase.progress import Record

NO_OUTPUT = WrapperResult(carry_over_products=None, warning_reports=[], exc_info=None, stdout="", stderr="")


def register(root: Path, cluster: Cluster | None, expected: Mapping[str, float]) -> ParallelBackend:
    """Make the workers known to pytask-parallel, which forgets them after each run."""

    def make(n_workers: int) -> Executor:
        return Studies(root, cluster, expected) if cluster else processes(n_workers)

    registry.register_parallel_backend(ParallelBackend.CUSTOM, make, worker_type=WorkerType.PROCESSES, remote=False)
    return ParallelBackend.CUSTOM


class Studies(Executor):
    """Studies run on the cluster, those that are `expected` to take longest first, and their results are saved here;
    what rests on them reads files of this clone, and has a process here."""

    def __init__(self, root: Path, cluster: Cluster, expected: Mapping[str, float]):
        self.cluster, self.expected, self.topic = cluster, expected, f"progress-{uuid.uuid4()}"
        cluster.client.subscribe_topic(self.topic, lambda event: progress.put(root, Record(**event[1]["record"])))
        self.here, self.waiting = processes(1), ThreadPoolExecutor(AT_ONCE)

    def submit(self, wrap: Callable, /, *, task: Step, **given: Any) -> Future:
        if task.kind != "study":
            return self.here.submit(wrap, task=task, **given)
        return self.waiting.submit(self._study, task)

    def _study(self, step: Step) -> WrapperResult:
        inputs = {node.name: node.state() for node in step.rests_on if isinstance(node, File)}
        (result,) = (node for node in step.makes if isinstance(node, ResultFiles))
        place, seconds = result.path.relative_to(step.root).as_posix(), self.expected.get(step.name, 0.0)
        what = (step.name, step.function, step.arguments, inputs, place, self.topic)
        self.cluster.run(_run_study, *what, priority=seconds).save(result.path.parent)
        return NO_OUTPUT

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self.cluster.stop()
        self.waiting.shutdown(wait, cancel_futures=True)
        self.here.shutdown(wait, cancel_futures=True)


def _run_study(
    name: str, function: Callable, arguments: dict, inputs: dict[str, str], place: str, topic: str
) -> Result:
    """On a worker: the step's function in an empty folder, and what it saved there. Raises InputError where the inputs
    (path from the root → SHA-256) are others than the client's."""
    from distributed import get_worker

    worker = get_worker()
    if differing := [path for path, state in inputs.items() if file_digest(ROOT / path) != state]:
        raise InputError(f"{differing[0]}: another file on {worker.address}; bring that clone to this commit")
    with (
        TemporaryDirectory(prefix="study-") as folder,
        progress.running(name, lambda record: worker.log_event(topic, {"record": asdict(record)})) as report,
    ):
        function(root=Path(folder), **arguments, report=report)
        return Result.load(Path(folder, place))
