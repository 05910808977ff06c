"""A real widget of this process, with its front end on a blank page and no Jupyter between them.

The page gets a stand-in for the widget's model. What it sends reaches the widget, and what the
widget answers reaches the page, until `BlankPage.lose_kernel`.
"""

import base64
import json
from collections.abc import Callable
from typing import Any

import anywidget
from ipywidgets.widgets.widget import _remove_buffers
from playwright.sync_api import Locator, Page

from tests.support.jupyterlab import wait_for

FRONT_END = """async ({ id, esm, css, state, buffers, kernel }) => {
  const style = document.createElement("style");
  style.textContent = css;
  document.head.append(style);
  const listeners = [];
  const bytes = (text) =>
    new DataView(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer);
  const text = (buffer) =>
    btoa(Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join(""));
  const withBuffers = (into, paths, buffers) => {
    paths.forEach((path, i) => {
      const last = path.at(-1);
      path.slice(0, -1).reduce((part, key) => part[key], into)[last] = bytes(buffers[i]);
    });
    return into;
  };
  const trigger = (event, ...args) => {
    for (const [name, listen] of [...listeners]) if (name === event) listen(...args);
  };
  const values = withBuffers(state, buffers.paths, buffers.data);
  const commListeners = new Set();
  const signal = () => {
    const slots = new Set();
    return {
      connect: (slot) => slots.add(slot),
      disconnect: (slot) => slots.delete(slot),
      emit: () => slots.forEach((slot) => slot()),
    };
  };
  const connection = {
    isDisposed: false, status: "idle", disposed: signal(), statusChanged: signal(),
  };
  values.layout = {
    comm_live: true,
    widget_manager: { kernel: connection },
    on: (name, listen) => commListeners.add(listen),
    off: (name, listen) => commListeners.delete(listen),
  };
  const model = {
    get: (name) => values[name],
    set(name, value) {
      if (values[name] === value) return;
      values[name] = value;
      trigger(`change:${name}`);
    },
    on: (name, listen) => listeners.push([name, listen]),
    off(name, listen) {
      const at = listeners.findIndex(([n, l]) => n === name && l === listen);
      if (at >= 0) listeners.splice(at, 1);
    },
    send(content, callbacks, buffers = []) {
      if (kernel.state === "gone") throw new Error("Cannot send");
      if (kernel.state === "busy") return;
      kernel.unanswered += 1;
      const answered = () => (kernel.unanswered -= 1);
      window.toKernel(kernel.name, content, buffers.map(text)).then(model.take).finally(answered);
    },
    take(messages) {
      for (const { data, buffers } of messages) {
        if (data.method === "custom") trigger("msg:custom", data.content, buffers.map(bytes));
        if (data.method !== "update") continue;
        withBuffers(data.state, data.buffer_paths, buffers);
        const changed = Object.keys(data.state).filter((name) => values[name] !== data.state[name]);
        Object.assign(values, data.state);
        for (const name of changed) trigger(`change:${name}`);
      }
    },
    widget_manager: {
      async get_model(id) {
        for (;;) {
          const found = window.parts?.find((part) => part.id === id);
          if (found) return found.model;
          if (!window.coming?.includes(id)) throw new Error("not in this page");
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
      },
    },
  };
  if (kernel.state === "static") {
    values.layout = "IPY_MODEL_of_a_layout";
    model.send = model.save_changes = () => { throw new Error("not supported in a static page"); };
    delete model.widget_manager;
  }
  // A test may replace `send` of the model for all views. Inside `show` this would keep them alive.
  const send = (...message) => model.send(...message);
  const url = URL.createObjectURL(new Blob([esm], { type: "text/javascript" }));
  const { default: widget } = await import(url);
  window.mounted = {
    id,
    kernel,
    model,
    shutDown() {
      connection.isDisposed = true;
      connection.disposed.emit();
    },
    die() {
      connection.status = "dead";
      connection.statusChanged.emit();
    },
    disconnect() {
      values.layout.comm_live = false;
      for (const listen of commListeners) listen();
    },
    show() {
      const el = document.createElement("div");
      el.style.width = "760px";
      document.body.append(el);
      // As in anywidget, each view has a model object of its own.
      const end = widget.render({ model: { ...model, send }, el });
      this.end = () => {
        end();
        el.remove();
        this.end = undefined; // which would keep the view alive
      };
    },
  };
  (window.parts ??= []).push(window.mounted);
  window.mounted.show();
}"""
# The variables of JupyterLab's dark theme that widgets read.
DARK = """document.body.dataset.jpThemeLight = "false";
for (const [name, value] of Object.entries({
  "layout-color0": "#111", "layout-color1": "#212121", "layout-color2": "#424242",
  "ui-font-color1": "#fff", "ui-font-color2": "#bdbdbd", "border-color2": "#616161",
  "brand-color1": "#2196f3", "error-color1": "#d32f2f" }))
  document.documentElement.style.setProperty(`--jp-${name}`, value);
document.body.style.background = "#111";"""

# By the name that the page has for it, what takes the messages of each widget. A test empties it.
KERNELS: dict[str, Callable[[Any, list[str]], list[dict[str, Any]]]] = {}


class BlankPage:
    """The front end of a widget on a page of its own.

    Parameters
    ----------
    page
        A page of Playwright. Its local storage lasts from widget to widget.
    widget
        Any widget of the package that draws on a canvas.
    static
        Whether the host is one without a kernel, such as MyST: `send` and `save_changes` of its
        models throw, and there are no models of layouts and no widget manager.
    """

    mounted = 0

    def __init__(self, page: Page, widget: anywidget.AnyWidget, static: bool = False) -> None:
        self.page, self.widget = page, widget
        self._out: list[dict[str, Any]] = []
        widget.comm.send = self._record  # type: ignore[method-assign]
        if page.url == "about:blank":  # which has no local storage
            page.route("http://blank.test/", lambda route: route.fulfill(body="<!doctype html>"))
            page.goto("http://blank.test/")
        state, paths, buffers = _remove_buffers(widget.get_state())
        BlankPage.mounted += 1
        name = str(BlankPage.mounted)
        KERNELS[name] = self._take
        if not page.evaluate("'toKernel' in window"):
            page.expose_function("toKernel", _to_kernel)
        page.evaluate(
            FRONT_END,
            {
                "id": widget.model_id,
                "esm": state.pop("_esm"),
                "css": state.pop("_css"),
                "state": json.loads(json.dumps(state)),
                "buffers": {"paths": paths, "data": [_text(buffer) for buffer in buffers]},
                "kernel": {
                    "name": name,
                    "state": "static" if static else "there",
                    "unanswered": 0,
                },
            },
        )

    @property
    def root(self) -> Locator:
        return self.page.locator(".vw-widget")

    def lose_kernel(self, state: str = "gone") -> None:
        """Let messages fail (``"gone"``), stay unanswered (``"busy"``) or pass (``"there"``)."""
        self.page.evaluate("state => { window.mounted.kernel.state = state; }", state)

    def disconnect(self, how: str = "disconnect") -> None:
        """As JupyterLab does with all widgets of the page when it restarts the kernel.

        Or, with ``"shutDown"``, when it shuts it down; with ``"die"``, when its process has ended.
        """
        self.lose_kernel()
        self.page.evaluate("how => { for (const part of window.parts) part[how](); }", how)

    def update(self) -> None:
        """Hand over what the widget has sent by itself."""
        take = (
            "([id, messages]) => window.parts.find((part) => part.id === id).model.take(messages)"
        )
        self.page.evaluate(take, [self.widget.model_id, self._drain()])

    def until(self, condition: Callable[[], Any], what: str) -> Any:
        """Wait until a condition of the widget in this process is true, and known to the page.

        Returns its value.
        """

        def hold() -> Any:
            self.update()  # Playwright hands over what the page has sent only while it is called
            return condition()

        value = wait_for(hold, 10, what)
        self.wait_for_answers()  # else the next gesture might come before the page knows of it
        return value

    def wait_for_answers(self) -> None:
        """Wait until the widget has answered every message that the page has sent."""
        self.page.wait_for_function("() => !window.mounted.kernel.unanswered")

    def save(self, entry: str) -> tuple[str, bytes]:
        """Choose an entry of the menu Export; return name and content of the file."""
        self.root.get_by_role("button", name="Export", exact=True).click()
        with self.page.expect_download() as download:
            self.root.get_by_role("button", name=entry).click()
        self.root.get_by_role("status").filter(has_text="Saved as").wait_for()
        return download.value.suggested_filename, download.value.path().read_bytes()

    def close(self) -> None:
        """Take the front end out of the page; the widget lives on."""
        self.page.evaluate("window.mounted.end()")

    def show_again(self) -> None:
        """Show another view."""
        self.page.evaluate("window.mounted.show()")

    def _record(self, data: Any = None, metadata: Any = None, buffers: Any = None) -> None:
        message = {"data": data, "buffers": [_text(buffer) for buffer in buffers or []]}
        self._out.append(json.loads(json.dumps(message)))

    def _drain(self) -> list[dict[str, Any]]:
        out, self._out = self._out, []
        return out

    def _take(self, content: Any, buffers: list[str]) -> list[dict[str, Any]]:
        data = {"method": "custom", "content": content}
        given = [memoryview(base64.b64decode(text)) for text in buffers]
        self.widget._handle_msg({"content": {"data": data}, "buffers": given})
        return self._drain()


def _to_kernel(name: str, content: Any, buffers: list[str]) -> list[dict[str, Any]]:
    return KERNELS[name](content, buffers) if name in KERNELS else []


def _text(buffer: Any) -> str:
    return base64.b64encode(bytes(buffer)).decode()
