"""Write the project's addresses from pyproject.toml into the files that show them: `python scripts/project_urls.py`.

pyproject.toml has the address of the repository, the address of the documentation and the security contact. Other files
link to places in the repository (.../blob/main/..., .../issues, ...) and name the contact as `<name@host>`. PyPI shows the
README, so its links must be absolute. With `--check`, the files are compared and not written.
"""

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FILES = ["pyproject.toml", "README.md", "SECURITY.md", "CODE_OF_CONDUCT.md", ".github/ISSUE_TEMPLATE/config.yml"]
IN_REPOSITORY = re.compile(r"https://[\w.-]+/[\w./-]+?(?=/(?:blob|tree)/main/|/issues\b|/security\b)")
DOCUMENTATION = re.compile(r"(?<=url: )https://\S+(?= # documentation)")
CONTACT = re.compile(r"(?<=<)[\w.+-]+@[\w.-]+(?=>)")


def addresses() -> dict[str, str]:
    """Return the addresses and the contact that the owner of the project sets."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    return {**settings["project"]["urls"], "security-contact": settings["tool"]["rekog_versions"]["security-contact"]}


def written(text: str, addresses: dict[str, str]) -> str:
    """Return `text` with the addresses in all places that show one."""
    text = IN_REPOSITORY.sub(addresses["Repository"].rstrip("/"), text)
    text = DOCUMENTATION.sub(addresses["Documentation"], text)
    return CONTACT.sub(addresses["security-contact"], text)


def main(arguments: list[str]) -> int:
    """Write the files, or return 1 if `--check` finds one with other addresses."""
    current = addresses()
    different = []
    for name in FILES:
        before = (ROOT / name).read_text("utf-8")
        after = written(before, current)
        if after != before:
            different.append(name)
            if "--check" not in arguments:
                (ROOT / name).write_text(after, "utf-8")
    if different and "--check" in arguments:
        print(f"{', '.join(different)}: addresses differ from pyproject.toml. Run: python scripts/project_urls.py")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
