"""Fixtures: `notebook` opens code in a real JupyterLab, with a real kernel and a real pointer.

JupyterLab takes four seconds to start in a page, and a kernel as long to start and to import what
the widgets need: the tests share one page, and one notebook whose cells they replace.
"""

import json
import pathlib
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, Locator, Page, ViewportSize, WebSocket

from tests.support import blank_page, chromium
from tests.support.cells import Cells
from tests.support.jupyterlab import Kernel, Lab
from tests.support.notebooks import write_notebook
from tests.support.on_page import OnPage
from tests.support.shared_page import SharedPage

REPOSITORY = pathlib.Path(__file__).parents[2]

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

VIEWPORT: ViewportSize = {"width": 1280, "height": 1000}
LAB_IS_READY = (
    "() => window.jupyterapp?.shell.currentWidget && !document.querySelector('#jupyterlab-splash')"
)
HAS_THEME = """(theme) => document.body.dataset.jpThemeName === theme &&
  document.body.dataset.jpThemeLight === String(theme.endsWith("Light"))"""
SET_THEME = "(theme) => window.jupyterapp.commands.execute('apputils:change-theme', {theme})"
OPEN = """async (path) => {
  await window.jupyterapp.commands.execute("docmanager:open", { path });
}"""
IS_CURRENT = "path => window.jupyterapp.shell.currentWidget?.context?.path === path"
# A changed document would ask whether to save it.
CLOSE_ALL = """() => {
  for (const widget of [...window.jupyterapp.shell.widgets("main")]) {
    if (widget.context) widget.context.model.dirty = false;
    widget.close();
  }
}"""
SET_CELLS = """async (sources) => {
  const { content, context } = window.jupyterapp.shell.currentWidget;
  const { sharedModel } = context.model;
  const cells = sources.map((source) => ({ cell_type: "code", source, metadata: {} }));
  sharedModel.transact(() => {
    sharedModel.deleteCellRange(0, sharedModel.cells.length);
    sharedModel.insertCells(0, cells);
  });
  content.activeCellIndex = 0;
  content.mode = "command";
}"""
# The still picture of a widget may follow after the save, and leave the notebook unsaved again.
SAVE = """async () => {
  await window.jupyterapp.commands.execute("docmanager:save");
  return !window.jupyterapp.shell.currentWidget.context.model.dirty;
}"""
SHARED = "shared.ipynb"
# A kernel as if it were new, but for the modules that it has imported.
RESET = """
import ipywidgets, IPython
ipywidgets.Widget.close_all()
IPython.get_ipython().reset()
"""
# What widgets keep for the next kernel must not reach the next test.
FORGET = """() => Object.keys(localStorage).filter((key) => key.startsWith("vae_widgets:"))
  .forEach((key) => localStorage.removeItem(key))"""
ALL_CLOSED = "() => !document.querySelector('.jp-NotebookPanel, .jp-Dialog')"
SESSION_IS_IDLE = """() =>
  window.jupyterapp.shell.currentWidget.sessionContext.session?.kernel?.status === "idle"
"""
# Cells out of sight are not in the document: ask the models, not the page.
ALL_RAN = """() => {
  const panel = window.jupyterapp.shell.currentWidget;
  const cells = [...panel.content.widgets].filter((cell) => cell.model.type === "code");
  const busy = panel.sessionContext.session?.kernel?.status !== "idle";
  return !busy && cells.every(({ model }) =>
    model.sharedModel.source.trim() === "" ||
    (model.executionCount !== null && model.executionState !== "running"));
}"""
ERRORS = """() => window.jupyterapp.shell.currentWidget.content.widgets.flatMap((cell) =>
  cell.model.type !== "code" ? [] : cell.model.sharedModel.getOutputs()
    .filter((output) => output.output_type === "error")
    .map((output) => `${output.ename}: ${output.evalue}`))"""
CELL_WITH = """(line) => window.jupyterapp.shell.currentWidget.content.widgets.findIndex(
  (cell) => cell.model.type === "code" &&
    cell.model.sharedModel.source.split("\\n").includes(line))"""
SHOW_CELL = """async (index) => {
  const notebook = window.jupyterapp.shell.currentWidget.content;
  notebook.activeCellIndex = index;
  await notebook.scrollToItem(index, "start");
}"""


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return {
        **browser_type_launch_args,
        "executable_path": chromium.find_or_install(),
        "args": FLAGS,
    }


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    root = tmp_path_factory.mktemp("notebooks")
    shutil.copytree(REPOSITORY / "notebooks", root, dirs_exist_ok=True)
    lab = Lab(root, tmp_path_factory.mktemp("jupyter"))
    yield lab
    lab.close()


@pytest.fixture(scope="session")
def shared_page(browser: Browser) -> Iterator[SharedPage]:
    shared = SharedPage(browser, VIEWPORT)
    yield shared
    shared.close()


@pytest.fixture
def page(shared_page: SharedPage, request: pytest.FixtureRequest) -> Iterator[Page]:
    """An empty page, which tests share one after the other."""
    yield shared_page.open()
    blank_page.KERNELS.clear()
    called = getattr(request.node, "rep_call", None)  # set by pytest-playwright
    if called is None or called.failed:
        shared_page.close()
    else:
        shared_page.tidy()


@pytest.fixture
def own_page(browser: Browser) -> Iterator[Page]:
    """A page for a test that changes it for good, as by an init script."""
    page = browser.new_page(viewport=VIEWPORT)
    yield page
    blank_page.KERNELS.clear()
    page.context.close()


def open_lab(page: Page, lab: Lab) -> None:
    """Open JupyterLab with no document."""
    page.goto(f"{lab.url}/lab?reset")
    page.wait_for_function(LAB_IS_READY, timeout=60_000)


def set_theme(page: Page, theme: str) -> None:
    """Choose "light" or "dark"."""
    name = f"JupyterLab {theme.title()}"
    page.evaluate(SET_THEME, name)
    page.wait_for_function(HAS_THEME, arg=name)


class Notebook(OnPage):
    """A notebook in JupyterLab, open in the page."""

    def __init__(self, page: Page, lab: Lab, path: str) -> None:
        self.page, self.lab, self.path = page, lab, path
        self.sent: list[dict[str, Any]] = []
        page.on("websocket", self._listen)
        page.evaluate(OPEN, path)
        page.wait_for_function(IS_CURRENT, arg=path, timeout=60_000)
        page.wait_for_selector(
            '.jp-Notebook-ExecutionIndicator[data-status="idle"]', timeout=60_000
        )
        # The indicator is idle before there is a session, without which nothing runs.
        page.wait_for_function(SESSION_IS_IDLE, timeout=60_000)
        self.kernel = Kernel.of_notebook(lab, path)

    def _listen(self, socket: WebSocket) -> None:
        if "/channels" in socket.url:
            socket.on("framesent", lambda frame: self.sent.append(header_of(frame)))

    def run_all(self, timeout: float = 120) -> None:
        """Run all cells by the menu, wait for the last, and fail if one ended in an error."""
        self.start_all()
        self.wait_until_idle(timeout)

    def wait_until_idle(self, timeout: float = 120) -> None:
        """Wait until no cell is left to run, and fail if one ended in an error."""
        # Not in each frame: cells may run for a minute.
        self.page.wait_for_function(ALL_RAN, timeout=1000 * timeout, polling=100)
        assert self.page.evaluate(ERRORS) == []

    def start_all(self) -> None:
        """Run all cells by the menu without waiting."""
        self.page.click('.lm-MenuBar-item:has-text("Run")')
        self.page.click('.lm-Menu-item:has-text("Run All Cells")')

    def show_cell(self, line: str) -> Locator:
        """Scroll to the first code cell that has the line, and make it the active one."""
        index = self.page.evaluate(CELL_WITH, line)
        assert index >= 0, f"no cell has the line {line!r}"
        self.page.evaluate(SHOW_CELL, index)
        return self.page.locator(f'.jp-Cell[data-windowed-list-index="{index}"]')

    def output(self, line: str) -> Locator:
        """Scroll to the last visible output of the first code cell that has the line."""
        # A widget leaves a hidden picture after its view.
        return self.show_cell(line).locator(".jp-OutputArea-output:visible").last

    def run_cell(self, line: str) -> None:
        """Run the first code cell that has the line, without waiting for its end."""
        self.show_cell(line)
        self.page.click('.lm-MenuBar-item:has-text("Run")')
        self.page.click('.lm-Menu-item[data-command="notebook:run-cell"]')

    def save(self) -> None:
        """Save the notebook as it is, with every still picture that follows."""
        self.page.wait_for_function(SAVE)

    def comm_messages(self) -> int:
        """How many widget messages the page has sent to the kernel so far."""
        self.page.evaluate("0")  # Playwright hands over what was sent only while it is called
        return sum(header["msg_type"] == "comm_msg" for header in self.sent)

    def set_cells(self, cells: list[str]) -> None:
        """Replace all cells."""
        self.page.evaluate(SET_CELLS, cells)

    def reset(self) -> None:
        """Take out all cells, and forget what they made."""
        self.set_cells([])
        reply = self.kernel.client.execute(RESET, store_history=False, reply=True, timeout=10)
        assert reply["content"]["status"] == "ok"

    def close(self, end_session: bool = True) -> None:
        self.page.remove_listener("websocket", self._listen)
        self.kernel.close()
        if end_session:
            self.lab.end_session(self.path)


def header_of(frame: str | bytes) -> dict[str, Any]:
    """Return the header of a message in either protocol of Jupyter's websocket."""
    if isinstance(frame, str):
        return json.loads(frame)["header"]
    # v1.kernel.websocket.jupyter.org: count, offsets, then channel and header (little endian).
    offsets = [int.from_bytes(frame[8 * i : 8 * i + 8], "little") for i in range(1, 4)]
    return json.loads(frame[offsets[1] : offsets[2]])


class LabPage:
    """One page of JupyterLab for all tests, and one notebook with one kernel.

    They are made again after a test that left them in disorder.
    """

    def __init__(self, browser: Browser, lab: Lab) -> None:
        self._browser, self._lab = browser, lab
        self._page: Page | None = None
        self._notebook: Notebook | None = None

    def page(self) -> Page:
        """Return the page, with no notebook open. The kernel of the shared one lives on."""
        if self._page is None:
            self._page = self._browser.new_page(viewport=VIEWPORT)
            open_lab(self._page, self._lab)
        if self._notebook is not None:
            self._close_documents(self._page)
            self._notebook.close(end_session=False)
            self._notebook = None
        return self._page

    def notebook(self) -> Notebook:
        """Return the shared notebook, without cells."""
        if self._notebook is None:
            write_notebook(self._lab.root / SHARED, [])
            self._notebook = Notebook(self.page(), self._lab, SHARED)
        return self._notebook

    def tidy(self) -> None:
        """Empty the shared notebook, or close the others."""
        if self._page is None:
            return
        try:
            if self._notebook is None:
                self._close_documents(self._page)
            else:
                self._notebook.reset()
            self._page.set_viewport_size(VIEWPORT)
            self._page.mouse.move(0, 0)
        except (AssertionError, Error, RuntimeError, TimeoutError):
            self.close()

    def close(self) -> None:
        if self._page is not None:
            self._page.context.close()
        if self._notebook is not None:
            self._notebook.close(end_session=False)
        self._page = self._notebook = None
        self._lab.end_session(SHARED)

    def _close_documents(self, page: Page) -> None:
        page.evaluate(CLOSE_ALL)
        page.wait_for_function(ALL_CLOSED, timeout=5000)


@pytest.fixture(scope="session")
def lab_page(browser: Browser, lab: Lab) -> Iterator[LabPage]:
    lab_page = LabPage(browser, lab)
    yield lab_page
    lab_page.close()


@pytest.fixture
def open_notebook(lab_page: LabPage, lab: Lab, request: pytest.FixtureRequest) -> Iterator[Any]:
    """Open a notebook of `notebooks/` by its name: ``open_notebook("00_tour.ipynb")``.

    A test that changes the page for good asks for `own_page`, too.
    """
    opened: list[Notebook] = []
    own = "own_page" in request.fixturenames

    def go(path: str, theme: str = "light") -> Notebook:
        page = request.getfixturevalue("own_page") if own else lab_page.page()
        if own:
            open_lab(page, lab)
        set_theme(page, theme)
        page.evaluate(FORGET)
        opened.append(Notebook(page, lab, path))
        return opened[-1]

    yield go
    if opened and not own:
        lab_page.tidy()
    for notebook in opened:
        notebook.close()


@pytest.fixture
def notebook(
    open_notebook: Any, lab_page: LabPage, lab: Lab, request: pytest.FixtureRequest
) -> Iterator[Any]:
    """Show cells in a notebook and run them: ``notebook(["x = 1", "x"], theme="dark")``.

    The notebook and its kernel are shared. A test that restarts the kernel, changes modules in it
    or needs the file of the notebook says ``own=True``.
    """
    shared = False

    def go(cells: list[str], theme: str = "light", run: bool = True, own: bool = False) -> Notebook:
        nonlocal shared
        if own or "own_page" in request.fixturenames:
            path = f"{request.node.name.replace('[', '-').rstrip(']')}.ipynb"
            write_notebook(lab.root / path, cells)
            notebook = open_notebook(path, theme)
        else:
            notebook, shared = lab_page.notebook(), True
            set_theme(notebook.page, theme)
            notebook.page.evaluate(FORGET)
            notebook.set_cells(cells)
        if run:
            notebook.run_all()
        return notebook

    yield go
    if shared:
        lab_page.tidy()


@pytest.fixture
def cells(page: Page) -> Iterator[Any]:
    """Run cells in this process, and show their widgets on a blank page: ``cells(["x = 1", "x"])``.

    For widgets of one part, where JupyterLab and its kernel have no say.
    """
    ran: list[Cells] = []

    def go(sources: list[str]) -> Cells:
        ran.append(Cells(page, sources))
        return ran[-1]

    yield go
    for each in ran:
        each.close()
