"""One HTML file with a widget that works without a kernel."""

from vae_widgets.widgets.exported_page.page import save_page

__all__ = ["save_page"]
