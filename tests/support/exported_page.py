"""Opens exported pages from the disk, without a network."""

from playwright.sync_api import Page


class OpenedPage:
    """An exported page of a widget; `requests` are those for anything but the file itself."""

    def __init__(self, page: Page, path) -> None:
        self.page = page
        self.errors: list[str] = []
        self.requests: list[str] = []
        page.set_default_timeout(10_000)
        page.context.set_offline(True)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", self._listen)
        page.on("request", self._request)
        self.address = path.as_uri()
        page.goto(self.address)
        page.locator(".vw-page-body > *, .vw-page-problems > *").first.wait_for()

    def _listen(self, message) -> None:
        if message.type in ("error", "warning"):
            self.errors.append(message.text)

    def _request(self, request) -> None:
        if request.url != self.address and not request.url.startswith(("blob:", "data:")):
            self.requests.append(request.url)

    def check(self) -> None:
        """Fail if the page asked for anything, or reported an error."""
        assert self.requests == []
        assert self.errors == []
        assert self.page.locator(".vw-page-problems").inner_text() == ""
