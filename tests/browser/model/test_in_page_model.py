"""A model in a page: in WebAssembly, and where the page's policy forbids it, in TypeScript."""

import base64

import numpy as np
import onnxruntime
import pytest

from tests.support.in_page_runtime import bundled
from tests.support.onnx_decoders import as_from_torch

# As of a strict site: no eval, and no WebAssembly, which needs 'wasm-unsafe-eval'.
STRICT = "default-src 'none'; script-src 'self'"
DECODE = """async ({ decoder, z }) => {
  const { loadModel } = await import("/model.js");
  const bytes = Uint8Array.from(atob(decoder), (letter) => letter.charCodeAt(0));
  const model = await loadModel({ decoder: bytes });
  const header = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0);
  const isAllowed = await WebAssembly.compile(header).then(() => true, () => false);
  return { isAllowed, found: [...model.decode(Float32Array.from(z))], shape: model.sampleShape };
}"""


@pytest.mark.parametrize("policy", [None, STRICT])
def test_a_decoder_under_a_content_security_policy(page, policy):
    headers = {"Content-Security-Policy": policy} if policy else {}
    script = bundled("in_page_model.ts")

    def serve(route):
        is_script = route.request.url.endswith("/model.js")
        route.fulfill(
            body=script if is_script else "<!doctype html>",
            content_type="text/javascript" if is_script else "text/html",
            headers=headers,
        )

    page.route("http://blank.test/**", serve)
    page.goto("http://blank.test/")
    content = as_from_torch().SerializeToString()
    z = np.random.default_rng(0).standard_normal((20, 5), np.float32)
    given = {"decoder": base64.b64encode(content).decode(), "z": z.reshape(-1).tolist()}
    answer = page.evaluate(DECODE, given)
    assert answer["isAllowed"] is (policy is None)
    (expected,) = onnxruntime.InferenceSession(content).run(None, {"z": z})
    assert answer["shape"] == list(expected.shape[1:])
    np.testing.assert_allclose(answer["found"], expected.reshape(-1), rtol=0, atol=1e-5)
