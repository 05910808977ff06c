"""The widgets in Voila, which the server of JupyterLab serves too."""

from tests.browser.conftest import VIEWPORT
from tests.support.host_gestures import CODE_AND_WIDGETS, Gestures
from tests.support.jupyterlab import Kernel
from tests.support.notebooks import write_notebook

NAME = "in_voila.ipynb"


def test_gestures_reach_python_in_voila(browser, lab):
    write_notebook(lab.root / NAME, CODE_AND_WIDGETS)
    before = set(lab.kernels())
    page = browser.new_page(viewport=VIEWPORT)
    try:
        page.goto(f"{lab.url}/voila/render/{NAME}", timeout=60_000)
        page.locator(".vw-monitor").wait_for(timeout=60_000)
        (own,) = set(lab.kernels()) - before
        kernel = Kernel(lab, own)
        Gestures(page, lambda: kernel.eval("state()"), ".bqplot.figure").make_all()
        kernel.close()
    finally:
        page.context.close()
        for started in set(lab.kernels()) - before:
            lab.end_kernel(started)
