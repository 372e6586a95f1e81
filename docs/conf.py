"""The settings of the documentation site: `make docs`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_extensions"))
sys.path.insert(0, str(Path(__file__).parent.parent))

import rekog_versions

project = "rekog_versions"
author = "The rekog_versions developers"
copyright = author
release = version = rekog_versions.__version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx_copybutton",
    "public_names",
    "command_pages",
]
exclude_patterns = ["_build"]
default_role = "literal"  # docstrings have single backticks
add_module_names = False
toc_object_entries_show_parents = "hide"

autodoc_default_options = {"members": True, "undoc-members": True}
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
autodoc_preserve_defaults = True
python_maximum_signature_line_length = 88
python_use_unqualified_type_names = True
napoleon_google_docstring = True
napoleon_numpy_docstring = False

myst_heading_anchors = 3


html_theme = "furo"
html_title = f"rekog_versions {release}"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_show_sourcelink = False
html_copy_source = False
