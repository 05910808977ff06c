"""The list of what other packages add to vae_widgets."""

import importlib

from vae_widgets.bundle.loading import CODECS
from vae_widgets.core.registry import Plugin
from vae_widgets.core.thresholds import METHODS
from vae_widgets.datasets import LOADERS
from vae_widgets.rendering import RENDERERS


def list_plugins() -> list[Plugin]:
    """List the data sets, renderers, codecs and threshold methods of other packages.

    It imports all of them. It also looks for packages that were installed since the program
    started, such as by ``%pip install`` in a notebook.

    Returns
    -------
    list of Plugin
        One for each entry point, with the attributes ``package``, ``version``, ``kind``, ``name``
        and ``state``: "ready", or "failed: " and the reason.

    Warns
    -----
    UserWarning
        Once for each plugin that cannot be used.

    Examples
    --------
    >>> for plugin in vw.list_plugins():
    ...     print(plugin.kind, plugin.name, plugin.package, plugin.version, plugin.state)
    """
    importlib.invalidate_caches()  # a package may have been installed within the last second
    registries = (LOADERS, RENDERERS, CODECS, METHODS)
    return [plugin for registry in registries for plugin in registry.plugins()]
