"""Answers that come too late, or for another page, change nothing."""

import base64

from ipywidgets.widgets.widget import _remove_buffers

import vae_widgets as vw
from tests.support.blank_page import BlankPage
from tests.support.pca_codec import PcaCodec, digits

RECORD = """() => {
  window.sent = [];
  window.toKernel = (name, content) => {
    window.sent.push(content);
    return new Promise(() => {}); // the test answers
  };
}"""
DETAILS = "() => window.sent.filter(({ kind }) => kind === 'detail')"


def test_a_detail_of_another_plane_or_page_is_dropped(page):
    x = digits()[0][:30]
    scatter = vw.LatentScatter(PcaCodec(x, latent_dim=3), x)
    blank = BlankPage(page, scatter)
    page.evaluate(RECORD)

    def request(number):
        page.wait_for_function(f"({DETAILS})().length === {number}")
        return page.evaluate(DETAILS)[-1]

    def answer(to, text, **other):
        fields = {**scatter._answer_detail(to), "text": f"<b>{text}</b>", "error": ""}
        content, paths, buffers = _remove_buffers(fields)
        content |= {"kind": "detail", "page": to["page"], "seq": to["seq"], "paths": paths, **other}
        texts = [base64.b64encode(bytes(buffer)).decode() for buffer in buffers]
        message = {"data": {"method": "custom", "content": content}, "buffers": texts}
        page.evaluate("message => window.mounted.model.take([message])", message)

    page.evaluate("() => window.mounted.model.set('hovered', 7)")
    first = request(1)
    assert first["index"] == 7
    page.evaluate("() => window.mounted.model.set('dims', [0, 2])")
    second = request(2)
    assert (second["index"], second["page"]) == (7, first["page"])
    assert second["seq"] > first["seq"]
    answer(first, "of the plane before")
    answer(second, "to another page", page="another")
    answer(second, "of this plane")
    detail = page.locator(".vw-tooltip-detail b")
    detail.wait_for()
    assert detail.inner_text() == "of this plane"
    blank.close()
