"""Settings of Sphinx. The pages of rules, codes and commands are written from the package before each build."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

import _reference  # noqa: E402 - lies beside this file

import proxyaddr  # noqa: E402 - as above

project = "proxyaddr"
author = "proxyaddr maintainers"
release = version = proxyaddr.__version__
extensions = ["myst_parser", "sphinx.ext.autodoc"]
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = f"proxyaddr {release}"
html_copy_source = False
html_show_sphinx = False
html_show_copyright = False
myst_heading_anchors = 3
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
autodoc_typehints = "description"
autodoc_typehints_format = "short"
autodoc_default_options = {"members": True}
suppress_warnings = ["myst.xref_missing"]  # README's links to files of the repository, where a page includes it

_CODE = re.compile(r"(`[^`]+`)")
_MARKUP = re.compile(r"[*|_\\]")


def _as_restructured_text(*arguments: Any) -> None:  # noqa: ANN401 - Sphinx gives six of several types
    """Turn a docstring as it is written here, with Markdown's code spans, into reStructuredText."""
    lines: list[str] = arguments[-1]
    in_example = False
    for number, line in enumerate(lines):
        in_example = bool(line.strip()) and (in_example or line.lstrip().startswith(">>>"))
        if not in_example:
            parts = _CODE.split(line)  # what stands between, and the code spans
            parts[::2] = [_MARKUP.sub(r"\\\g<0>", part) for part in parts[::2]]
            parts[1::2] = [f"`{part}`" for part in parts[1::2]]
            lines[number] = "".join(parts)


def setup(app: Any) -> None:  # noqa: ANN401 - Sphinx's application
    """Write the generated pages before Sphinx looks for its sources."""
    app.connect("autodoc-process-docstring", _as_restructured_text)
    _reference.write(HERE / "reference")
