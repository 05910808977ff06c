"""Open every page of `build/site` in Chromium, from a plain file server and without a network.

    make site-check

Nothing may be missing, no link may be broken, a gesture on each live widget must do something, an
exercise must answer, and a phone must need no scrolling to the side.
"""

import functools
import http.server
import re
import threading
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin

import pytest
from playwright.sync_api import Frame, Locator, Page, expect

from tests.support.jupyterlab import wait_for

SITE = Path(__file__).parents[2] / "build/site"
PAGES = sorted(path.relative_to(SITE) for path in SITE.rglob("*.html"))
OWN = [path for path in PAGES if path.parts[0] not in ("live", "_static")]


class Server(http.server.ThreadingHTTPServer):
    """A plain file server that says nothing."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    def __init__(self):
        super().__init__(("127.0.0.1", 0), functools.partial(self.Handler, directory=SITE))
        self.address = f"http://127.0.0.1:{self.server_port}/"


@pytest.fixture(scope="module")
def server():
    assert OWN, "make site builds the pages"
    with Server() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


class Opened:
    """A page of the site, and what went wrong in it. Other servers cannot be reached."""

    def __init__(self, page: Page, server: Server) -> None:
        self.page, self.problems = page, []
        self._address = server.address
        page.set_viewport_size({"width": 1280, "height": 900})
        page.route("**/*", self._only_here)
        page.on("requestfailed", lambda request: self.problems.append(f"failed: {request.url}"))
        page.on("response", self._answered)
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("console", self._listen)

    def _only_here(self, route) -> None:
        if route.request.url.startswith((self._address, "blob:", "data:")):
            route.continue_()
        else:
            self.problems.append(f"asked for {route.request.url}")
            route.abort()

    def _answered(self, response) -> None:
        if response.status >= 400:
            self.problems.append(f"{response.status}: {response.url}")

    def _listen(self, message) -> None:
        if message.type == "error":
            self.problems.append(message.text)


def use(frame: Frame, page: Page) -> str:
    """Make a gesture on the widget of a frame, and return what it was."""
    frame.locator(".vw-page-body > *").first.wait_for()
    scatter = frame.locator(".vw-scatter-plot > canvas").first
    slider = frame.get_by_role("slider", name="Position between start and end").first
    bars = frame.get_by_role("slider", name="Threshold").first
    card = frame.locator(".vw-review-card").first
    if scatter.count():
        scatter.focus()
        before = scatter.screenshot()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Enter")
        wait_for(lambda: scatter.screenshot() != before, 20, "the pick is drawn")
        return "pick"
    if slider.count():
        slider.focus()
        page.keyboard.press("End")
        expect(slider).to_have_attribute("aria-valuetext", re.compile("^1.00, "))
        return "slide"
    if card.count():
        card.focus()
        page.keyboard.press("t")
        expect(frame.locator(".vw-review-progress").first).to_contain_text("1 anomalous")
        return "mark"
    if bars.count():
        bars.focus()
        before = bars.get_attribute("aria-valuenow")
        page.keyboard.press("PageUp")
        expect(bars).not_to_have_attribute("aria-valuenow", before)
        return "cut"
    log = frame.get_by_role("button", name="Log scale").first
    log.click()
    frame.get_by_role("button", name="Log scale", pressed=True).first.wait_for()
    return "log scale"


def answer(exercise: Locator) -> None:
    """Give an answer that is surely wrong, then each letter of a choice."""
    field, said = exercise.get_by_role("textbox"), exercise.get_by_role("status")
    if field.count():
        field.fill("banana")
        exercise.get_by_role("button", name="Check").click()
        expect(said).to_contain_text("Not yet. ")
        return
    for letter in "abc":
        exercise.get_by_role("button", name=letter, exact=True).click()
        expect(said).not_to_be_empty()
        if exercise.get_attribute("data-right") == "true":
            return
    raise AssertionError("no letter is right")


@pytest.mark.parametrize("path", OWN, ids=str)
def test_page(own_page, server, path, record_property):
    opened = Opened(own_page, server)
    own_page.goto(server.address + str(path))
    gestures = []
    for number in range(own_page.locator("iframe.live-widget").count()):
        element = own_page.locator("iframe.live-widget").nth(number)
        element.scroll_into_view_if_needed()
        frame = element.element_handle().content_frame()
        gestures.append(use(frame, own_page))
    for exercise in own_page.locator(".live-exercise").all():
        answer(exercise)
    own_page.set_viewport_size({"width": 420, "height": 900})
    own_page.wait_for_function("document.documentElement.scrollWidth <= innerWidth")
    assert opened.problems == []
    record_property("gestures", gestures)


def test_widgets_follow_the_theme_of_the_page(own_page, server):
    own_page.goto(f"{server.address}index.html")
    element = own_page.locator("iframe.live-widget")
    frame = element.element_handle().content_frame()
    body = frame.locator("body")
    frame.locator(".vw-page-body > *").first.wait_for()
    for theme, is_light in (("Dark", "false"), ("Light", "true"), ("Dark", "false")):
        own_page.get_by_role("button", name="Color mode").first.click()
        own_page.get_by_role("button", name=theme, exact=True).first.click()
        expect(own_page.locator("html")).to_have_attribute("data-theme", theme.lower())
        expect(body).to_have_attribute("data-jp-theme-light", is_light)
        ground = own_page.locator("body").evaluate("e => getComputedStyle(e).backgroundColor")
        expect(body).to_have_css("background-color", ground)


def test_the_course_has_its_exercises():
    lessons = [path for path in OWN if path.parts[:2] == ("notebooks", "course")]
    assert len(lessons) == 5
    for path in lessons:
        text = (SITE / path).read_text()
        assert text.count('class="live-exercise"') == 3, path
        assert text.count('class="live-widget') >= 2, path


class Links(HTMLParser):
    """The links and anchors of a page."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links, self.anchors = [], set()
        self.feed(path.read_text())

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.anchors |= {given.get("id"), given.get("name")}
        if tag in ("a", "link", "img", "script", "iframe"):
            self.links += [given[name] for name in ("href", "src") if given.get(name)]


@functools.cache
def links(path):
    return Links(path)


def test_every_link_leads_to_a_page_and_a_place_in_it():
    broken = []
    for path in OWN:
        for link in links(SITE / path).links:
            address, anchor = urldefrag(urljoin(f"site:///{path}", link))
            if not address.startswith("site:"):
                continue
            target = SITE / unquote(address.removeprefix("site:///"))
            target = target / "index.html" if target.is_dir() else target
            if not target.is_file() or (
                anchor and target.suffix == ".html" and unquote(anchor) not in links(target).anchors
            ):
                broken.append(f"{path}: {link}")
    assert sorted(set(broken)) == []
