import vae_widgets as vw
from tests.support.plugins import installed


def test_plugins_are_listed_and_one_that_failed_is_named(run, plugin_folder):
    with installed(plugin_folder):
        found = vw.list_plugins()
        code, out, errors = run("plugins")
    assert (code, errors) == (1, [])
    rows = [line.split(maxsplit=4) for line in out.splitlines()[1:]]
    assert rows == [
        [each.kind, each.name, each.package, each.version, " ".join(each.state.split())]
        for each in found
    ]


def test_without_plugins_it_says_so(run):
    if not vw.list_plugins():
        assert run("plugins") == (0, "No other package adds anything.\n", [])
