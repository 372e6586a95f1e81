"""Build the distributions and check them as users install them: `make release-check`, or with `TAG=v1.0.0`.

The wheel is installed in a fresh environment for each extra on each supported Python of this machine. Every area is
imported there, and `rekog --version` runs where the extra `cli` is installed. The last check fails while the project's
addresses are placeholders. `make test` has the quick checks of the wheel, in tests/test_packaging.py.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from collections.abc import Iterator
from email.parser import Parser
from pathlib import Path
from zipfile import ZipFile

from project_urls import ROOT, addresses

DIST = ROOT / "dist"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
PYTHONS = [name.rpartition(" ")[2] for name in PROJECT["classifiers"] if re.search(r":: 3\.\d+$", name)]
EXTRAS = ["none", *sorted(set(PROJECT["optional-dependencies"]) - {"all"}), "all"]
PLACEHOLDER = re.compile(r"OWNER|\bexample\b", re.IGNORECASE)
RELATIVE_LINK = re.compile(r"\]\((?!https://|#)([^)]+)\)")
IMPORTS = """
import importlib, pkgutil, sys
import rekog_versions

installed = set(sys.argv[1:])
names = [module.name for module in pkgutil.iter_modules(rekog_versions.__path__) if module.ispkg]
for name in names:
    if name.startswith("_") or (name == "cli" and not installed & {"cli", "all"}):
        continue
    area = importlib.import_module(f"rekog_versions.{name}")
    if name != "testing" or installed & {"testing", "server", "all"}:
        for public in getattr(area, "__all__", ()):
            getattr(area, public)
if installed & {"durable", "all"}:
    importlib.import_module("rekog_versions.workflows.durable")
for public in rekog_versions.__all__:
    getattr(rekog_versions, public)
assert "site-packages" in rekog_versions.__file__, rekog_versions.__file__
"""


def run(*command: object, cwd: Path = ROOT) -> str:
    """Run a command and return its output. Raise `RuntimeError` with the end of the output if it fails."""
    environment = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "VIRTUAL_ENV"}}
    done = subprocess.run([*map(str, command)], cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(map(str, command))[:200]}:\n{(done.stdout + done.stderr)[-2000:]}")
    return done.stdout


def find_python(version: str) -> Path | None:
    """Return an interpreter of `version`, such as 3.12: from PATH, from uv or from pyenv."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    candidates = [sys.executable, shutil.which(f"python{version}"), *sorted(pyenv.glob(f"{version}.*/bin/python"))]
    for candidate in filter(None, candidates):
        try:
            code = "import sys; print('{}.{}'.format(*sys.version_info))"
            if run(candidate, "-c", code).strip() == version:
                return Path(candidate)
        except RuntimeError:
            continue  # a shim of pyenv for a version that is not active
    return None


def check_sdist(sdist: Path) -> Iterator[str]:
    """Yield the files of the repository that are missing in the sdist, and files that are not in the repository."""
    with tarfile.open(sdist) as archive:
        inside = {name.partition("/")[2] for name in archive.getnames()} - {"PKG-INFO"}
    tracked = set(run("git", "ls-files").splitlines())
    if missing := tracked - inside:
        yield f"the sdist has not these files of the repository: {sorted(missing)[:5]}"
    if extra := inside - tracked:
        yield f"the sdist has files that are not in the repository: {sorted(extra)[:5]}"


def check_wheel(wheel: Path) -> Iterator[str]:
    """Yield the differences between the wheel and the package of the repository."""
    with ZipFile(wheel) as archive:
        names = set(archive.namelist())
    package = {name for name in names if ".dist-info/" not in name}
    tracked = set(run("git", "ls-files", "rekog_versions").splitlines())
    if package != tracked:
        yield f"the wheel differs from the package in: {sorted(package ^ tracked)[:5]}"
    if not {"rekog_versions/py.typed", "rekog_versions/__init__.pyi"} <= package:
        yield "the wheel has no types: py.typed or __init__.pyi is missing"


def check_metadata(wheel: Path, tag: str | None) -> Iterator[str]:
    """Yield the errors in the wheel's metadata."""
    with ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        metadata = Parser().parsestr(archive.read(name).decode())
    for field in ("Summary", "Author", "License-Expression", "License-File", "Requires-Python", "Project-URL"):
        if not metadata[field]:
            yield f"the metadata has no {field}"
    if metadata["Description-Content-Type"] != "text/markdown":
        yield "the description is not Markdown"
    if links := RELATIVE_LINK.findall(str(metadata.get_payload())):
        yield f"the README has relative links, which PyPI cannot follow: {links[:5]}"
    if tag and tag != f"v{metadata['Version']}":
        yield f"the tag must be v{metadata['Version']}, got {tag}"


def check_placeholders() -> Iterator[str]:
    """Yield the addresses that the owner of the project has not set."""
    for name, address in addresses().items():
        if PLACEHOLDER.search(address):
            yield f"{name} in pyproject.toml is a placeholder: {address}"


def check_install(python: Path, wheel: Path, extra: str, folder: Path) -> tuple[int, int]:
    """Install the wheel with `extra` in a fresh environment, use it, and return the number of packages and bytes."""
    run(python, "-m", "venv", "--without-pip", folder)
    inside = folder / "bin" / "python"
    wanted = str(wheel) if extra == "none" else f"{wheel}[{extra}]"
    try:
        run(sys.executable, "-m", "uv", "pip", "install", "--quiet", "--python", inside, wanted)
    except RuntimeError:  # pip reads settings that uv does not read, such as a company's index in pip.conf
        run(sys.executable, "-m", "pip", "--python", inside, "install", "--quiet", wanted)
    (packages,) = (folder / "lib").glob("python*/site-packages")
    size = sum(file.stat().st_size for file in packages.rglob("*") if file.is_file())
    run(inside, "-W", "error", "-c", IMPORTS, extra, cwd=folder)
    if extra in {"cli", "all"} and not re.search(r"\d+\.\d+", run(folder / "bin" / "rekog", "--version", cwd=folder)):
        raise RuntimeError("rekog --version has printed no version")
    return len(list(packages.glob("*.dist-info"))), size


def installs(wheel: Path) -> Iterator[str]:
    """Install the wheel with each extra on each Python, print the sizes, and yield the errors."""
    pythons = {version: find_python(version) for version in PYTHONS}
    print(f"{'extra':10}" + "".join(f"{f'Python {version}':>24}" for version in PYTHONS))
    for extra in EXTRAS:
        cells = []
        for version, python in pythons.items():
            if python is None:
                cells.append("not on this machine")
                continue
            with tempfile.TemporaryDirectory() as folder:
                try:
                    count, size = check_install(python, wheel, extra, Path(folder) / "env")
                    cells.append(f"{count} packages {size / 1e6:6.1f} MB")
                except RuntimeError as error:
                    cells.append("FAILED")
                    yield f"Python {version} with the extra {extra}: {error}"
        print(f"{extra:10}" + "".join(f"{cell:>24}" for cell in cells), flush=True)
    if missing := [version for version, python in pythons.items() if python is None]:
        print(f"not checked, because this machine does not have it: Python {', '.join(missing)}")


def main() -> int:
    """Run all checks; return 1 if one of them fails."""
    parser = argparse.ArgumentParser(description="Build and check the distributions of a release.")
    parser.add_argument("--tag", help="the tag of the release, which must be v<version>")
    tag: str | None = parser.parse_args().tag
    shutil.rmtree(DIST, ignore_errors=True)
    run(sys.executable, "-m", "build", "--outdir", DIST)
    (sdist,), (wheel,) = DIST.glob("*.tar.gz"), DIST.glob("*.whl")
    for file in (sdist, wheel):
        print(f"{file.name}: {file.stat().st_size / 1e3:.0f} kB")
    print(run(sys.executable, "-m", "twine", "check", "--strict", sdist, wheel).strip())
    errors = [*check_sdist(sdist), *check_wheel(wheel), *check_metadata(wheel, tag), *installs(wheel)]
    errors += check_placeholders()
    for error in errors:
        print(f"error: {error}")
    print(f"{len(errors)} errors" if errors else "ready for a release")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
