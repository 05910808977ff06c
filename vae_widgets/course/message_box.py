"""One message with a coloured edge, as a notebook shows it."""

import html


def message_box(title: str, text: str, *, good: bool) -> str:
    """Return HTML in the colours of the page: green where all is well, else orange."""
    variable, plain = (
        ("--jp-success-color1", "#388e3c") if good else ("--jp-warn-color1", "#f57c00")
    )
    return (
        f'<div role="status" style="max-width: 100ch; margin: 4px 0; padding: 8px 12px; '
        f"border-left: 4px solid var({variable}, {plain}); "
        'background: var(--jp-layout-color2, rgb(128 128 128 / 12%)); line-height: 1.5">'
        f"<b>{html.escape(title)}</b> {html.escape(text)}</div>"
    )
