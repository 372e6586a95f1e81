"""The documentation site that `make docs` builds: its names, its links and its files."""

import importlib
import zlib
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.chromium import document_of, needs_chromium
from tests.test_api import AREAS

ROOT = Path(__file__).parent.parent
SITE = ROOT / "build" / "site"
LOADED = {"script": "src", "img": "src", "link": "href", "iframe": "src"}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not SITE.exists(), reason=f"{SITE} does not exist. Run `make docs`, which builds the site."),
]


@dataclass
class Page(HTMLParser):
    """The ids, the links and the loaded files of a page."""

    ids: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    loaded: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if name := found.get("id"):
            self.ids.add(name)
        if tag == "a" and (link := found.get("href")):
            self.links.append(link)
        if (file := found.get(LOADED.get(tag, ""))) and found.get("rel") not in {"canonical", "next", "prev"}:
            self.loaded.append(file)


@cache
def page(path: Path) -> Page:
    parsed = Page()
    parsed.feed(path.read_text("utf-8"))
    return parsed


def pages() -> list[Path]:
    return sorted(SITE.rglob("*.html"))


def documented() -> set[str]:
    """Return the Python names in the inventory of the site."""
    lines = (SITE / "objects.inv").read_bytes().split(b"\n", 4)
    entries = (line.split() for line in zlib.decompress(lines[4]).decode().splitlines())
    return {name for name, role, *_ in entries if role.startswith("py:")}


@pytest.mark.parametrize("area", [area for area in AREAS if area])
def test_every_public_name_of_an_area_is_in_the_reference(area: str) -> None:
    module = importlib.import_module(f"rekog_versions{area}")
    assert {f"{module.__name__}.{name}" for name in module.__all__} - documented() == set()


def test_every_public_name_of_the_root_is_in_the_reference() -> None:
    import rekog_versions

    text = (ROOT / "docs" / "reference" / "root.md").read_text("utf-8")
    assert [name for name in vars(rekog_versions)["__all__"] if f"{name}`" not in text] == []


def test_every_internal_link_leads_to_a_page_and_an_anchor() -> None:
    broken = []
    for path in pages():
        for link in page(path).links:
            url = urlsplit(link)
            if url.scheme or url.netloc:
                continue
            target = (path.parent / unquote(url.path)).resolve() if url.path else path
            if not target.exists() or (
                url.fragment and target.suffix == ".html" and unquote(url.fragment) not in page(target).ids
            ):
                broken.append(f"{path.relative_to(SITE)}: {link}")
    assert broken == []


def test_the_site_loads_nothing_from_other_hosts() -> None:
    assert [(path.name, file) for path in pages() for file in page(path).loaded if urlsplit(file).netloc] == []


def test_the_search_index_is_a_file_of_the_site_that_has_the_pages_and_the_names() -> None:
    index = (SITE / "searchindex.js").read_text("utf-8")
    assert all(f'"{name}"' in index for name in ("how-to/training", "reference/api/hosting", "tutorial/first-training"))
    assert "running_models" in index
    assert "searchindex.js" in " ".join(page(SITE / "search.html").loaded)


@needs_chromium
def test_the_search_works_offline_from_the_files() -> None:
    found = document_of(SITE / "search.html", "?q=running_models").partition('id="search-results"')[2]
    assert 'href="reference/api/hosting.html#rekog_versions.hosting.running_models"' in found
    assert 'href="how-to/models.html"' in found
