"""One page of Chromium for many tests: to make a page takes most of a second of processor time."""

from playwright.sync_api import Browser, Page, ViewportSize

ADDRESS = "http://blank.test/"


class SharedPage:
    """A page that each test finds empty, at an address with local storage.

    Parameters
    ----------
    browser, viewport
        Where the page is opened, and its size at the start of a test.
    """

    def __init__(self, browser: Browser, viewport: ViewportSize) -> None:
        self._browser, self._viewport = browser, viewport
        self._page: Page | None = None

    def open(self) -> Page:
        """Return the page with an empty document and empty storage."""
        if self._page is None:
            context = self._browser.new_context(viewport=self._viewport)
            context.route(ADDRESS, lambda route: route.fulfill(body="<!doctype html>"))
            self._page = context.new_page()
        self._page.goto(ADDRESS)
        self._page.evaluate("localStorage.clear()")
        return self._page

    def tidy(self) -> None:
        """Undo what a test may have set. Init scripts cannot be undone: they need another page."""
        page = self._page
        assert page is not None
        page.evaluate("location.protocol === 'file:' && localStorage.clear()")
        page.unroute_all()
        page.context.set_offline(False)
        page.set_default_timeout(30_000)
        page.emulate_media(media="null", color_scheme="null", forced_colors="null")
        page.set_viewport_size(self._viewport)
        page.mouse.move(0, 0)

    def close(self) -> None:
        """Give the page up; the next test gets a new one."""
        if self._page is not None:
            self._page.context.close()
            self._page = None
