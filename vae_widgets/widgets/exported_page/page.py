"""Write a widget as one HTML file that works from the disk, offline and without a kernel."""

import os
import pathlib
from typing import Any

import ipywidgets

from vae_widgets.core.atomic_file import atomic_file, check_target
from vae_widgets.widgets.base.assets import shared_text, static_text
from vae_widgets.widgets.base.page_scale import PAGE_SCALE
from vae_widgets.widgets.exported_page.contents import PageContents
from vae_widgets.widgets.exported_page.document import html_document, registered


def save_page(
    widget: ipywidgets.DOMWidget, path: str | os.PathLike[str], title: str | None = None
) -> None:
    """Write a widget with its parts to an ``.html`` file; see `Pictured.save_html`."""
    check_target(path, ".html")
    if title is None:
        title = pathlib.Path(path).stem
    if not isinstance(title, str):
        raise TypeError(f"title must be a text or None; received {type(title).__name__}.")
    contents = PageContents()
    data: dict[str, Any] = {"title": title, "root": contents.add(widget)}
    if PAGE_SCALE.value != 1:
        data["scale"] = PAGE_SCALE.value
    contents.drop_absent()
    data |= {"models": contents.models, "samples": contents.samples}
    data |= {"codecs": contents.codecs, "pictures": contents.pictures}
    data |= {"buffers": contents.buffers}
    shared_js, shared_css = shared_text(".js"), shared_text(".css")
    modules = [
        registered(module.removeprefix(shared_js), number)
        for number, module in enumerate(contents.modules)
    ]
    if contents.codecs:
        modules.append(registered(static_text("in_page_model.js"), "in_page_model"))
    styles = [shared_css, *(style.removeprefix(shared_css) for style in contents.styles)]
    html = html_document(
        title,
        [*styles, static_text("exported_page.css")],
        shared_js,
        [*modules, static_text("exported_page.js")],
        data,
    )
    with atomic_file(path) as file:
        file.write(html.encode())
