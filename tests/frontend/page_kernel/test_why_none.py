"""A page without Python says with the words of Python why no sample is queued."""

import json
import pathlib
import subprocess
import sys

import numpy as np

from vae_widgets.core.review.candidates import ReviewCandidates
from vae_widgets.core.review.log import ReviewLog
from vae_widgets.core.scores.labelled_scores import LabelledScores

NODE = pathlib.Path(sys.executable).with_name("node")
SOURCE = pathlib.Path(__file__).parents[3] / "vae_widgets/frontend/src/page_kernel/why_none.ts"
ASK = """
import {{ whyNone }} from {source};
const texts = {cases}.map(({{ open, marked, ...counts }}) =>
  whyNone({{ ...counts, isOpen: (row) => open[row], isMarked: (row) => marked[row] }}));
console.log(JSON.stringify(texts));
"""

LABELLED = [0, 1, np.nan, 0]
CASES = [  # labels, rows with a mark, threshold
    ([np.nan] * 4, [], 9.0),
    (LABELLED, [], 3.5),
    (LABELLED, [], 2.5),
    (LABELLED, [2], 2.5),
    ([np.nan] * 4, range(4), 2.5),
    ([np.nan], [0], 0.0),
    ([1.0], [], 0.0),
]


def test_both_texts_are_the_same():
    texts, asked = [], []
    for labels, marked, threshold in CASES:
        scores = LabelledScores(np.array([1.0, 4.0, 2.0, 3.0])[: len(labels)], np.array(labels))
        log = ReviewLog()
        for row in marked:
            log.set(row, float(scores.scores[row]), "unsure")
        found = ReviewCandidates(scores, log)
        assert not found.queue("random", threshold, 5, 0).size
        texts.append(found.why_none(threshold))
        is_marked = np.isin(np.arange(len(labels)), list(marked))
        asked.append(
            {
                "samples": len(labels),
                "flagged": scores.n_flagged(threshold),
                "open": (np.isnan(labels) & ~is_marked).tolist(),
                "marked": is_marked.tolist(),
            }
        )
    assert len(set(texts)) == len(CASES)
    script = ASK.format(source=json.dumps(SOURCE.as_uri()), cases=json.dumps(asked))
    ran = subprocess.run(
        [NODE, "--no-warnings", "--input-type=module", "--eval", script],
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(ran.stdout) == texts
