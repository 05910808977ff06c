"""`ReviewQueue` and its parts."""

from vae_widgets.widgets.review_queue.widget import ReviewQueue

__all__ = ["ReviewQueue"]
