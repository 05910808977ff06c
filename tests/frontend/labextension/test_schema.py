"""The settings of the JupyterLab extension describe the defaults of the widgets."""

import json
from pathlib import Path

import pytest

import vae_widgets
from vae_widgets.codec import MOST_ONNX_BYTES

EXTENSION = Path(vae_widgets.__file__).parent / "frontend/labextension"
SCHEMA = json.loads((EXTENSION / "schema/settings.json").read_text())
DEFAULTS = {name: of["default"] for name, of in SCHEMA["properties"].items()}


def test_the_defaults_are_those_of_the_widgets():
    assert DEFAULTS["inPageMegabytes"] * 1e6 == MOST_ONNX_BYTES
    assert SCHEMA["properties"]["inPageMegabytes"]["maximum"] * 1e6 == MOST_ONNX_BYTES
    assert DEFAULTS["classColours"] == "petroff"
    assert DEFAULTS["quantityColours"] == "viridis"


@pytest.mark.parametrize(
    "wrong",
    [
        {"inPageMegabytes": 9},
        {"classColours": "rainbow"},
        {"quantityColours": "jet"},
    ],
)
def test_settings_without_effect_are_refused(wrong):
    import jsonschema  # takes 2 s of processor time, which each process would spend on collection

    jsonschema.validate(DEFAULTS, SCHEMA)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**DEFAULTS, **wrong}, SCHEMA)
