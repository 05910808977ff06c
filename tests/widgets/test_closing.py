"""What a widget held is freed once it is closed: nothing in the kernel keeps it alive."""

import gc
import weakref

import pytest

import vae_widgets as vw
from tests.pca_codec import PcaCodec, digits

X, LABELS = (each[:100] for each in digits())
CODEC = PcaCodec(X)


@pytest.mark.parametrize(
    "make",
    [
        lambda: vw.LatentScatter(CODEC, X, LABELS),
        lambda: vw.InterpolationSlider(CODEC, X[0], X[1]),
    ],
    ids=["scatter", "slider"],
)
def test_a_closed_widget_is_freed(make):
    widget = make()
    gone = weakref.ref(widget)
    widget.close()
    del widget
    gc.collect()
    assert gone() is None
