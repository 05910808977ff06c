import json

import numpy as np
import pytest

import vae_widgets as vw
from tests.support.plugins import installed, write_package
from vae_widgets.rendering import (
    RENDERERS,
    AbsentRenderer,
    check_renderer,
    render,
    renderer_from_json,
    renderer_to_json,
)

MODULE = """
import numpy as np

class Grey:
    def __init__(self, level=128, size=8):
        if not 0 <= level < 256:
            raise LookupError("no such grey")
        self.level, self.size = level, size

    def __call__(self, batch):
        return np.full((len(batch), self.size, self.size, 4), self.level, np.uint8)

class Needy(Grey):
    def __init__(self, level):
        super().__init__(level)

class Forgetful(Grey):
    def __init__(self, shade=1):
        super().__init__()

class Any(Grey):
    def __init__(self, **options):
        super().__init__()

class NoRenderer:
    pass

def function(batch):
    return batch
"""
GREY = {"name": "grey", "arguments": {"level": 7, "size": 4}, "package": "other_renderers"}


@pytest.fixture(scope="module")
def reported(tmp_path_factory):
    names = ("Grey", "Needy", "Forgetful", "Any", "NoRenderer", "function")
    points = {name.lower(): f"other_renderers:{name}" for name in names}
    folder = tmp_path_factory.mktemp("packages")
    write_package(folder, "other_renderers", MODULE, {"renderers": points})
    with installed(folder) as reported:
        yield [str(warning) for warning in reported]


def test_a_renderer_is_taken_by_its_name(reported):
    assert isinstance(check_renderer("image", (8, 8)), vw.ImageRenderer)
    assert render(check_renderer("grey", (3,)), np.zeros((2, 3))).shape == (2, 8, 8, 4)
    data = np.linspace(-2, 3, 128).reshape(2, 8, 8)
    assert check_renderer("image", (8, 8), data).vmax == 3
    with pytest.raises(ValueError, match=r"renderer is 'gray'; did you mean 'grey'\?"):
        check_renderer("gray", (3,))
    with pytest.raises(
        TypeError, match=r"renderer is 'needy', which needs level; pass .*: Needy\(level=\.\.\.\)"
    ):
        check_renderer("needy", (3,))


def test_what_is_no_class_of_renderers_is_reported(reported):
    options, function, no_renderer = reported
    assert "'any' of the package other_renderers 1.0 cannot be used: TypeError: the cl" in options
    assert "expected a class with a method __call__(batch); received <class" in no_renderer
    assert "expected a class with a method __call__(batch); received <function" in function
    added = {name for name in RENDERERS if RENDERERS.package_of(name)}
    assert added == {"forgetful", "grey", "needy"}


def test_a_file_names_it_with_its_package_and_arguments(reported):
    content = json.loads(json.dumps(renderer_to_json(RENDERERS["grey"](7, size=4))))
    assert content == GREY
    again = renderer_from_json(content)
    assert (type(again), again.level, again.size) == (RENDERERS["grey"], 7, 4)


@pytest.mark.parametrize(("name", "arguments"), [("forgetful", ()), ("grey", (np.float32(3),))])
def test_a_file_holds_only_the_name_if_the_arguments_are_not_kept_or_not_plain(
    reported, name, arguments
):
    own = renderer_to_json(RENDERERS[name](*arguments))
    assert own == {"own": name.title()}
    assert renderer_from_json(own) == AbsentRenderer(name.title(), "Its code is not in the file.")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"package": "elsewhere"}, "It is from the package elsewhere, which does not add it here."),
        ({"name": "image"}, "It is from the package other_renderers, which does not add it here."),
        ({"name": "green"}, "It is from the package other_renderers, which does not add it here."),
        (
            {"arguments": {"level": -1}},
            "other_renderers refuses its arguments: LookupError: no suc",
        ),
        ({"arguments": {"shade": 1}}, "other_renderers refuses its arguments: TypeError"),
    ],
)
def test_one_that_is_not_here_is_named(reported, change, reason):
    absent = renderer_from_json(GREY | change)
    assert isinstance(absent, AbsentRenderer)
    assert absent.name == (GREY | change)["name"]
    assert reason in absent.reason


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ({"name": "grey", "arguments": {}}, ValueError),
        (GREY | {"package": 3}, ValueError),
        (GREY | {"package": ""}, ValueError),
        (GREY | {"package": "a; rm -r b"}, ValueError),
        (GREY | {"package": "a" * 201}, ValueError),
        (GREY | {"name": ["grey"]}, ValueError),
        (GREY | {"name": ""}, ValueError),
        (GREY | {"name": "x" * 201}, ValueError),
        (GREY | {"arguments": [3]}, TypeError),
    ],
)
def test_a_wrong_description_is_refused(reported, content, error):
    with pytest.raises(error):
        renderer_from_json(content)


def test_a_bundle_whose_renderer_is_not_here_is_drawn_by_another(tmp_path, recwarn):
    vae = vw.VAE.build((3,), likelihood="gaussian", hidden_units=(2,))
    folder = write_package(
        tmp_path / "site", "last_renderers", MODULE, {"renderers": {"last": "last_renderers:Grey"}}
    )
    with installed(folder):
        vae.save(tmp_path / "x.vae", renderer="last")
        assert vw.load(tmp_path / "x.vae").absent_renderer is None
    recwarn.clear()
    codec = vw.load(tmp_path / "x.vae")
    (told,) = recwarn
    assert told.filename == __file__
    assert "x.vae was saved with the renderer 'last'. It is from the package last_r" in str(
        told.message
    )
    assert "Samples are drawn by TableRenderer instead. Install that package" in str(told.message)
    assert isinstance(codec.renderer, vw.TableRenderer)
    assert codec.absent_renderer.name == "last"
