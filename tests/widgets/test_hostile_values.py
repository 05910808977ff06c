"""No value of a trait breaks a widget, whether Python sets it or the page."""

import itertools
import sys
import time

import numpy as np
import pytest
import traitlets

from tests.widgets import invariants

PUBLIC = ("LatentScatter", "InterpolationSlider", "AnomalyHistogram", "ReviewQueue")


class Hostile:
    """Fails whatever is done with it."""

    def __array__(self, *args, **kwargs):
        raise RuntimeError("no array")

    def __iter__(self):
        raise RuntimeError("no parts")

    def __float__(self):
        raise RuntimeError("no number")

    def __index__(self):
        raise RuntimeError("no number")


# Of JSON, as a page may send them, and wire forms of arrays.
FROM_PAGE = [
    None,
    *(float("nan"), float("inf"), float("-inf"), 1e308, -1e308, 0.5, 1.0, 3e38),
    *(0, 1, -1, 7, 10**9, -(10**9), 10**400, True, False),
    *("", "text", "latent", "pca", "score", "x" * 100_000, "\x00", "nan", "1"),
    *([], [[]], [0], [0, 1], [1, 2], [1, 0, 2], [0.0, 1.0], [True, False], [1, 1], [9, 9]),
    *([None], ["a"], ["latent"], [[1], [2, 3]], [1e308, 1e308], [float("nan"), 1], [-1, 10**400]),
    *([0, 1, 0, 1], [1, 0, 0, 1], [-1e308, 1e308, 0, 1], [0, 1, 0, float("inf")], ["0"] * 4),
    [0] * 100_000,
    *({}, {"": {}}, {"a": None}, {"a": [1]}, {"a": {"b": {}}}, {"1": "2"}),
    {"dtype": "float32", "shape": [3], "data": memoryview(b"odd")},
    {"dtype": "float32", "shape": [3], "data": memoryview(np.zeros(3, "float32"))},
    {"dtype": "float32", "shape": [3], "data": memoryview(np.full(3, np.nan, "float32"))},
    {"dtype": "float32", "shape": [3], "data": memoryview(np.full(3, 3e38, "float32"))},
    {"dtype": "uint32", "shape": [2], "data": memoryview(np.uint32([3, 1]))},
    {"dtype": "uint32", "shape": [1], "data": memoryview(np.uint32([2**31]))},
    {"dtype": "float32", "shape": [-1], "data": memoryview(bytes(12))},
    {"dtype": "float32", "shape": [2**62, 2**62], "data": b""},
    {"dtype": "float32", "shape": "3", "data": memoryview(bytes(12))},
    {"dtype": "float32", "shape": [3]},
    {"dtype": "object", "shape": [1], "data": memoryview(bytes(8))},
    {"dtype": "no such", "shape": [1], "data": memoryview(bytes(8))},
    {"dtype": "float32", "shape": [3], "data": "text"},
    {"here": {"dtype": "float32", "shape": [2], "data": memoryview(bytes(8))}},
    {"here": {"dtype": "float32", "shape": [3], "data": memoryview(bytes(12))}},
]
FROM_PYTHON = [
    *FROM_PAGE,
    *(b"bytes", bytearray(b"odd"), memoryview(b"odd"), object(), Hostile(), len, int),
    *(1j, np.float32(2), np.float64("nan"), np.int64(2), np.bool_(True), np.datetime64("NaT")),
    *(np.zeros(0), np.zeros(2), np.zeros(3), np.ones(3), np.full(3, np.nan), np.zeros((2, 2, 2))),
    *(np.array(["a", "b"]), np.array([None, {}]), np.zeros(3, "complex64"), np.zeros(3, "M8[s]")),
    *(np.ma.masked_array([1.0, 2.0, 3.0], [True, False, True]), np.array(["0", "1"]), np.eye(3)),
    *((0, 1), (0.0, True), (2, 1), {0, 1}, range(3), frozenset(), iter([1, 2])),
    *({"here": np.zeros(3)}, {"here": [1, 2, 3]}, {0: np.zeros(3)}, {"s": np.zeros(12)}),
    *({"none": np.zeros(12)}, {"s": ["a"] * 12}, np.arange(12.0), np.arange(12) % 2 == 0),
]


def is_ours(trait):
    return trait.this_class.__module__.startswith("vae_widgets.")


def from_page(part):
    """Return the names of the traits that the page may set."""
    return [*part.traits(sync=True, page_writes=True)]


def from_python(part):
    """Return the names of the traits that Python may set: public ones, and those of the page."""
    public = type(part).__name__ in PUBLIC
    names = [n for n, t in part.traits().items() if is_ours(t) and public and n[0] != "_"]
    return sorted({*names, *from_page(part)})


def assign(part, name, value):
    setattr(part, name, value)


def hold(part, name, value):
    with part.hold_trait_notifications():
        setattr(part, name, value)


def hold_with_others(part, name, value):
    """Set a trait after others that are legal by themselves."""
    with part.hold_trait_notifications(), part.hold_trait_notifications():
        for other in from_python(part):
            if other != name and not part.traits()[other].read_only:
                setattr(part, other, getattr(part, other))
        setattr(part, name, value)


def set_state(part, name, value):
    part.set_state({name: value})


def snapshot(part):
    """Return all values of traits that are ours."""
    return {name: getattr(part, name) for name, trait in part.traits().items() if is_ours(trait)}


def attack(widget, part, way, name, value):
    """Try a value one way: it is taken and legal, or refused and nothing changes."""
    before = snapshot(part)
    sent = []
    send, part._send = part._send, lambda message, buffers=None: sent.append(message)
    try:
        way(part, name, value)
    except traitlets.TraitError:
        assert way is not set_state
        refused = True
    else:
        # The page is told that its value is refused, and what there was; nothing is raised.
        refused = any(told.get("content", {}).get("kind") == "refused" for told in sent)
        assert refused or way is not set_state or name in from_page(part)
        if refused:
            assert sent[-2]["method"] == "update"
            assert name in sent[-2]["state"]
    finally:
        part._send = send
    if refused:
        after = snapshot(part)
        assert [n for n, old in before.items() if not same(old, after[n])] == []
        invariants.check_one(part)
    else:
        invariants.check(widget)


def same(old, new):
    if type(old) is not type(new):
        return False
    if isinstance(old, np.ndarray):
        return old.dtype == new.dtype and np.array_equal(old, new)
    if isinstance(old, dict):
        return old.keys() == new.keys() and all(same(old[k], new[k]) for k in old)
    if isinstance(old, list | tuple):
        return len(old) == len(new) and all(same(a, b) for a, b in zip(old, new, strict=True))
    return old is new or old == new


@pytest.mark.parametrize("name", invariants.MAKERS)
def test_the_invariants_hold_at_first(name):
    widget = invariants.MAKERS[name]()
    invariants.check(widget)
    invariants.use(widget, picture=True)
    widget.close()


def run(name, share=1):
    """Attack one trait of one widget after the other; only one of `share` values by each way."""
    widget = invariants.MAKERS[name]()
    count = itertools.count()
    for part in [*invariants.parts(widget)]:
        for way in (assign, hold, hold_with_others, set_state):
            names = part.keys if way is set_state else from_python(part)
            values = FROM_PAGE if way is set_state else FROM_PYTHON
            for trait, value in itertools.product(names, values):
                if next(count) % share:
                    continue
                try:
                    attack(widget, part, way, trait, value)
                except Exception as error:
                    kind = type(part).__name__
                    error.add_note(f"{kind}.{trait} by {way.__name__}: {value!r:.80}")
                    raise
    invariants.use(widget, picture=True)
    widget.close()


@pytest.mark.parametrize("name", [name for name in invariants.MAKERS if name != "explorer"])
def test_a_hostile_value_is_refused_or_legal(name):
    run(name, share=17)


def run_batches(name, n, seed=0):
    """Set several traits together, hostile and legal ones, in any order: all or none of them."""
    random = np.random.default_rng(seed)
    widget = invariants.MAKERS[name]()
    inner = [part for part in invariants.parts(widget) if from_python(part)]
    for _ in range(n):
        part = inner[random.integers(len(inner))]
        names = [of for of in from_python(part) if not part.traits()[of].read_only]
        by_page = from_page(part)
        is_page = bool(by_page) and random.random() < 0.5
        batch = {}
        for trait in random.permutation(by_page if is_page else names)[: random.integers(2, 6)]:
            legal = LEGAL.get(type(part).__name__, {}).get(str(trait))
            if legal and random.random() < 0.8:
                value = legal[random.integers(len(legal))]
                to_json = part.trait_metadata(trait, "to_json")
                batch[trait] = to_json(value, part) if is_page and to_json else value
            else:
                values = FROM_PAGE if is_page else FROM_PYTHON
                batch[trait] = values[random.integers(len(values))]
        before = snapshot(part)
        try:
            if is_page:
                part.set_state(batch)
            else:
                with part.hold_trait_notifications(), part.hold_trait_notifications():
                    for trait, value in batch.items():
                        setattr(part, trait, value)
        except traitlets.TraitError:
            after = snapshot(part)
            changed = [n for n, old in before.items() if not same(old, after[n])]
            assert changed == [], batch
        try:
            invariants.check(widget)
        except Exception as error:
            error.add_note(f"{type(part).__name__}: {batch!r:.500}")
            raise
    invariants.use(widget)
    widget.close()


LEGAL = {
    "LatentScatter": {
        "projection": ["latent", "pca"],
        "dims": [(0, 1), (2, 0), None],
        "slice_at": [np.zeros(3, "float32"), np.ones(3, "float32")],
        "view": [(0, 1, 0, 1), (-2.0, 2.0, -3.0, 3.0)],
        "prior": [True, False],
        "density": [True, False],
        "color_by": ["label", "none", "score", "new"],
        "quantities": [{"score": np.zeros(12, "float32")}, {"new": np.ones(12, "float32")}, {}],
        "threshold": [None, 0.5],
        "bookmarks": [{}, {"a": np.zeros(3, "float32")}],
        "group_a": [np.uint32([0, 1]), np.uint32([])],
        "group_b": [np.uint32([2]), np.uint32([])],
        "picked": [np.ones(3, "float32"), np.zeros(0, "float32")],
        "_hidden": [[], [0, 10]],
    },
    "InterpolationSlider": {
        "method": ["slerp", "linear", "neighbours"],
        "start": [invariants.X[3], np.ones(3)],
        "end": [invariants.X[4], np.zeros(3)],
        "via": [(), [invariants.X[5]], [np.ones(3)] * 3],
        "compare": [True, False],
        "value": [0.0, 0.3, 1.0],
    },
    "AnomalyHistogram": {
        "threshold": [0.1, 0.9, 5.0],
        "method": ["manual", "percentile", "f1", "iqr"],
        "percentile": [50, 99.5],
        "picked_item": [-1, 3],
    },
    "ReviewQueue": {"order": ["random", "nearest", "highest"], "position": [0, 1]},
    "TrainingControls": {
        "zoom": [[], [0.0, 2.0]],
        "panels": [["latent"], ["replay"], []],
        "smoothing": [0.0, 0.9],
    },
    "TrainingReplay": {"at": [None, 1.0]},
}
"""Values that may be refused beside others, but are legal by themselves."""


@pytest.mark.parametrize("name", [name for name in invariants.MAKERS if name != "explorer"])
def test_traits_set_together_are_legal_together(name):
    run_batches(name, 150)


if __name__ == "__main__":  # python -m tests.widgets.test_hostile_values [batches]
    batches = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    for maker in invariants.MAKERS:
        began = time.monotonic()
        run(maker)
        run_batches(maker, batches)
        print(f"{maker}: {time.monotonic() - began:.0f} s")
