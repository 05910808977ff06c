"""Settings for all tests."""

import gc
from collections.abc import Generator, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from tests.support.plugins import install_plugins
from tests.support.quick_tracing import trace_quickly

# A shared, loaded machine makes single examples slow; that is no fault of the code.
settings.register_profile("no_deadline", deadline=None)
settings.load_profile("no_deadline")

# Tracing makes hundreds of thousands of objects, which Python would look through a hundred times.
gc.set_threshold(200_000, 20, 50)

# Tests that share what takes long to make: one process of xdist gets all of a group, at first.
# JupyterLab takes 14 s of processor time with a page and a kernel: two processes start one each,
# and have as much to do. A third one installs what is packaged, and a fourth imports TensorFlow
# once for all notebooks.
TOGETHER = (
    (
        "tests/browser/explorer/",
        "tests/browser/test_keys_in_jupyterlab.py",
        "tests/browser/test_tour.py",
        "tests/browser/training_monitor/",
    ),
    (
        "tests/browser/anomaly_histogram/test_widget.py",
        "tests/browser/hosts/test_notebook.py",
        "tests/browser/hosts/test_voila.py",
        "tests/browser/labextension/test_launcher.py",
        "tests/browser/latent_scatter/test_awaiting.py",
        "tests/browser/latent_scatter/test_widget.py",
        "tests/browser/review_queue/test_widget.py",
        "tests/browser/test_benchmark.py",
        "tests/browser/test_saved_notebook.py",
        "tests/browser/vae_file/test_double_click.py",
    ),
    ("tests/packaging/",),
    ("tests/notebooks/",),
)


def group_of(nodeid: str) -> int:
    """Return the number of the group that a test belongs to, or the number of groups."""
    found = (number for number, group in enumerate(TOGETHER) if nodeid.startswith(group))
    return next(found, len(TOGETHER))


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """In a fresh environment, collect in one process after the other.

    The first one compiles what all import, 15 s of processor time; at once, each would do it.
    """
    tensorflow = find_spec("tensorflow")
    if tensorflow is None or tensorflow.cached is None or Path(tensorflow.cached).is_file():
        return (yield)
    import fcntl

    with Path(__file__).open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        return (yield)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # Long files of the top folder come before many short ones, so that all processes end together.
    items.sort(key=lambda item: (group_of(item.nodeid), not item.nodeid.startswith("tests/test_")))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    from xdist.scheduler import LoadFileScheduling

    class ByGroupOrFile(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            number = group_of(nodeid)
            return str(number) if number < len(TOGETHER) else super()._split_scope(nodeid)

    return ByGroupOrFile(config, log)


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
    trace_quickly()


@pytest.fixture(scope="session")
def plugin_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the plugins of tests/support are installed; see `plugins.installed`."""
    return install_plugins(tmp_path_factory.mktemp("plugins"))
