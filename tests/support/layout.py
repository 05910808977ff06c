"""Sizes and places in a page, once it has come to rest."""

from typing import Any

from playwright.sync_api import Locator, Page

# A change of a size is observed at the end of a frame. What follows is drawn in the next one, and
# may change another size.
SETTLED = """async () => {
  for (let frame = 0; frame < 4; frame++) await new Promise(requestAnimationFrame);
}"""
BOXES = """(elements) => elements.map((element) => {
  const { x, y, width, height } = element.getBoundingClientRect();
  return { x, y, width, height };
})"""


def settle(page: Page) -> None:
    """Wait until the page has observed sizes that were changed, and has drawn what it then draws.

    Something that comes later, such as an answer of the kernel, has a condition of its own.
    """
    page.evaluate(SETTLED)


def boxes(*parts: Locator) -> list[dict[str, Any]]:
    """Return the boxes of all elements of all parts, measured at one time once the page rests."""
    for part in parts:
        part.first.wait_for()
    page = parts[0].page
    settle(page)
    elements = [element for part in parts for element in part.element_handles()]
    return page.evaluate(BOXES, elements)
