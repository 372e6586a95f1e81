"""Write the help pages of `rekog` and the fields of its JSON into their reference pages while the site is built."""

import re
from typing import TYPE_CHECKING, Any

from rekog_versions.cli.app import app
from rekog_versions.cli.exit_codes import ExitCode
from rekog_versions.cli.help_pages import pages
from rekog_versions.cli.json_schema import Schema, outputs, schema_of

if TYPE_CHECKING:  # the tests of these functions run without Sphinx
    from sphinx.application import Sphinx

PLACES = {
    "reference/commands": "<!-- the help pages -->",
    "reference/command-output": "<!-- the fields -->",
}


def commands() -> str:
    """Return the exit codes and the help page of each command as Markdown."""
    codes = ["| code | meaning |", "|---|---|", *(f"| {code} | {code.meaning} |" for code in ExitCode)]
    sections = [f"## {' '.join(('rekog', *path))}\n\n```text\n{text}```" for path, text in pages(app)]
    return "\n\n".join(["## Exit codes", "\n".join(codes), *sections])


def fields() -> str:
    """Return the output of each command, and the fields of each type in it, as Markdown."""
    kinds: dict[str, Schema] = {}
    sections: list[str] = []
    for command in outputs():
        schema = schema_of(command)
        _collect(schema, kinds)
        table = _table(schema)
        sections.append(f"## rekog {command}\n\n{_linked(table or _summary(schema), kinds)}")
    types = [f"### {name}\n\n{_linked(_table(schema), kinds)}" for name, schema in sorted(kinds.items())]
    return "\n\n".join([*sections, "## Types", *types])


def _collect(schema: Schema, kinds: dict[str, Schema]) -> None:
    """Add the types of a schema that have fields."""
    for one in (*schema.get("anyOf", ()), *filter(None, [schema.get("items"), schema.get("additionalProperties")])):
        _collect(one, kinds)
    if schema.get("properties") and "title" in schema:
        if schema["title"] in kinds:
            return
        kinds[schema["title"]] = {name: value for name, value in schema.items() if name != "title"}
    for member in schema.get("properties", {}).values():
        _collect(member, kinds)


def _table(schema: Schema) -> str:
    lines = [
        f"| `{name}` | {_summary(member)} |"
        for one in schema.get("anyOf", [schema])
        if "title" not in one
        for name, member in one.get("properties", {}).items()
    ]
    lines += [f"| | or {_summary(one)} |" for one in schema.get("anyOf", ()) if "title" in one and lines]
    return "\n".join(["| field | type |", "|---|---|", *lines]) if lines else ""


def _linked(text: str, kinds: dict[str, Schema]) -> str:
    return re.sub(r"`(\w+)`", lambda name: f"[{name[0]}](#{name[1].lower()})" if name[1] in kinds else name[0], text)


def _summary(schema: Schema) -> str:
    """Return the type in a few words."""
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(_summary(one) for one in schema["anyOf"]))
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    kinds: Any = schema.get("type", "object")
    text = " or ".join([kinds] if isinstance(kinds, str) else kinds)
    if text == "array":
        return f"array of {_summary(schema['items'])}"
    if schema.get("format"):
        return f"{text} ({schema['format']})"
    if isinstance(schema.get("additionalProperties"), dict):
        return f"object of {_summary(schema['additionalProperties'])}"
    return f"`{schema['title']}`" if "title" in schema else text


def _insert(_: "Sphinx", page: str, source: list[str]) -> None:
    if page in PLACES:
        generated = commands() if page == "reference/commands" else fields()
        source[0] = source[0].replace(PLACES[page], generated)


def setup(sphinx: "Sphinx") -> dict[str, Any]:
    """Register the extension."""
    sphinx.connect("source-read", _insert)
    return {"parallel_read_safe": True}
