"""Document the public names: docstrings become reStructuredText, and code that names one links to its entry.

- Docstrings are plain text with single backticks and Google's sections. Only backticks have a meaning in them.
- The attributes that the docstring of a class lists are documented where autodoc lists them with their types.
- Inline code such as `train()` links to the entry of the name, in docstrings and in Markdown pages.
"""

import importlib
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.nodes import make_refnode

CODE = re.compile(r"(`+)(.+?)\1")
SPECIAL = re.compile(r"([*|\\]|_(?=\W|$))")
SECTION = re.compile(r"^Attributes:$")
ENTRY = re.compile(r"^    (\w+): (.*)$")
LINKED = {"class", "exception", "function", "module"}
LITERAL = "\0"
COLON = "\1"
LINK = re.compile(r"^(?:\w+\.)*\w+(?:\(\))?$")


def attributes_of(kind: type) -> dict[str, list[str]]:
    """Return the description of each attribute in the section "Attributes" of the class's docstring."""
    found: dict[str, list[str]] = {}
    for base in reversed(kind.__mro__):
        lines = iter((base.__doc__ or "").splitlines())
        for line in lines:
            if SECTION.match(line.strip()):
                found |= _entries(lines)
    return found


def _entries(lines: Iterator[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    current: list[str] = []
    for line in lines:
        text = line.removeprefix("    ")
        if entry := ENTRY.match(text):
            current = found[entry[1]] = [entry[2]]
        elif text.startswith("        "):
            current.append(text.strip())
        else:
            break
    return found


def without_attributes(lines: list[str]) -> list[str]:
    """Return the docstring of a class without its section "Attributes"."""
    kept, inside = [], False
    for line in lines:
        if SECTION.match(line):
            inside = True
        elif inside and line.strip() and not line.startswith(" "):
            inside = False
        if not inside:
            kept.append(line)
    return kept


def to_rest(line: str) -> str:
    """Return a line of a docstring as reStructuredText: inline code is kept, everything else is literal."""
    if line.startswith(LITERAL):
        return line.removeprefix(LITERAL)
    parts, end = [], 0
    for code in CODE.finditer(line):
        parts += [SPECIAL.sub(r"\\\1", line[end : code.start()]), rf"\ ``{code[2]}``\ "]
        end = code.end()
    return "".join([*parts, SPECIAL.sub(r"\\\1", line[end:])])


def with_literal_blocks(lines: list[str]) -> list[str]:
    """Mark indented text after plain text as literal, as Markdown does, unless it belongs to a section."""
    result: list[str] = []
    inside = False
    for before, line in zip(["", *lines], lines, strict=False):
        if inside and line.strip() and not line.startswith("    "):
            inside = False
        elif not inside and line.startswith("    ") and not before.strip() and not _in_section(result):
            inside = True
            result += ["::", ""]
        result.append(f"{LITERAL}{line}" if inside and line.strip() else line)
    return result


def _in_section(lines: list[str]) -> bool:
    heads = [line for line in lines if line.strip() and not line.startswith(" ")]
    return bool(heads) and re.fullmatch(r"[A-Z]\w+:", heads[-1]) is not None


def convert(app: Sphinx, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    """Convert a docstring in place, before napoleon reads its sections."""
    if what == "attribute" and not any(lines):
        module, _, rest = name.partition(".")
        parent: Any = importlib.import_module(module)
        for part in rest.split(".")[:-1]:
            parent = getattr(parent, part)
        lines[:] = attributes_of(parent).get(rest.rpartition(".")[2], [])
    elif what in {"class", "exception"}:
        lines[:] = without_attributes(lines)
    if what in {"attribute", "data"} and lines:
        lines[0] = lines[0].replace(":", COLON)  # napoleon takes the text before a colon for a type
    lines[:] = [to_rest(line) for line in with_literal_blocks(lines)]


def restore(app: Sphinx, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    """Restore the colons that napoleon must not read."""
    lines[:] = [line.replace(COLON, ":") for line in lines]


class LinkNames(SphinxPostTransform):
    """Link inline code that is a public name."""

    default_priority = 200

    def run(self, **_: Any) -> None:
        """Wrap each such literal in a reference."""
        objects = self.env.get_domain("py").objects  # type: ignore[attr-defined]
        index = defaultdict[str, set[str]](set)
        for name, entry in objects.items():
            parts = name.split(".")
            for size in range(0 if entry.aliased else len(parts)):
                index[".".join(parts[size:])].add(name)
        for literal in list(self.document.findall(nodes.literal)):
            text = literal.astext()
            if not LINK.match(text) or isinstance(literal.parent, nodes.reference | nodes.title):
                continue
            found = index.get(text.removesuffix("()"), set())
            if len(found) == 1:
                (name,) = found
                entry = objects[name]
                if text.endswith("()") or entry.objtype in LINKED:
                    page = self.env.current_document.docname
                    link = make_refnode(self.app.builder, page, entry.docname, entry.node_id, literal.deepcopy(), name)
                    literal.replace_self(link)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension."""
    app.connect("autodoc-process-docstring", convert, priority=400)
    app.connect("autodoc-process-docstring", restore, priority=600)
    app.add_post_transform(LinkNames)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
