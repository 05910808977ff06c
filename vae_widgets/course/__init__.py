"""Helpers for the lessons in ``notebooks/course``: ``vw.course.check("1a", answer)`` and others.

They need no network and no TensorFlow.
"""

from vae_widgets.course.checking import check
from vae_widgets.course.hand_in import collect, hand_in
from vae_widgets.course.lessons import reset
from vae_widgets.course.pictured import samples

__all__ = ["check", "collect", "hand_in", "reset", "samples"]
