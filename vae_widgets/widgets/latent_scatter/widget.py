"""The codes of samples as points in latent space: hover, pick, lasso."""

import contextlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vae_widgets.codec import CannotDecodeError, Codec
from vae_widgets.core import checks
from vae_widgets.core.labels.classes import index_classes
from vae_widgets.core.latent.plane import padded_bounds
from vae_widgets.core.latent.projections import Projection
from vae_widgets.core.latent.space import LatentSpace
from vae_widgets.core.latent.statistics import attribute_vector
from vae_widgets.core.lazy_samples import SamplesOfRows
from vae_widgets.core.pairing import check_index, index_to_json, shared_index
from vae_widgets.core.scores.policy import hash_data
from vae_widgets.rendering import Renderer, check_renderer, note_of
from vae_widgets.rendering.atlas import atlas_tiles
from vae_widgets.rendering.named import TWINS, renderer_to_json
from vae_widgets.rendering.sound import sound_of
from vae_widgets.widgets.base.assets import KERNEL_ID, bundle
from vae_widgets.widgets.base.in_page import check_in_page
from vae_widgets.widgets.base.messages import in_words
from vae_widgets.widgets.base.sound import answer_sounds
from vae_widgets.widgets.base.widget import PageContents
from vae_widgets.widgets.latent_scatter import still_picture as picture
from vae_widgets.widgets.latent_scatter.encoded_samples import EncodedSamples
from vae_widgets.widgets.latent_scatter.pictures import ScatterPictures
from vae_widgets.widgets.latent_scatter.requests import ScatterAnswers
from vae_widgets.widgets.still_pictures.pictured import Pictured
from vae_widgets.widgets.traits.array import array_from_json, array_to_json


class LatentScatter(Pictured, ScatterAnswers):
    """Show samples as points in latent space and decode any point of it.

    Click a point or an empty place to decode it, drag in mode *Pick* to decode along the way, lasso
    or box to select samples, hover to see one.

    Parameters
    ----------
    codec
        A VAE, or any object with ``encode``, ``decode``, ``latent_dim`` and ``sample_shape``.
        Without decoding also: a UMAP or another transformer fitted on flattened samples, a t-SNE
        fitted on these, an encoder of Keras, or a function of samples.
    x
        Samples (n, *sample_shape). A memmap, an open ``h5py.Dataset``, a Zarr or Dask array is read
        where it is looked at; tiles then have the range of values of 100 samples. With `codes` also
        a function that maps rows (m,), int64, to samples (m, *sample_shape).
    labels
        One class for each sample (n,): whole numbers, booleans, texts or a pandas categorical; None
        for no classes. Missing classes (None, NaN, NA, masked) are grey and "unknown".
    renderer
        Turns samples into tiles, or the name of a renderer; None takes the codec's, or chooses one.
        What its ``detail`` returns is shown or played beside a sample.
    label_names
        Names of the classes, which whole-number labels index. None takes the values of `labels`.
    color_by
        ``"label"``, ``"none"``, the name of one of `quantities`, or numbers (n,) themselves, named
        "value". Quantities are drawn in viridis, missing values in grey.
    quantities
        Name -> numbers (n,), such as anomaly scores; NaN where unknown.
    threshold
        Of the quantity that colours the points: two colours, below it and from it on.
    dims
        The two coordinates along x and y, from 0. A single one gets a random y. None takes the two
        latent dimensions of largest KL, or of largest variance where the codec gives no variances;
        0 and 1 of a transformer.
    projection
        ``"latent"``, ``"pca"`` for the principal axes of the codes, or a fitted transformer of
        codes with ``transform`` and ``inverse_transform``.
    in_page
        Whether the page decodes with the model itself, so that pictures need no kernel. "auto" does
        if the codec has ``to_onnx``, as a `VAE` and a bundle have, its layers are those of
        `VAE.build`, its decoder has at most 8 MB as ONNX, and the page has `renderer`, too
        (``docs/explanation/in_page_model.md``). True takes any size and converts other layers, in
        seconds, or raises ``ValueError``. False leaves it to the kernel.
    codes
        The codes of x, where they are known: z_mean (n, latent_dim), or a pair of z_mean and
        z_log_var. None calls ``codec.encode(x)``.

    Attributes
    ----------
    selection : ndarray
        Indices of the selected samples, uint32, sorted. May be set; a boolean mask (n,) will do.
    index : pandas.Index or None
        Of x, the labels or the quantities, if they have one.
    selection_index : pandas.Index or ndarray
        The entries of `index` that are selected. May be set.
    flagged : ndarray
        Indices of samples that are drawn with an outline, uint32, sorted, such as those that an
        `AnomalyHistogram` flags. May be set; a boolean mask (n,) will do.
    hovered : int
        Index of the sample under the pointer, -1 if none. May be set.
    picked : ndarray
        The latent vector picked last, float32 (latent_dim,); empty at first. May be set.
    picked_index : int
        The sample whose code was picked; -1 if none.
    decoded : ndarray
        ``codec.decode(picked)`` in data space, float32 (*sample_shape); empty at first.
    color_by : str
        What colours the points. May be set as above.
    threshold : float or None
        Where a quantity has two colours only. May be set.
    dims : tuple of int
        The coordinates shown. May be set, by None to the default.
    projection : str
        Name of the coordinates: "latent", "pca", or the class of a transformer. May be set as
        above; `dims` is then as by default, `slice_at` at the mean.
    slice_at : ndarray
        Where the plane cuts the coordinates that are not shown, float32 (n_coordinates,), at first
        the mean of the codes. May be set.
    bookmarks : dict
        Name -> latent vector, float32 (latent_dim,). May be set as a whole.
    group_a, group_b : ndarray
        Two sets of samples, uint32.
    attribute : ndarray
        The `attribute_vector` of the two groups, float32 (latent_dim,); empty until both have
        samples. The page's slider moves what was picked along it.
    view : tuple of float
        The visible part of the plane: x_min, x_max, y_min, y_max. May be set.
    mode : str
        What a drag does: "pick", "pan", "lasso" or "box". May be set.
    grid, prior, density : bool
        Whether the page shows the decoded plane, the rings of the prior, and the density of the
        codes, q(z). May be set.
    point_size : float or None
        Diameter of the points in CSS pixels, 1 to 40; None chooses it by their number. May be set.
    opacity : float or None
        Opacity of the points, 0.05 to 1; None takes 0.85, and 1 above the decoded plane. May be
        set.
    hidden_classes, hidden_sides : tuple of str
        Classes, and sides of `threshold` ("below", "above"), that are not drawn; "unknown" for
        missing ones. May be set.
    x : ndarray
        The samples, float32 (n, *sample_shape). Where they are not in memory, an index or a slice
        reads some, and ``np.asarray`` all of them.
    z_mean : ndarray
        The codes, float32 (n, latent_dim).
    n_samples : int
        Number of samples.

    Examples
    --------
    >>> vae, x = vw.VAE.build((4,), likelihood="gaussian"), np.zeros((10, 4))
    >>> scatter = vw.LatentScatter(vae, x)
    >>> scatter.picked = [0.5, 0.5]
    >>> scatter.decoded.shape
    (4,)
    """

    _esm = bundle("latent_scatter.js")
    _css = bundle("latent_scatter.css")
    plane_traits = ("_positions", "projection")  # also a projection with the same positions
    _picture_height = picture.HEIGHT
    _picture_follows = (
        *("selection", "flagged", "picked", "color_by", "quantities", "threshold", "view"),
        *("bookmarks", "_positions", "_path", "_hidden", "_hidden_sides", "point_size", "opacity"),
    )

    @checks.suggest_keywords
    def __init__(
        self,
        codec: Codec,
        x: ArrayLike | SamplesOfRows,
        labels: ArrayLike | None = None,
        renderer: Renderer | str | None = None,
        *,
        label_names: Sequence[Any] | None = None,
        color_by: str | ArrayLike = "label",
        quantities: Mapping[str, ArrayLike] | None = None,
        threshold: float | None = None,
        dims: Sequence[int] | None = None,
        projection: str | Projection = "latent",
        in_page: bool | str = "auto",
        codes: ArrayLike | tuple[ArrayLike, ArrayLike] | None = None,
    ) -> None:
        in_page = check_in_page(in_page)
        samples = EncodedSamples(codec, x, codes)
        self._codec = codec = samples.codec
        coloured = {f"quantities[{name!r}]": one for name, one in (quantities or {}).items()}
        self._index = shared_index({"x": x, "labels": labels, "color_by": color_by, **coloured})
        self.x = samples.x
        renderer = check_renderer(renderer, codec.sample_shape, samples.for_range, codec)
        self.n_samples = len(self.x)
        classes, names = index_classes(labels, self.n_samples, label_names)
        color_by, quantities = self._checked_colour(color_by, quantities or {})
        if threshold is not None:
            threshold = checks.finite_number("threshold", threshold)
        if isinstance(projection, str):
            checks.one_of("projection", projection, ("latent", "pca"))
            if dims is not None:
                self._checked_dims(dims, codec.latent_dim)

        self.z_mean, z_log_var = samples.encode()
        self._space = LatentSpace(self.z_mean, z_log_var)
        self._space.use(self._checked_projection(projection))
        self._renderer = renderer
        self._pictures = ScatterPictures(codec, self.x, renderer, self._space)
        super().__init__(
            color_by=color_by,
            quantities=quantities,
            threshold=threshold,
            _origin={"data": hash_data(self.z_mean, None), "kernel": KERNEL_ID},
            _classes=classes,
            _class_names=names,
            _tiles=self._pictures.all_samples(),
            _has_index=self._index is not None,
            _has_sound=sound_of(renderer, self.x[0]) is not None,
            _range_note=note_of(renderer),
            dims=(
                self._space.most_active(self._space.name)
                if dims is None
                else self._checked_dims(dims, self._space.n_coordinates)
            ),
            **self._coordinates(),
        )
        answer_sounds(self, renderer, self._heard)
        self._offer_model(codec, renderer, in_page)
        with self.hold_sync():
            self._show_plane()
        self.observe(self._change_plane, ["projection", "dims"])
        self.observe(self._find_density, "density")
        self.observe(self._mark_bookmarks, "bookmarks")
        self.observe(self._find_attribute, ["group_a", "group_b"])
        self._answer_requests()

    @property
    def index(self) -> Any:
        """The pandas index of x, the labels or the quantities; None if none of them had one."""
        return self._index

    @property
    def selection_index(self) -> Any:
        """The entries of `index` that are selected; row numbers where there is none. May be set."""
        return self.selection if self._index is None else self._index[self.selection]

    @selection_index.setter
    def selection_index(self, entries: ArrayLike) -> None:
        rows = np.atleast_1d(checks.any_array("selection_index", entries))
        if self._index is not None:
            wanted, rows = rows, np.flatnonzero(self._index.isin(rows))
            if unknown := [one for one in wanted.tolist() if one not in self._index]:
                raise ValueError(
                    f"selection_index has {unknown[0]!r}; expected entries of the scatter's index."
                )
        self.selection = rows

    def pick(self, index: int) -> None:
        """Pick a sample's code, as a click on its point does.

        Parameters
        ----------
        index
            Row number of the sample, below `n_samples`.
        """
        index = checks.positive_int("index", index, minimum=0)
        if index >= self.n_samples:
            raise ValueError(f"index is {index}; expected one below {self.n_samples}, a row of x.")
        self._pick_vector(self.z_mean[index], {"point": index})

    def try_pick(self, index: int) -> None:
        """Pick a sample's code; where it cannot be decoded, the page says why."""
        self._answer_pick({"point": index})

    def bookmark(self, name: str, z: ArrayLike | None = None) -> None:
        """Keep a latent vector (latent_dim,) under a name; None takes what is picked."""
        if z is None and not self.picked.size:
            raise ValueError(
                f"nothing is picked to be kept as {name!r}; click the plane first, or pass z."
            )
        self.bookmarks = {**self.bookmarks, name: self.picked if z is None else z}

    def attribute_vector(self, positive: ArrayLike, negative: ArrayLike) -> NDArray[np.float32]:
        """Return the mean code of one group minus that of another: float32 (latent_dim,).

        A. Larsen et al., "Autoencoding beyond pixels using a learned similarity metric",
        arXiv:1512.09300, section 4.2. Groups are rows of samples, or masks (n,).
        """
        for name, rows in (("positive", positive), ("negative", negative)):
            if np.asarray(rows).dtype == bool:  # a mask, one entry for each sample
                check_index(name, rows, self._index, "scatter")
        return attribute_vector(self.z_mean, positive, negative)

    def project(self, z: ArrayLike) -> NDArray[np.float32]:
        """Return where latent vectors z (m, latent_dim) lie on the plane: float32 (m, 2).

        It is (m, 1) where there is one coordinate only.
        """
        z = checks.samples("z", z, (self._codec.latent_dim,))
        return self._space.project(z)[:, list(self.dims)]

    def inverse_project(self, points: ArrayLike) -> NDArray[np.float32]:
        """Return the latent vectors (m, latent_dim) of points (m, 2) on the plane that is shown.

        They are (m, 1) where there is one coordinate only. Coordinates that are not shown have the
        values of `slice_at`.
        """
        points = checks.samples("points", points, (len(self.dims),))
        return self._space.from_plane(points, self.dims, self.slice_at)

    def far_from_data(self, z: ArrayLike) -> NDArray[np.bool_]:
        """Say of latent vectors (m, latent_dim) whether they are far from all data: bool (m,).

        A vector is far if its nearest code is farther away than 99 of 100 codes are from theirs.
        Dimensions are measured in posterior standard deviations, if the codec gives variances.
        """
        return self._space.off_data(checks.samples("z", z, (self._codec.latent_dim,)))

    def show_path(
        self, owner: str, positions: NDArray[np.float32], stops: NDArray[np.int64]
    ) -> None:
        """Draw a path (m, 2) with way-points at the indices `stops`, for the widget `owner`."""
        at = array_to_json(positions)
        self._path = {"slider": owner, "positions": at, "stops": stops.tolist()}

    def hide_path(self, owner: str = "") -> None:
        """Draw no path; with an `owner`, which could not place its own, it remains the owner."""
        self._path = {"not_shown": owner} if owner else {}

    @property
    def path_owner(self) -> str | None:
        """Model id of the widget whose path is shown, or cannot be shown here; None if none."""
        return self._path.get("slider", self._path.get("not_shown"))

    def carried(self, page: PageContents) -> dict[str, Any]:
        """Return the codes in all projections, the samples, and the model."""
        model = page.add_model(self._codec)
        spec = renderer_to_json(self._renderer)
        drawn_here = spec.get("name") in TWINS
        encoder, model = model, model if drawn_here else ""
        state: dict[str, Any] = {
            "_model": {"id": model, "renderer": spec} if model else {},
            "_has_sound": False,  # unless the page makes them itself
        }
        if drawn_here:  # by the page itself, from the samples
            state["_tiles"] = {}
        if model and not self._grid.get("error"):  # the page decodes the plane when it opens
            one = self._pictures.sample(0)
            state["_grid"] = {**self._grid, "columns": 1, "rows": 1, **one}
        far = self._space.off_data
        return {
            "model": model,
            "encoder": encoder,
            "codes": self.z_mean,
            "keys": index_to_json(self._index),
            "log_var": self._space.z_log_var,
            "scale": far.scale,
            "limit": far.limit if np.isfinite(far.limit) else None,
            "planes": self._space.planes(),
            "density": self._density
            or (self._prior and self._space.aggregated_posterior(self.dims)),
            "pictures": page.add_pictures(self.x, self._renderer),
            "state": state,
        }

    def _draw(self, figure: Any) -> None:
        picture.draw(figure, self, self._plane(), repr(self))

    def _summary(self) -> str:
        return picture.summary(self, self._plane())

    def _plane(self) -> picture.Plane:
        names = {axis["index"]: axis["name"] for axis in self._axes}
        path = self._path.get("positions")
        decoded = None
        if self.decoded.size:
            decoded = atlas_tiles(self._pictures.picked(self.decoded, -1))[0]
        return picture.Plane(
            self._positions,
            tuple(names[dim] for dim in self.dims),
            self._classes,
            self._class_names,
            None if path is None else array_from_json(path),
            decoded,
            self._hidden if self.color_by == "label" else self._hidden_sides,
        )

    # -- the plane that is shown ------------------------------------------------------------------

    def _coordinates(self) -> dict[str, Any]:
        return {
            "projection": self._space.name,
            "slice_at": self._space.center,
            "_projections": list(self._space.projections),
            "_axes": self._space.axes(),
        }

    def _change_plane(self, change: Any) -> None:
        with self.hold_sync():
            if self.projection != self._space.name:
                self._space.use(self.projection)
                for name, value in self._coordinates().items():
                    if name not in self._set_together:
                        self.set_trait(name, value)
                if "dims" not in self._set_together:
                    self.dims = None
            if (self.projection, self.dims) != self._plane_shown:
                self._show_plane()

    def _show_plane(self) -> None:
        self._plane_shown = self.projection, self.dims
        positions = self._space.coordinates[:, list(self.dims)]
        if len(self.dims) == 1:
            # Multiples of the golden ratio spread evenly, and no seed of the user makes the same.
            jitter = 2 * np.modf(np.arange(self.n_samples) * (np.sqrt(5) - 1) / 2)[0] - 1
            positions = np.column_stack([positions, jitter.astype(np.float32)])
        home = padded_bounds(positions)
        with self.hold_sync():
            self._positions, self._home = positions, home
            shown = {"projection": self.projection, "dims": list(self.dims)}
            self._linear = {**shown, **self._space.linear_map()}
            if "view" not in self._set_together:
                self.view = home
            self._prior = self._space.prior_center(self.dims)
            if not self._prior:
                self.prior = self.density = False
            self._density = {}
            self._find_density()
            if self._grid:
                self._grid = self._grid_or_error(self._preview)
            else:  # a decoder that fails at once is for the cell to know
                try:
                    self._grid = self._preview()
                except CannotDecodeError as error:
                    self._grid = self._pictures.no_plane(self._home, self.slice_at, error)
            self._mark_bookmarks()
            if self.picked.size:
                try:
                    where = self._where(self.picked_index)
                except Exception as error:  # of the user's transformer
                    self.picked = []
                    self._pick = {"point": -1, "at": None, "error": in_words(error)}
                else:
                    self._pick = {**self._pick, **where}
            else:
                self._pick = {}

    def _find_density(self, change: Any = None) -> None:
        if self.density and not self._density:
            self._density = self._space.aggregated_posterior(self.dims)

    def _mark_bookmarks(self, change: Any = None) -> None:
        places: dict[str, list[float]] = {}
        # All at once is quicker; where the user's transformer fails, those that it can place.
        for names in ([*self.bookmarks], *([name] for name in self.bookmarks)):
            if len(places) < len(self.bookmarks):
                with contextlib.suppress(Exception):
                    found = self.project([self.bookmarks[name] for name in names])
                    places |= zip(names, checks.float_array("places", found).tolist(), strict=True)
        self._bookmarked_at = places

    def _find_attribute(self, change: Any) -> None:
        both = self.group_a.size and self.group_b.size
        groups = self.group_a, self.group_b
        self.set_trait("attribute", self.attribute_vector(*groups) if both else [])

    def _preview(self) -> dict[str, Any]:
        return self._pictures.preview(self._home, self.dims, self.slice_at)
