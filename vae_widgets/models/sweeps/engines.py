"""Where the runs of a sweep are trained: threads of this process, or a Dask cluster."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import Any

from vae_widgets.core.optional import import_optional
from vae_widgets.models.serialization.model_file import model_from_bytes, model_to_bytes
from vae_widgets.models.sweeps.runs import Outcome, Run, Stop, train

Ended = Iterator[tuple[int, Outcome | Exception]]
"""The number of each run as it ends, and what came of it."""


def on_threads(
    make_model: Callable[..., Any],
    runs: Sequence[Run],
    data: Any,
    options: Mapping[str, Any],
    n_jobs: int | None,
) -> Ended:
    """Train runs in threads. If the caller stops, the runs under way end after their batch."""
    import joblib

    stop = threading.Event()
    # joblib knows the share of the processors that a container or a batch system gives.
    n_threads = min(len(runs), n_jobs or joblib.cpu_count())
    pool = ThreadPoolExecutor(n_threads, "vae_widgets sweep")
    try:
        numbers = {
            pool.submit(train, make_model, run, data, options, [Stop(stop)]): i
            for i, run in enumerate(runs)
        }
        for future in as_completed(numbers):
            error = future.exception()
            yield numbers[future], error if isinstance(error, Exception) else future.result()
    finally:
        stop.set()
        pool.shutdown(cancel_futures=True)


def on_cluster(
    client: Any,
    make_model: Callable[..., Any],
    runs: Sequence[Run],
    data: Any,
    options: Mapping[str, Any],
) -> Ended:
    """Train runs on the workers of a ``distributed.Client``, which repeats those of a lost one."""
    distributed = import_optional("distributed", "dask", "a sweep on a cluster")
    # To all workers at once, so that the loss of one does not lose the data.
    [shared] = client.scatter([(data, dict(options))], broadcast=True)
    numbers = {
        client.submit(_train_on_worker, make_model, run, shared, pure=False): i
        for i, run in enumerate(runs)
    }
    try:
        for future in distributed.as_completed(list(numbers), loop=client.loop):
            try:
                outcome = future.result()
            except Exception as error:
                yield numbers[future], error
                continue
            content, custom_objects = outcome.model
            model = model_from_bytes(content, "a model from a worker", custom_objects)
            yield numbers[future], outcome._replace(model=model)
    finally:
        client.cancel(list(numbers))


def _train_on_worker(make_model: Callable[..., Any], run: Run, shared: Any) -> Outcome:
    data, options = shared
    outcome = train(make_model, run, data, options)
    model = outcome.model
    content = model_to_bytes(model, model.custom_objects)
    return outcome._replace(model=(content, dict(model.custom_objects)))
