"""Write the page that trains: one HTML file that works from the disk and offline."""

import os
from collections.abc import Sequence

from vae_widgets.core import checks
from vae_widgets.core.atomic_file import atomic_file, check_target
from vae_widgets.datasets import Dataset, load_dataset
from vae_widgets.playground.data_sets import carried_data_set, usual_data_sets
from vae_widgets.widgets.base.assets import shared_text, static_text
from vae_widgets.widgets.exported_page.contents import PageContents
from vae_widgets.widgets.exported_page.document import html_document


@checks.suggest_keywords
def save_playground(
    path: str | os.PathLike[str],
    datasets: Sequence[str | Dataset] | None = None,
    n_samples: int = 5000,
    title: str = "Train a VAE in your browser",
) -> None:
    """Write a page that trains a VAE while its reader watches the latent plane form.

    The page is one file. It needs no Python, no server and no network: a browser opens it from the
    disk. Its reader starts and pauses the training, moves beta and the learning rate, switches the
    KL term off, leaves out a class, compares with an autoencoder, and then decodes places of the
    plane, slides between codes and puts a threshold on anomaly scores. The reader's own CSV or NPY
    file or images take the place of the data sets.

    The network is ``VAE.build(sample_shape, latent_dim=2, hidden_units=(256,))`` with a Bernoulli
    likelihood, trained by Adam in batches of 128.

    Parameters
    ----------
    path
        Where to write the page; its name ends in ``.html``. An existing file is replaced.
    datasets
        Names for `load_dataset`, or a `Dataset` each: grey images or vectors of 2 to 4,096 values,
        not tokens.
        None takes 5,000 digits of MNIST, 1,500 pictures of Fashion-MNIST if these are on this
        computer, and the small digits of scikit-learn.
    n_samples
        The most samples of each given data set, at equal distances in its training and test
        samples; 20 to 5,000. The page trains on all of them.
    title
        Heading of the page.

    Raises
    ------
    TypeError, ValueError
        If an argument does not fit, or a data set has other samples than the page can train on.
    OSError
        If the file cannot be written.

    Warns
    -----
    UserWarning
        If MNIST, which `datasets` does not name, is neither here nor can be downloaded.

    Notes
    -----
    Images of more than 256 pixels are kept in 16 grey levels, so that a value changes by at most
    1/30 of its range, and 5,000 digits of MNIST take 0.7 MB. All other values are kept in 256
    levels. Values outside of [0, 1] are scaled to it, each feature of a vector by itself.

    Examples
    --------
    >>> vw.save_playground("playground.html", datasets=["digits"])
    """
    check_target(path, ".html")
    if not isinstance(title, str):
        raise TypeError(f"title must be a text; received {type(title).__name__}.")
    checks.int_up_to("n_samples", n_samples, 5000, "more would train too slowly", minimum=20)
    chosen = usual_data_sets() if datasets is None else _given(datasets, n_samples)
    contents = PageContents()
    data = {
        "title": title,
        "worker": static_text("playground_worker.js"),
        "data_sets": [contents.plain(carried_data_set(each, most)) for each, most in chosen],
        "buffers": contents.buffers,
    }
    page = html_document(
        title,
        [shared_text(".css"), static_text("playground.css")],
        shared_text(".js"),
        [static_text("playground.js")],
        data,
        workers=True,
    )
    with atomic_file(path) as file:
        file.write(page.encode())


def _given(datasets: Sequence[str | Dataset], n_samples: int) -> list[tuple[Dataset, int]]:
    if isinstance(datasets, str | Dataset) or not isinstance(datasets, Sequence) or not datasets:
        raise TypeError(
            f"datasets is {datasets!r}; expected a list of names and Datasets, such as ['digits']."
        )
    for each in datasets:
        if not isinstance(each, str | Dataset):
            raise TypeError(
                f"datasets holds a {type(each).__name__}; expected names or Datasets. Arrays go "
                "into vw.Dataset('my data', x_train=x, x_test=x)."
            )
    return [(load_dataset(each) if isinstance(each, str) else each, n_samples) for each in datasets]
