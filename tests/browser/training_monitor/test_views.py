"""A monitor shown twice, in a notebook that is closed and opened while its kernel trains on."""

from playwright.sync_api import Page

from tests.browser.conftest import OPEN
from tests.browser.training_monitor.test_widget import REST, paths

# A longer rest than for one view: a fit without pauses takes the processor that two views need.
SETUP = f"""{REST.replace("0.2", "0.3")}
import vae_widgets as vw
ds = vw.load_dataset("digits")
vae = vw.VAE.build(ds.sample_shape, latent_dim=2)
monitor = vw.TrainingMonitor()
display(monitor, monitor)
"""
AWAIT = """
history = await vae.fit_async(ds.x_train, epochs=100_000, verbose=0,
                              callbacks=[monitor.callback, Rest()])
"""


def wait_until_both_go_on(page: Page) -> None:
    progress = page.locator(".vw-progress-text")
    progress.get_by_text("samples/s").nth(1).wait_for(timeout=90_000)
    for line in progress.all():
        page.wait_for_function(
            "([line, than]) => line.textContent !== than",
            arg=[line.element_handle(), line.inner_text()],
        )


def test_two_views_come_back_and_go_on(notebook):
    nb = notebook([SETUP, AWAIT], run=False)
    page = nb.page
    nb.run_cell("import vae_widgets as vw")
    page.locator(".vw-monitor").nth(1).wait_for(timeout=60_000)
    nb.run_cell(AWAIT.strip().splitlines()[0])
    wait_until_both_go_on(page)

    nb.save()
    path = page.evaluate("() => window.jupyterapp.shell.currentWidget.context.path")
    page.evaluate("() => window.jupyterapp.shell.currentWidget.close()")
    page.locator(".vw-monitor").first.wait_for(state="detached")
    page.evaluate(OPEN, path)
    wait_until_both_go_on(page)

    views = page.locator(".vw-monitor").all()
    assert len(views) == 2
    for view in views:
        assert max(paths(view.locator(".vw-curves")), key=len).count("L") > 10
    views[0].get_by_role("button", name="Stop").click()
    for view in views:
        view.get_by_text("Stopped at epoch").wait_for(timeout=20_000)
    nb.kernel.until("monitor.state == 'stopped' and 'history' in globals()")
    x = "monitor._drawing.curves._panels[0].figure.lines[False, 2].x"
    assert nb.kernel.eval(f"{x}.min().item()") < 1.01
