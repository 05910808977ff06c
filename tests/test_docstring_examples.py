"""Every public name has an example in its docstring, and the examples run."""

import doctest
import importlib

import numpy as np
import pytest

import vae_widgets as vw


@pytest.mark.parametrize("name", sorted(set(vw.__all__) - {"__version__"}))
def test_examples_run(name, tmp_path, monkeypatch):
    """With ``vw`` and ``np`` imported, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    thing = getattr(vw, name)
    home = importlib.import_module(thing.__module__)
    found = doctest.DocTestFinder(recurse=True).find(thing, name, home)
    examples = [test for test in found if test.examples]
    assert any(not step.options.get(doctest.SKIP) for test in examples for step in test.examples)
    for test in examples:
        test.globs.update(vw=vw, np=np)
        report: list[str] = []
        failed, _ = doctest.DocTestRunner(verbose=False, optionflags=doctest.ELLIPSIS).run(
            test, out=report.append
        )
        assert not failed, "".join(report)
