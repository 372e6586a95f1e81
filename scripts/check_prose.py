"""Report banned wording in code, docs, tests and examples: `python scripts/check_prose.py [FILE...]`.

CONTRIBUTING.md, "Prose", has the rules; this script finds the patterns that can be found without reading. In Python files it
reads comments and string literals, in Markdown and TOML files everything. A line with `prose: ignore` is skipped.
"""

import io
import re
import subprocess
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

NOUN = r"(?:is|are|was|were|be|being)"
BANNED = {
    rf"(?<![Tt]here )\b{NOUN} (?:no|none)\b(?! (?:longer|more than|fewer|less|later|earlier|further))": "'is not a' or 'is invalid'",
    rf"\b{NOUN}n't (?:any|no)\b": "'is not a'",
    r"\b(?:stands?|stood) (?:in|beside|there|for it|on|over|between)\b": "'is in', 'is listed in'",
    r"\b(?:tells?|told)\b": "'reports', 'says'; 'by default' for 'unless told otherwise'",
    r"\b(?:a|each|one|first|last|next|this|another|every|the) looks?\b": "'a poll', 'a lookup', 'a check'",
    r"\blook(?:s|ed)? (?:at|for) (?:it|them) (?:again|later)\b": "'is polled', 'is looked up'",
    r"\b(?:goes|go|going|went) on\b": "'continues', 'is still running'",
    r"\b(?:made of|tells of|told of)\b": "'created from', 'describes'",
    rf"\b{NOUN} (?:not )?to be\b": "'must', 'must not'",
    r"\bpassing (?:reason|error|failure|problem)s?\b": "'retryable'",
    r"\brefus(?:es?|ed|al|als|ing)\b": "'rejects', 'rejected request'",
    r"\b(?:befalls?|befell|grafts?|grafted|mend(?:s|ed|ing)?)\b": "'apply', 'patch', 'fix'",
    r"\b(?:the house|the rooms?|the roof|who may know)\b": "'package', 'module', 'layer', 'dependency rule'",
    r"\b[Ww]hoever\b": "name the subject",
    r"(?:^|[.:;] |\"\"\"|# )(?:What|Who|Whoever|Whether) (?!if\b|it looks)[a-z' ]+[.,;:]": "start with a concrete subject",
    r"\bof its own kind\b|\bthe like of\b|\bby itself alone\b": "plain words",
    r"\b(?:is|are) had\b|\bto be had\b": "'is available', 'could be read'",
    r"\bsee(?:s|n)? to it\b": "'make sure'",
    r"\bnobody else\b": "name the subject",
}
PATTERNS = [(re.compile(pattern), instead) for pattern, instead in BANNED.items()]
QUESTION = re.compile(r"\?\s*$")
SUFFIXES = {".py", ".pyi", ".md", ".toml"}


def prose(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the lines of `path` that people read, with their numbers."""
    text = path.read_text()
    if path.suffix not in {".py", ".pyi"}:
        yield from enumerate(text.splitlines(), 1)
        return
    strings = {tokenize.STRING, tokenize.COMMENT, getattr(tokenize, "FSTRING_MIDDLE", tokenize.STRING)}
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type in strings:
            yield from enumerate(token.string.splitlines(), token.start[0])


def main(arguments: list[str]) -> int:
    """Print each finding; returns 1 if there is one."""
    if arguments:
        paths = [Path(argument) for argument in arguments]
    else:
        listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
        paths = [ROOT / name for name in listed.splitlines()]
    found = 0
    for path in paths:
        if path.suffix not in SUFFIXES or not path.exists() or path.name == Path(__file__).name:
            continue
        for number, line in prose(path):
            if "prose: ignore" in line or QUESTION.search(line):
                continue
            for pattern, instead in PATTERNS:
                if match := pattern.search(line):
                    found += 1
                    print(f"{path}:{number}: {match.group(0).strip()!r}: write {instead}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
