"""The pages of docs hang together; `make site` builds them."""

import json
import re
import unicodedata

import numpy as np
import pytest

import vae_widgets as vw
from tests.support.documents import DOCS, run_page
from vae_widgets.core import thresholds
from vae_widgets.core.thresholds import METHODS

REPOSITORY = DOCS.parent
# What `make site` makes, and git ignores.
BUILT = ("docs/live", "docs/reference/api/generated")
LINK = re.compile(r"(?<!!)\[[^\]]*\]\((?!\w+:)([^)#\s]*)(?:#([^)\s]+))?\)")
CODE = re.compile(r"^(```+).*?^\1|`[^`\n]*`", re.MULTILINE | re.DOTALL)


def text_of(file):
    if file.suffix == ".md":
        return file.read_text()
    cells = json.loads(file.read_text())["cells"]
    return "\n\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")


def files():
    found = [
        *REPOSITORY.glob("*.md"),
        *DOCS.rglob("*.md"),
        *REPOSITORY.glob("notebooks/**/*.ipynb"),
    ]
    return [file for file in found if not str(file.relative_to(REPOSITORY)).startswith(BUILT)]


def anchors(file):
    """The anchors that GitHub, and MyST as conf.py sets it, give to headings."""
    without_code = re.sub(r"^```.*?^```", "", text_of(file), flags=re.MULTILINE | re.DOTALL)
    headings = re.findall(r"^#+ +(.+)$", without_code, re.MULTILINE)
    plain = [re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower() for heading in headings]
    kept = [
        "".join(c for c in text if c in "-_ " or unicodedata.category(c)[0] in "LN")
        for text in plain
    ]
    return {text.strip().replace(" ", "-") for text in kept}


def test_every_link_between_pages_leads_somewhere():
    broken = []
    for file in files():
        for target, anchor in LINK.findall(CODE.sub("", text_of(file))):
            to = (file.parent / target).resolve() if target else file
            if not to.exists() or (anchor and anchor not in anchors(to)):
                broken.append(f"{file.relative_to(REPOSITORY)}: {target}#{anchor}")
    assert broken == []


def test_every_page_is_in_a_table_of_contents():
    pages = {page for page in DOCS.rglob("*.md") if page in files()}
    listed = {DOCS / "index.md"}
    for page in pages:
        for block in re.findall(r"```\{toctree\}\n(.*?)```", page.read_text(), re.DOTALL):
            entries = [line for line in block.splitlines() if line and not line.startswith(":")]
            listed |= {(page.parent / f"{entry}.md").resolve() for entry in entries}
    assert pages - listed == set()


def reference():
    """The names that the pages of the reference list, each with its module."""
    for page in (DOCS / "reference/api").glob("*.md"):
        for block in re.findall(r"```\{eval-rst\}\n(.*?)```", page.read_text(), re.DOTALL):
            (module,) = re.findall(r"currentmodule:: ([\w.]+)", block)
            yield from (f"{module}.{name}" for name in re.findall(r"^   ([\w.]+)$", block, re.M))


def test_every_public_name_is_in_the_reference_once():
    listed = list(reference())
    public = {f"vae_widgets.{name}" for name in vw.__all__}
    assert public - {*listed} == {"vae_widgets.__version__"}
    assert sorted(set(listed)) == sorted(listed)


def test_every_method_of_a_threshold_is_in_the_reference():
    methods = {getattr(thresholds, name.rsplit(".", 1)[1], None) for name in reference()}
    assert {method.choose for method in METHODS.values()} <= methods


def test_pages_that_docstrings_name_exist():
    """The site makes links of them."""
    for file in (REPOSITORY / "vae_widgets").glob("**/*.py"):
        for page in re.findall(r"\bdocs/[\w/]+\.md", file.read_text()):
            assert (REPOSITORY / page).exists(), f"{file.name} names {page}"


def test_the_explanation_has_what_every_method_assumes():
    page = (DOCS / "explanation/thresholds.md").read_text()
    rng = np.random.default_rng(0)
    labels = rng.random(1000) < 0.1
    scores = rng.normal(size=1000) + 6 * labels
    for name, method in METHODS.items():
        (row,) = [line for line in page.splitlines() if re.match(rf"\|.*`{name}`", line)]
        given = (scores, labels) if method.labels else (scores,)
        assumes = method.choose(*given).assumes
        assert assumes in row or row.endswith("| as above |"), assumes
    assert f"has {len(METHODS)} methods" in page


def test_the_page_about_one_widget(tmp_path):
    found = run_page("how_to/embed_a_widget", tmp_path)["Link two"]
    fours = np.flatnonzero(found["ds"].y_test == 4)
    np.testing.assert_array_equal(found["scatter"].selection, fours)
    assert found["said"].value == f"{len(fours)} samples are selected"


def test_the_page_about_thresholds(tmp_path):
    found = run_page("how_to/choose_a_threshold", tmp_path)
    last = found["6. Notice when it no longer holds"]
    # The page allows 2 % of false alarms: the quantile of N(0, 1) is 2.054.
    assert last["threshold"].threshold == pytest.approx(2.054, abs=0.2)
    assert last["comparison"].warnings == ()
    np.testing.assert_array_equal(last["flagged"], last["scores"] >= last["threshold"].threshold)
    assert last["replay"].drifted


def test_the_page_about_data_larger_than_memory(tmp_path):
    found = run_page("how_to/larger_than_memory", tmp_path, leave_out=("Train", "A cluster"))
    x, codec = found["A Dask array"]["x"], found["A Dask array"]["codec"]
    scores = codec.anomaly_score(np.array(x))
    np.testing.assert_allclose(found["One machine"]["scores"], scores, rtol=1e-5)
    assert int(found["A Dask array"]["flagged"].compute()) == np.count_nonzero(scores > 30)
