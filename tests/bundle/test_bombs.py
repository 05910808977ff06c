"""No file of at most 1 MB costs more than 2 s and 300 MB; most are refused."""

import re

import pytest

from tests.bundle.bombs import ATTACKS, HEAVY, LIGHT, MAX_MB, run

# Processor time of one attack; ten times the bound, as other tests run beside this one.
SECONDS = 20


@pytest.fixture(scope="module", params=[LIGHT, HEAVY], ids=["without TensorFlow", "with it"])
def rows(request):
    return request.param, run(request.param)


def test_every_attack_is_refused_or_harmless(rows):
    kinds, results = rows
    expected = {name: refusal for name, (kind, _, refusal) in ATTACKS.items() if kind in kinds}
    assert sorted(name for name, *_ in results) == sorted(expected)
    for name, kind, size, text, seconds, peak in results:
        assert size < 10_000_000
        assert seconds < SECONDS, (name, seconds)
        assert peak < MAX_MB, (name, peak)
        if expected[name] is None:
            assert text == "", (name, text)
            continue
        error = "BundleError" if kind == "load" or kind.startswith("VAE") else "ValueError"
        assert text.startswith(error), (name, text)
        assert re.search(expected[name], text), (name, text)
