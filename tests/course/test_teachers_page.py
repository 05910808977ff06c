"""The page for teachers has the solutions, as they are computed from the models."""

import re
from pathlib import Path

from tests.support.course_answers import DOMAINS, right_answers

PAGE = (Path(__file__).parents[2] / "docs/how_to/course.md").read_text()


def row(name):
    (found,) = re.findall(rf"^\| {name} \| (.+) \|$", PAGE, re.MULTILINE)
    return found


def test_the_solutions_are_those_of_the_models():
    answers = right_answers()
    for name in ("1c", "2b", "3b", "4a", "4b"):
        assert f"{answers[name]:.3g}" in row(name), name
    for name in ("1b", "2c", "3c", "4c"):
        assert row(name) == answers[name]
    assert row("1a").startswith(f"{answers['1a']}:")
    assert ", ".join(map(str, answers["3a"])) in row("3a")
    for name, form in (("5a", "g"), ("5b", ".1f")):
        assert row(name).split(" | ") == [f"{answers[f'{name}-{d}']:{form}}" for d in DOMAINS]


def test_the_code_of_the_solutions_gives_them():
    import numpy as np

    import vae_widgets as vw

    names = {"np": np}
    for lesson, bundle in ((1, "digits-2d"), (3, "digits-16d")):
        codec = vw.load_pretrained(bundle)
        names["z_mean"], names["z_log_var"] = codec.encode(vw.course.samples(codec))
        if lesson == 1:
            for name in ("1c", "2b"):
                code = re.match("`(.+?)`", row(name))[1]
                assert abs(eval(code, names) - right_answers()[name]) < 1e-5
    formula = re.search(r"^kl = (.+)$", PAGE, re.MULTILINE)[1]
    names["kl"] = eval(formula, names)
    assert eval(re.match("`(.+?)`", row("3a"))[1], names).tolist() == right_answers()["3a"]
    assert abs(eval(re.match("`(.+?)`", row("3b"))[1], names) - right_answers()["3b"]) < 1e-4
