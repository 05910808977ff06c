import re

import pytest

from tests.benchmarks.coverage import bootstrap, promises, review, shares
from tests.benchmarks.coverage.__main__ import TEXT, markdown
from tests.benchmarks.coverage.populations import NORMAL
from tests.benchmarks.worker import REPOSITORY

PARTS = (shares, review, promises, bootstrap)


def test_every_table_has_its_place_in_the_page():
    tables = {
        f"{part.__name__.rpartition('.')[2]}: {table}"
        for part in PARTS
        for table, _ in part.cells(quick=True)
    }
    assert set(re.findall(r"^{(.*)}$", TEXT.read_text(), re.MULTILINE)) == tables
    assert "{" not in (REPOSITORY / "docs/explanation/coverage.md").read_text()


@pytest.mark.parametrize(
    ("part", "given"),
    [
        (shares, ("alert_rate", "gesd", 100, 20)),
        (shares, ("auroc", 1.0, 100, 20)),
        (review, ("the 40 nearest", 20, 20)),
        (promises, ("conformal", "uniform", {"rate": 0.05, "confidence": None}, 300, 20)),
        (bootstrap, (NORMAL, "f1", 100, 5)),
    ],
    ids=lambda given: getattr(given, "__name__", None),
)
def test_a_row_is_a_share_by_name(part, given):
    row = part.cell(*given)
    shares_found = [float(row[name]) for name in ("coverage", "precision") if name in row]
    assert all(0.5 <= share <= 1 for share in shares_found)
    assert markdown([row]).count("\n") == 3


def test_false_alarms_of_a_replay_are_rare():
    row = shares.cell("replay", 0.0, 300, 60)
    assert float(row["says that the scores drifted"]) <= 0.1


def test_wilson_is_counted_exactly():
    # Of one sample: both intervals hold one half.
    assert shares.cell("wilson", 0.5, 1, 0)["coverage"] == "1.000"
