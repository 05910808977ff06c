"""What the colours and marks of a still picture mean."""

import numpy as np
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure

import vae_widgets as vw
from tests.support.pca_codec import PcaCodec, digits
from vae_widgets.widgets.latent_scatter import still_picture
from vae_widgets.widgets.latent_scatter.still_colours import groups_of

X = digits()[0][:80]
CLASSES = (np.arange(80) % 40).astype(np.uint32)
NAMES = [f"{k:02}" for k in range(40)]


def test_forty_classes_look_different_and_as_in_the_legend():
    scatter = vw.LatentScatter(PcaCodec(X, 2), X, CLASSES, label_names=NAMES)
    groups = groups_of(scatter, CLASSES, NAMES)
    assert len({*zip(groups.colours[:40], groups.marks[:40], strict=True)}) == 40
    figure = Figure()
    scatter.opacity, scatter.point_size = 0.5, 10
    plane = still_picture.Plane(scatter.z_mean, ("x", "y"), CLASSES, NAMES)
    still_picture.draw(figure, scatter, plane, "")
    found = {}
    for points in figure.axes[0].collections:  # one for each mark
        np.testing.assert_allclose(
            points.get_sizes(), 7.2**2, err_msg="10 pixels of 1/100 inch are 7.2 points"
        )
        for at, colour in zip(points.get_offsets(), points.get_facecolors(), strict=True):
            row = int(np.linalg.norm(scatter.z_mean - at, axis=1).argmin())
            found[row] = colour
    assert len(figure.axes[0].collections) == 4
    names = [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    assert names == [*(f" {name}  (2)" for name in NAMES[:12]), " and 28 more"]
    assert found.keys() == {*range(80)}
    for row, colour in found.items():
        np.testing.assert_allclose(colour, to_rgba(groups.colours[CLASSES[row]], 0.5))
    scatter.flagged = range(60)
    figure = Figure()
    still_picture.draw(figure, scatter, plane, "")
    (outlines,) = (c for c in figure.axes[0].collections if not len(c.get_facecolors()))
    assert len(outlines.get_offsets()) == 60
    np.testing.assert_allclose(outlines.get_edgecolors()[:, 3], 1 / 3)  # 20 of 80 are opaque
    scatter.close()
