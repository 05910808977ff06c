"""Our names hide none that ipywidgets, anywidget or traitlets use themselves."""

import importlib
import inspect
import logging
import pkgutil

import ipywidgets
import pytest

import vae_widgets as vw
from tests.widgets import invariants
from vae_widgets import widgets

# Each calls what it overrides, or is an override that ipywidgets asks for.
OVERRIDDEN = {
    *("close", "hold_trait_notifications", "set_state", "_repr_mimebundle_"),
    *("_handle_msg", "_handle_custom_msg"),
}


def classes():
    """Return all widget classes of the package."""
    for module in pkgutil.iter_modules(widgets.__path__, "vae_widgets.widgets."):
        importlib.import_module(module.name)
    found, new = set(), [ipywidgets.Widget]
    while new:
        new = [derived for one in new for derived in one.__subclasses__()]
        found.update(new)
    return sorted((one for one in found if is_ours(one)), key=lambda one: one.__qualname__)


def is_ours(kind):
    return kind.__module__.startswith("vae_widgets.")


def names_of_others(kind):
    """Return what the bases of other packages define, and what is set on their instances."""
    bases = [base for base in kind.__mro__ if not is_ours(base) and base is not object]
    return {name for base in bases for name in vars(base) if not name.startswith("__")}


def test_no_class_hides_a_name_of_another_package():
    hidden = set()
    for kind in classes():
        own = {name for base in kind.__mro__ if is_ours(base) for name in vars(base)}
        own |= {name for base in kind.__mro__ if is_ours(base) for name in annotated(base)}
        # traitlets writes its own tables to each class.
        tables = {name for name in own if name in vars(ipywidgets.DOMWidget)}
        hidden |= (own & names_of_others(kind)) - tables
    assert hidden == OVERRIDDEN | {"log"}


def annotated(kind):
    return inspect.get_annotations(kind)


@pytest.mark.parametrize("name", invariants.MAKERS)
def test_no_instance_hides_a_name_of_another_package(name):
    plain = ipywidgets.VBox()
    with plain.hold_sync():
        pass
    theirs = vars(plain).keys()
    for part in invariants.parts(invariants.MAKERS[name]()):
        own = vars(part).keys() - theirs
        # anywidget makes a display of its own for each instance.
        assert own & names_of_others(type(part)) <= {"_repr_mimebundle_"}


def test_the_log_of_a_monitor_is_a_method_and_a_logger(caplog):
    monitor = vw.TrainingMonitor()
    monitor.log(1, loss=0.5)
    assert monitor.history.last("loss") == 0.5
    assert isinstance(monitor.log.handlers, list)
    with caplog.at_level(logging.WARNING, logger=monitor.log.name):
        monitor.log.warning("said %s", "so")
        monitor._handle_msg({"content": {"data": {"method": "fly"}}, "buffers": []})  # refused
    assert [record.getMessage() for record in caplog.records] == ["said so"]
    assert str(inspect.signature(monitor.log)) == "(step: float, **metrics: Any) -> None"
    assert inspect.getdoc(vw.TrainingMonitor.log).startswith("Record and draw metrics")
    with pytest.raises(TypeError, match="step must be a number"):
        monitor.log("one", loss=1)


def test_what_fails_in_a_handler_is_logged(caplog):
    monitor = vw.TrainingMonitor()

    def broken(widget, content, buffers):
        raise ValueError("broken")

    monitor.on_msg(broken)
    monitor._handle_msg({"content": {"data": {"method": "custom", "content": {}}}, "buffers": []})
    assert "broken" in caplog.text
