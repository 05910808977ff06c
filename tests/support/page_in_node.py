"""The kernel of an exported page, run by Node: what it draws is compared with what Python draws."""

import json
import pathlib
import subprocess
import sys
from typing import Any

import ipywidgets
import numpy as np

from vae_widgets.widgets.exported_page.contents import PageContents


def run_page(script: pathlib.Path, widget: ipywidgets.Widget, task: Any) -> Any:
    """Return what a script prints as JSON for the page of a widget and a task.

    Its standard input is ``{models, buffers, task}``.
    """
    contents = PageContents()
    contents.add(widget)
    contents.drop_absent()
    given = {"models": contents.models, "buffers": contents.buffers, "task": task}
    done = subprocess.run(
        [pathlib.Path(sys.executable).with_name("node"), script],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def same_plot(drawn: dict[str, Any], plot: Any, tolerance: float = 1e-6) -> None:
    """Compare a plot of the page, with arrays as lists (null for NaN), with one of Python."""
    assert drawn["title"] == plot.title
    for name, axis in (("x", plot.x), ("y", plot.y)):
        found = drawn[name]
        assert (found["label"], found["scale"]) == (axis.label, axis.scale)
        assert found["tick_format"] == axis.tick_format
        assert found["padding"] == axis.padding
        assert list(axis.domain) == found["domain"] or np.allclose(axis.domain, found["domain"])
        assert (axis.ticks is None) == (found["ticks"] is None)
        if axis.ticks is not None:
            np.testing.assert_allclose(found["ticks"], axis.ticks, rtol=1e-12, atol=1e-12)
    lines = [line for line in plot.lines if line.x.size]
    seen = [line for line in drawn["lines"] if line["x"]]
    assert [line["name"] for line in seen] == [line.name for line in lines]
    for found, line in zip(seen, lines, strict=True):
        look = ("colour", "dashed", "width", "opacity")
        assert [found[name] for name in look] == [getattr(line, name) for name in look], line.name
        same_values(found["x"], line.x, tolerance)
        same_values(found["y"], line.y, tolerance)
    assert (drawn["band"] is None) == (plot.band is None)
    if plot.band:
        for name in ("x", "low", "high"):
            same_values(drawn["band"][name], getattr(plot.band, name), tolerance)
    assert drawn["margin"] == plot.margin._asdict()


def same_values(found: list[float | None], expected: Any, tolerance: float) -> None:
    np.testing.assert_allclose(np.array(found, float), expected, rtol=tolerance, atol=1e-12)
