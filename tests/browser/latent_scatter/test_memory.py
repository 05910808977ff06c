"""Views of a scatter that are closed free what they held in the page."""

from itertools import pairwise

import numpy as np

from tests.support.blank_page import BlankPage
from tests.support.jupyterlab import wait_for
from tests.support.pca_codec import PcaCodec, digits
from vae_widgets import LatentScatter

IS_DRAWN = """() => {
  const canvas = document.querySelector(".vw-scatter-plot > canvas");
  if (!canvas?.width) return false;
  const { data } = canvas.getContext("2d").getImageData(100, 100, 200, 200);
  return data.some((value) => value > 0);
}"""


def least_growth(sizes):
    """Return by how much the size grew at least: a leak grows with every view."""
    return min(after - before for before, after in pairwise(sizes))


class Heap:
    """What lives in the page once the garbage has been collected."""

    def __init__(self, page):
        self._session = page.context.new_cdp_session(page)

    def _ask(self, method, **parameters):
        return self._session.send(f"Runtime.{method}", parameters)

    def count(self, kind):
        """Objects of a class, those that are out of the document among them."""
        # The search collects garbage, too, but what it finds on its own stack it takes for used.
        self._session.send("HeapProfiler.collectGarbage")
        prototype = self._ask("evaluate", expression=f"{kind}.prototype", objectGroup="all")
        found = self._ask(
            "queryObjects", prototypeObjectId=prototype["result"]["objectId"], objectGroup="all"
        )
        count = self._ask(
            "callFunctionOn",
            objectId=found["objects"]["objectId"],
            functionDeclaration="function () { return this.length; }",
        )
        self._ask("releaseObjectGroup", objectGroup="all")
        return count["result"]["value"]

    def arrays(self):
        """Bytes of all arrays."""
        self._session.send("HeapProfiler.collectGarbage")
        return self._ask("getHeapUsage")["backingStorageSize"]

    def document(self):
        """Numbers of nodes and of listeners, those out of the document among them."""
        self._session.send("Performance.enable")
        found = self._session.send("Performance.getMetrics")["metrics"]
        metrics = {metric["name"]: metric["value"] for metric in found}
        return metrics["Nodes"], metrics["JSEventListeners"]


def test_closed_views_free_what_they_held(own_page):
    x = np.tile(digits()[0][:300], (100, 1, 1))  # 30,000 samples
    scatter = LatentScatter(PcaCodec(x[:300]), x)
    scatter.grid = True
    heap, ours = Heap(own_page), ("HTMLCanvasElement", "ImageBitmap")
    arrays, documents = [], []
    blank = BlankPage(own_page, scatter)
    for i in range(4):
        if i:
            blank.show_again()
        own_page.wait_for_function(IS_DRAWN)
        wait_for(lambda: all(heap.count(kind) > 0 for kind in ours), 20, "the tiles")
        blank.wait_for_answers()
        opened = heap.arrays()
        blank.close()
        wait_for(lambda: all(heap.count(kind) == 0 for kind in ours), 20, f"the end of view {i}")
        arrays.append(heap.arrays())
        documents.append(heap.document())
    # A view has the level of each point, and pixels.
    assert opened - arrays[-1] > 2 * 30_000
    assert least_growth(arrays) < 2 * 30_000
    nodes, listeners = zip(*documents, strict=True)
    assert least_growth(nodes) < 20
    assert least_growth(listeners) < 5
