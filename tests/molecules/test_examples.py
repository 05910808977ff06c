"""The examples in the docstrings run."""

import doctest

import numpy as np
import pytest

from vae_widgets import molecules

FUNCTIONS = sorted(name for name in molecules.__all__ if name.islower())


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_example_of_a_function_runs(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (test,) = doctest.DocTestFinder(recurse=False).find(getattr(molecules, name), name)
    assert test.examples
    test.globs.update(np=np)
    report: list[str] = []
    failed, _ = doctest.DocTestRunner(verbose=False).run(test, out=report.append)
    assert not failed, "".join(report)
