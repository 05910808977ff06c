"""The runtime of in-page models is a small part of a page."""

from tests.support.in_page_runtime import bundled

MOST_BYTES = 25_000


def test_the_runtime_is_small():
    assert 20_000 < len(bundled("in_page_model.ts")) <= MOST_BYTES
