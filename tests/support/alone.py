"""One canvas widget on a blank page, with a stand-in for its model and no kernel behind it."""

import base64
import json
from typing import Any

from playwright.sync_api import Page

DARK = """:root { --jp-layout-color0: #111; --jp-layout-color1: #212121;
  --jp-layout-color2: #424242; --jp-ui-font-color1: #fff;
  --jp-ui-font-color2: rgba(255, 255, 255, 0.7);
  --jp-border-color2: #616161; --jp-brand-color1: #42a5f5; --jp-error-color1: #ef5350; }
  body { background: #111; }"""
MOUNT = """async ({ state, esm, css, dark, darkCss }) => {
  document.body.dataset.jpThemeLight = String(!dark);
  const style = document.createElement("style");
  style.textContent = css + (dark ? darkCss : "");
  document.head.append(style);
  const unwrap = (value) => {
    if (Array.isArray(value)) return value.map(unwrap);
    if (value === null || typeof value !== "object") return value;
    if ("base64" in value) {
      const bytes = Uint8Array.from(atob(value.base64), (letter) => letter.charCodeAt(0));
      return new DataView(bytes.buffer);
    }
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, unwrap(part)]));
  };
  const values = unwrap(state);
  const listeners = new Map();
  window.sent = [];
  window.model = {
    get: (name) => values[name],
    set(name, value) {
      values[name] = value;
      for (const listen of listeners.get(`change:${name}`) ?? []) listen();
    },
    on: (event, listen) => listeners.set(event, [...(listeners.get(event) ?? []), listen]),
    off: (event, listen) =>
      listeners.set(event, (listeners.get(event) ?? []).filter((other) => other !== listen)),
    send: (content) => window.sent.push(content),
    save_changes() {},
    widget_manager: { get_model: async () => null },
  };
  const url = URL.createObjectURL(new Blob([esm], { type: "text/javascript" }));
  const { default: widget } = await import(url);
  const root = document.body.appendChild(document.createElement("div"));
  root.style.width = "800px";
  await widget.render({ model: window.model, el: root });
}"""


def show_alone(page: Page, widget: Any, theme: str = "light") -> None:
    """Show a widget that draws on a canvas; the page has it as ``window.model``."""
    page.goto("about:blank")
    page.set_content("<!doctype html>")  # without, percentages would be those of the window
    page.evaluate(
        MOUNT,
        {
            "state": json.loads(json.dumps(widget.get_state(), default=_bytes)),
            "esm": widget._esm,
            "css": widget._css,
            "dark": theme == "dark",
            "darkCss": DARK,
        },
    )


def _bytes(value: Any) -> Any:
    if isinstance(value, memoryview | bytes):
        return {"base64": base64.b64encode(bytes(value)).decode()}
    return str(value)
