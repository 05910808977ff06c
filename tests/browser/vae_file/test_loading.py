"""When the viewer of a `.vae` gets its code and its file late, or not at all."""

from playwright.sync_api import expect

from tests.browser.conftest import OPEN, open_lab
from tests.support.vae_file import write_vae

CODE = "**/lab/extensions/vae-widgets/static/*.js*"
CLOSE = "() => window.jupyterapp.shell.currentWidget.close()"


def test_a_viewer_whose_code_cannot_be_loaded_says_what_to_do(lab, own_page):
    write_vae(lab.root / "uncoded.vae")
    errors = []
    own_page.on("pageerror", lambda error: errors.append(str(error)))
    open_lab(own_page, lab)
    own_page.route(CODE, lambda route: route.abort())
    own_page.evaluate(OPEN, "uncoded.vae")
    alert = own_page.locator(".vw-file-scroll").get_by_role("alert")
    alert.filter(has_text="The viewer could not be loaded. Reload the page").wait_for()
    # Once the code is there, opening the file again is enough.
    own_page.unroute(CODE)
    own_page.evaluate(CLOSE)
    own_page.evaluate(OPEN, "uncoded.vae")
    own_page.locator(".vw-file").get_by_role("heading", level=1).wait_for()
    expect(alert).to_have_count(0)
    assert errors == []
