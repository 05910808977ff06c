"""No value of a trait breaks a widget, whether Python sets it or the page."""

import pytest

from tests.widgets import invariants


@pytest.mark.parametrize("name", invariants.MAKERS)
def test_the_invariants_hold_at_first(name):
    widget = invariants.MAKERS[name]()
    invariants.check(widget)
    invariants.use(widget, picture=True)
    widget.close()
