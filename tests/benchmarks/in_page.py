"""Decoding in the page: our matrix kernel and plain TypeScript, beside ONNX Runtime Web.

One thread of headless Chromium. Each round measures all three in turns, one code at a time, as a
hover asks for it.
"""

import functools
import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, Route

from tests.benchmarks.report import Bar, Report, Table
from tests.benchmarks.rounds import alternate, ratio
from tests.benchmarks.settings import Settings
from tests.benchmarks.worker import NotInstalledError
from tests.support.in_page_runtime import bundled

SCRIPT = Path(__file__).with_suffix(".js")
OURS, PLAIN, PEER = "in-page decode", "in-page decode, plain TypeScript", "ONNX Runtime Web"
KEYS = {OURS: "ours", PLAIN: "plain", PEER: "peer"}
# Name -> sample shape, latent dimensions, architecture, the most milliseconds, calls in a round.
DECODERS = {
    "dense 28x28": ((28, 28), 2, "dense", 0.1, 400),
    "conv 28x28": ((28, 28), 2, "conv", 0.8, 30),
    "conv 64x64x3": ((64, 64, 3), 32, "conv", 4.0, 6),
}
MODULES = ("in_page_model.ts", "matrix/plain.ts")
NEAR = 1e-5
"""How far decoded numbers may be from each other; they are probabilities."""


def measure(settings: Settings, report: Report, browser: Browser) -> None:
    """Add a table for each decoder, and the bars."""
    peer = Path(settings.others.python).parents[1] / "web/node_modules/onnxruntime-web/dist"
    files: dict[str, bytes] = {"/": b"<!doctype html>", "/model.js": bundled(*MODULES)}
    files["/in_page.js"] = SCRIPT.read_bytes()
    page = browser.new_page()
    page.route("http://bench.test/**", functools.partial(_serve, files, peer))
    page.goto("http://bench.test/")
    page.evaluate("async () => { window.bench = await import('/in_page.js'); }")
    for title, (shape, latent_dim, architecture, most, n) in DECODERS.items():
        name = title.replace(" ", "-")
        with tempfile.TemporaryDirectory() as folder:
            write = settings.ours.peer("decoder_file", architecture, 256)
            write("write", folder=folder, shape=shape, latent_dim=latent_dim)
            files[f"/{name}.onnx"] = Path(folder, "decoder.onnx").read_bytes()
        errors = page.evaluate(
            "given => window.bench.prepare(...given)", [name, latent_dim, peer.is_dir()]
        )
        assert max(errors.values()) < NEAR, errors
        calls = {of: _timer(page, name, key, n, errors) for of, key in KEYS.items()}
        seconds = alternate(calls, settings.rounds)
        note = (
            f"One code at a time, in headless Chromium on one thread, a mean of {n} calls a round."
        )
        report.tables.append(Table(f"In the page: {title}", "ms", seconds, note))
        median = 1000 * statistics.median(seconds[OURS])
        report.bars.append(Bar(f"In the page: {title}", median, most, "ms"))
        report.bars.append(Bar(f"In the page: {title}, to {PEER}", ratio(seconds, OURS, PEER), 1))
    page.close()


def _timer(page: Page, name: str, key: str, n: int, known: dict[str, float]) -> Callable[[], float]:
    def seconds() -> float:
        if key not in known:
            raise NotInstalledError(key)
        return float(page.evaluate("given => window.bench.seconds(...given)", [name, key, n]))

    return seconds


def _serve(files: dict[str, bytes], peer: Path, route: Route) -> None:
    path = "/" + route.request.url.split("/", 3)[3]
    if path.startswith("/peer/"):
        content = (peer / path.removeprefix("/peer/")).read_bytes()
    else:
        content = files[path]
    kinds = {"js": "text/javascript", "mjs": "text/javascript", "wasm": "application/wasm"}
    kind = kinds.get(path.rpartition(".")[2], "text/html")
    route.fulfill(body=content, content_type=kind)
