"""Steer a run with a real pointer while its cell awaits, and find it again after a reload."""

import json

import numpy as np

from tests.browser.training_monitor.test_widget import REST, paths
from tests.support.jupyterlab import wait_for

SETUP = f"""{REST}
import vae_widgets as vw
ds = vw.load_dataset("digits")
vae = vw.VAE.build(ds.sample_shape, latent_dim=2, architecture="dense", seed=0)
monitor = vw.TrainingMonitor(log="run.jsonl", checkpoint="now.vae")
display(monitor)
"""
AWAIT = """
history = await vae.fit_async(ds.x_train, epochs=100_000, batch_size=32, verbose=0,
                              validation_data=ds.x_test, callbacks=[Rest(), monitor.callback])
"""
BLOCK = """
vae.fit(ds.x_train, epochs=100_000, batch_size=32, verbose=0, callbacks=[Rest(), monitor.callback])
"""
STEPS_PER_EPOCH = 45  # of 32 of the 1,437 samples
# What JupyterLab does when it looks for widgets: a message that a subshell answers beside the cell.
ASK_A_SUBSHELL = """() => {
  const { kernel } = window.jupyterapp.shell.currentWidget.sessionContext.session;
  const comm = kernel.createComm("jupyter.widget.control");
  comm.onMsg = () => { window.subshellAnswered = true; };
  comm.subshellStarted.then(() => {
    comm.open({}, { version: "1.0.0" });
    comm.send({ method: "request_states" });
  });
}"""


def wait_for_change(page, line):
    """Wait until an element shows another text than now."""
    page.wait_for_function(
        "([line, than]) => line.textContent !== than",
        arg=[line.element_handle(), line.inner_text()],
    )


def test_steer_a_run_while_its_cell_awaits(notebook, lab):
    nb = notebook([SETUP, AWAIT], run=False)
    log = lab.root / "run.jsonl"
    log.unlink(missing_ok=True)
    page, monitor = nb.page, nb.page.locator(".vw-monitor")
    nb.run_cell("import vae_widgets as vw")
    monitor.get_by_text("Waiting for the first batch").wait_for(timeout=60_000)
    nb.run_cell(AWAIT.strip().splitlines()[0])
    monitor.locator(".vw-status").get_by_text("nats").first.wait_for(timeout=90_000)

    # Paused: what the monitor says of the run stands still. And it can be told things meanwhile.
    monitor.get_by_role("button", name="Pause").click()
    monitor.get_by_text("Paused at epoch").wait_for()
    beta = monitor.get_by_role("spinbutton", name="β")
    beta.fill("0.25")
    beta.press("Enter")
    monitor.get_by_role("button", name="Checkpoint").click()
    wait_for(lambda: '"checkpoint"' in log.read_text(), 20, "the checkpoint")
    # Two looks one after the other: of the second, ipywidgets' own way would bring nothing.
    monitor.get_by_role("button", name="Latent").click()
    monitor.get_by_role("button", name="Replay").click()
    scrubber = monitor.get_by_role("slider", name="Epoch of the pictures")
    page.wait_for_function("slider => Number(slider.max) > 0", arg=scrubber.element_handle())
    health = monitor.locator(".vw-latent-health .vw-picture")
    page.wait_for_function(
        "box => box.ariaLabel.includes('latent dimensions active')", arg=health.element_handle()
    )
    monitor.get_by_role("button", name="Resume").click()
    monitor.get_by_role("button", name="Pause").wait_for()

    # Values at the pointer, and a drag to zoom.
    figure = monitor.locator(".vw-curves .bqplot").first
    figure.hover(position={"x": 150, "y": 100})
    monitor.locator(".vw-status").get_by_text("epoch ").first.wait_for()
    nb.drag(figure, (120, 100), (220, 100))
    monitor.get_by_role("button", name="Reset zoom").click()
    monitor.get_by_role("button", name="Reset zoom").wait_for(state="hidden")

    # A page that is loaded again shows the run from its first epoch, and continues.
    nb.save()
    page.reload()
    monitor.locator(".vw-progress-text").get_by_text("samples/s").wait_for(timeout=60_000)
    wait_for_change(page, monitor.locator(".vw-progress-text"))
    drawn = max(paths(monitor.locator(".vw-curves")), key=len)
    assert drawn.count("L") > 10
    monitor.get_by_role("button", name="Stop").click()
    monitor.get_by_text("Stopped at epoch").wait_for(timeout=20_000)
    nb.kernel.until("monitor.state == 'stopped' and 'history' in globals()")

    # The log tells what was done, and which steps came before and after it.
    entries = [json.loads(line) for line in log.read_text().splitlines()]
    at = {entry["text"]: i for i, entry in enumerate(entries) if entry["kind"] == "action"}
    assert list(at) == ["paused", "β 0.25", "checkpoint", "resumed", "stopped"]
    steps = np.flatnonzero([entry["kind"] == "step" for entry in entries])
    assert ((steps > at["resumed"]) & (steps < at["stopped"])).any()
    # Batches that are under way end: of the epochs that would have followed, there are none.
    assert ((steps > at["paused"]) & (steps < at["resumed"])).sum() <= STEPS_PER_EPOCH
    assert (steps > at["stopped"]).sum() <= STEPS_PER_EPOCH
    betas = [entry["value"] for entry in entries if entry.get("name") == "beta"]
    assert betas == [1.0, 0.25]
    assert entries[-1]["kind"] == "end"
    assert nb.kernel.eval("vae.beta") == 0.25
    # Every epoch is in the curves of the reloaded page, from the first on.
    assert (
        nb.kernel.eval("monitor._drawing.curves._panels[0].figure.lines[False, 2].x.min().item()")
        < 1.01
    )
    assert nb.kernel.eval("list(vw.TrainingMonitor.from_log('run.jsonl').runs)") == ["run 1"]
    assert (lab.root / "now.vae").is_file()


def test_interrupts_act_and_in_a_blocking_cell_buttons_wait(notebook):
    nb = notebook([SETUP, BLOCK, AWAIT], run=False)
    page, monitor = nb.page, nb.page.locator(".vw-monitor")
    nb.run_cell("import vae_widgets as vw")
    monitor.get_by_text("Waiting for the first batch").wait_for(timeout=60_000)
    nb.run_cell(BLOCK.strip())
    status, progress = monitor.locator(".vw-status"), monitor.locator(".vw-progress-text")
    progress.get_by_text("samples/s").wait_for(timeout=90_000)
    # The drawings after that still belong to the cell, so that a click goes where the cell runs.
    page.evaluate(ASK_A_SUBSHELL)
    page.wait_for_function("() => window.subshellAnswered")
    wait_for_change(page, progress)
    monitor.get_by_role("button", name="Stop").click()
    status.get_by_text("interrupting the kernel (■) acts now").wait_for()
    wait_for_change(page, progress)

    page.locator('.jp-NotebookPanel-toolbar [data-command="notebook:interrupt-kernel"]').click()
    monitor.get_by_text("Interrupted at epoch").wait_for(timeout=20_000)
    page.get_by_text("KeyboardInterrupt").first.wait_for()
    nb.kernel.until("monitor.state == 'interrupted'")
    seen = nb.kernel.eval("len(monitor.history.to_dict()['epoch'])")
    assert 1 <= seen < 100_000
    # The history of the model is kept, and it trains on. The interrupt may come after the monitor
    # has noted an epoch, and before Keras does.
    assert len(nb.kernel.eval("vae.history.history['loss']")) in (seen - 1, seen)
    assert nb.kernel.eval("len(vae.fit(ds.x_train, epochs=1, verbose=0).epoch)") == 1

    # In a cell that awaits, too. The kernel's loop must be woken: it would notice after 20 s.
    nb.run_cell(AWAIT.strip().splitlines()[0])
    progress.get_by_text("samples/s").wait_for(timeout=90_000)
    page.locator('.jp-NotebookPanel-toolbar [data-command="notebook:interrupt-kernel"]').click()
    monitor.get_by_text("Interrupted at epoch").wait_for(timeout=8_000)
    page.get_by_text("CancelledError").first.wait_for()
    nb.kernel.until("monitor.state == vae.training_run.status == 'interrupted'")
    assert nb.kernel.eval("len(vae.fit(ds.x_train, epochs=1, verbose=0).epoch)") == 1
