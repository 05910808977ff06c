"""Sphinx: how `make site` builds the documentation, without a network."""

import os
import sys
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"  # what TensorFlow says of this machine is no warning here
sys.path.insert(0, str(Path(__file__).parent))

import vae_widgets

project = "vae_widgets"
author = "the vae_widgets developers"
project_copyright = author
version = release = vae_widgets.__version__

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.napoleon",
    "sphinx_extensions.docstrings",
    "sphinx_extensions.mathml",
    "sphinx_extensions.repository_links",
]
exclude_patterns = ["assets", "sphinx_extensions", "templates"]
templates_path = ["templates"]

# Notebooks are executed by live_notebooks.py, before Sphinx starts.
nb_execution_mode = "off"
nb_ipywidgets_js = {}  # an exported page needs none, and these come from a network
nb_merge_streams = True
myst_enable_extensions = ["attrs_block", "colon_fence", "dollarmath"]
myst_heading_anchors = 3
pygments_style = "default"
smartquotes_action = "D"  # dashes alone: the quotes of "pca" in a docstring are Python

# Docstrings leave types to the signature.
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
autodoc_member_order = "bysource"
autodoc_inherit_docstrings = False
napoleon_google_docstring = False
napoleon_attr_annotations = False  # an argument and an attribute may have the same name
napoleon_custom_sections = [("Attributes", "params_style")]  # no links by chance
napoleon_use_rtype = False
default_role = "py:obj"  # a link where `name` has a page
add_module_names = False
toc_object_entries_show_parents = "hide"

nitpicky = True
# Names of other libraries, whose lists would have to be fetched, and words in place of a type.
nitpick_ignore_regex = [
    ("py:.*", r"(?!vae_widgets\.).*"),
    ("py:.*", r".*\.(CodeStatistics|ExportSpec|OnnxGraph)"),  # between parts of the package
]

html_theme = "pydata_sphinx_theme"
html_title = "vae_widgets"
html_static_path = ["assets"]
html_css_files = ["site.css"]
html_js_files = [(name, {"defer": "defer"}) for name in ("live_page.js", "exercises.js")]
html_favicon = "../vae_widgets/frontend/labextension/icons/vae_file.svg"
html_extra_path = ["live"]
html_context = {"default_mode": "auto"}  # light or dark as the system, until the reader chooses
html_copy_source = False
html_show_sourcelink = False
html_sidebars = {"index": []}
html_theme_options = {
    "navbar_align": "left",
    "show_prev_next": False,
    "back_to_top_button": False,  # it lies over the text
    "primary_sidebar_end": [],  # no place for advertisements
    "secondary_sidebar_items": {"**": ["page-toc"], "index": []},
    "footer_start": ["copyright"],
    "footer_end": [],
    "pygments_light_style": "default",
    "pygments_dark_style": "github-dark",
}
