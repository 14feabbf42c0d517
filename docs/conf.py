"""The documentation site: ``sphinx-build -W -c docs . build/site`` from the root of the repository.

The sources are pages of docs/, proofs/ and coq/ where they stand, so that their links work in the repository and on the
site. Pages that begin with a header for notebooks are executed by the build; an error in one ends it.
"""

import re

from pygments.lexers.special import TextLexer

import exactrelu

project = "exactrelu"
author = "The exactrelu authors"
copyright = author  # the name that Sphinx looks for
release = version = exactrelu.__version__
html_title = f"exactrelu {release}"

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.mathjax", "sphinx_argparse_cli"]
root_doc = "docs/index"
include_patterns = ["docs/**", "proofs/*.md", "coq/README.md", "CHANGELOG.md"]
exclude_patterns = ["docs/site/**"]
html_theme = "furo"
html_extra_path = ["site"]
html_copy_source = False

myst_enable_extensions = ["dollarmath"]
myst_fence_as_directive = ["math"]
myst_heading_anchors = 3
nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 120
nb_execution_in_temp = True
nb_execution_show_tb = True

autodoc_member_order = "bysource"
autodoc_class_signature = "separated"
default_role = "code"  # docstrings write names as Markdown does


def _with_plain_mathematics(app, name, source):
    """Write mathematics between backticks, as the pages of proofs/ have it, as MyST reads it."""
    source[0] = re.sub(r"\$`(.+?)`\$", r"$\1$", source[0], flags=re.DOTALL)


def _with_plain_bars(app, what, name, subject, options, lines):
    """Escape the bars of absolute values outside of quoted code: substitutions have them in reStructuredText."""
    for i, line in enumerate(lines):
        lines[i] = re.sub(r"(`[^`]*`)|\|", lambda found: found[1] or r"\|", line) if ">>>" not in line else line


def setup(app):
    """Let Sphinx know what is done to the pages."""
    app.add_lexer("mermaid", TextLexer)  # the picture of a graph, which GitHub draws
    app.connect("source-read", _with_plain_mathematics)
    app.connect("autodoc-process-docstring", _with_plain_bars)
    return {"parallel_read_safe": True}
