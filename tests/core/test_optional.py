import sys

import pytest

from vae_widgets.core.optional import import_optional


def test_a_package_is_imported_or_its_extra_is_named():
    assert import_optional("json", "x", "This") is sys.modules["json"]
    expected = (
        r"Drawing needs no_such, which is not installed \(.*pip install 'vae_widgets\[extra\]'"
    )
    with pytest.raises(ModuleNotFoundError, match=expected):
        import_optional("no_such.module", "extra", "Drawing")
