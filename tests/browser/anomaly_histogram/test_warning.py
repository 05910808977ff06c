import numpy as np

import vae_widgets as vw
from tests.support.alone import show_alone


def test_a_warning_about_reversed_scores_comes_and_goes(page):
    labels = np.arange(60) < 20
    histogram = vw.AnomalyHistogram(np.arange(60.0), labels)
    show_alone(page, histogram._view.canvas)
    warning = page.get_by_role("alert")
    assert warning.inner_text().startswith("AUROC 0.000 (95 % interval 0.000 to 0.")
    assert warning.locator("code").all_inner_texts()[0] == "-scores"
    assert page.get_by_role("status").inner_text().startswith("Best F1")
    page.evaluate("model.set('warning', '')")
    assert not warning.is_visible()
