"""The widgets in Notebook 7, which the server of JupyterLab serves too."""

from tests.browser.conftest import VIEWPORT
from tests.support.host_gestures import CODE_AND_WIDGETS, Gestures
from tests.support.jupyterlab import Kernel
from tests.support.notebooks import write_notebook

NAME = "in_notebook_7.ipynb"
IDLE = '.jp-Notebook-ExecutionIndicator[data-status="idle"]'


def test_gestures_reach_python_in_notebook_7(browser, lab):
    write_notebook(lab.root / NAME, CODE_AND_WIDGETS)
    page = browser.new_page(viewport=VIEWPORT)
    try:
        page.goto(f"{lab.url}/notebooks/{NAME}")
        page.locator(IDLE).wait_for(timeout=60_000)
        kernel = Kernel.of_notebook(lab, NAME)
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        page.locator(".vw-monitor").wait_for(timeout=60_000)
        Gestures(page, lambda: kernel.eval("state()"), ".bqplot.figure").make_all()
        kernel.close()
    finally:
        page.context.close()
        lab.end_session(NAME)
