"""Go back over the epochs of a run: its pictures and its codes move together."""

import numpy as np
import traitlets
from numpy.typing import NDArray

from vae_widgets.widgets.base.assets import bundle
from vae_widgets.widgets.base.rate_limit import Send, changes
from vae_widgets.widgets.base.widget import CanvasWidget
from vae_widgets.widgets.training_monitor.snapshots import TrainingPictures
from vae_widgets.widgets.traits.array import Number, array_to_json


class TrainingReplay(CanvasWidget):
    """A scrubber over the frames that were kept, and a scatter of the codes of the samples."""

    _esm = bundle("training_replay.js")
    _css = bundle("training_replay.css")

    at = Number(
        None, allow_none=True, help="The epoch (or step) that is seen; None for the newest."
    ).tag(sync=True, page_writes=True)
    shown = traitlets.Dict(
        help="axis (epoch or step), frames (where there is one), seen (of which these points are), "
        "points (n, 2), reach of both axes, names of both axes, classes (n) of the points, "
        "10 where it is not known."
    ).tag(sync=True)
    limits = traitlets.List(
        traitlets.Float(), [0.0, 1.0], help="Ends of the x axis of the curves."
    ).tag(sync=True)

    def plan(
        self,
        pictures: TrainingPictures,
        classes: NDArray[np.uint8],
        axis: str,
    ) -> list[Send]:
        """Return the message, if any, that shows the frame nearest to `at`."""
        frame = pictures.nearest(self.at)
        if frame is None:
            return changes(self, shown={})
        plane = pictures.plane()
        codes = frame.codes[:, plane] if plane else np.zeros((0, 2), np.float32)
        if codes.shape[1] == 1:
            codes = np.concatenate([codes, np.zeros_like(codes)], axis=1)
        # One scale for all frames, so that what moves is the model.
        reach = max(
            (np.abs(f.codes[:, plane]).max() for f in pictures.frames if f.codes.size), default=1.0
        )
        reach = max(2.0, float(np.ceil(min(reach, 1e6))))
        return changes(
            self,
            shown={
                "axis": axis,
                "frames": [kept.at for kept in pictures.frames],
                "seen": frame.at,
                "points": array_to_json(codes),
                "reach": reach,
                "names": [f"z[{i}]" for i in plane],
                "classes": array_to_json(classes),
            },
        )
