"""Settings for all tests."""

import gc
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings

# A shared, loaded machine makes single examples slow; that is no fault of the code.
settings.register_profile("no_deadline", deadline=None)
settings.load_profile("no_deadline")

# Tracing makes hundreds of thousands of objects, which Python would look through a dozen times.
gc.set_threshold(20_000, 20, 50)

# Folders whose tests share what takes long to make: one process of xdist gets them all, at first.
TOGETHER = ("tests/packaging/", "tests/notebooks/", "tests/browser/training_monitor/")
# Files that take longest: at the end of a run, the other processes would wait for them.
LONG = (
    "tests/browser/test_tour.py",
    "tests/browser/explorer/test_widget.py",
    "tests/browser/test_keys.py",
    "tests/browser/anomaly_histogram/test_widget.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    order = (*TOGETHER, *LONG)
    ranks = {name: rank for rank, name in enumerate(order)}
    items.sort(key=lambda item: next((ranks[n] for n in order if item.nodeid.startswith(n)), 99))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    from xdist.scheduler import LoadFileScheduling

    class ByFolderOrFile(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            folder = next((folder for folder in TOGETHER if nodeid.startswith(folder)), None)
            return folder or super()._split_scope(nodeid)

    return ByFolderOrFile(config, log)


@pytest.fixture(autouse=True, scope="module")
def short_garbage_collections() -> Iterator[None]:
    """Leave what other modules made out of them: with hundreds of models, each takes seconds."""
    gc.freeze()
    yield
    gc.collect()


@pytest.fixture(scope="session")
def quick_graphs() -> None:
    """Let TensorFlow run graphs as they are traced: to optimize one takes longer than its run."""
    import tensorflow as tf

    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})
