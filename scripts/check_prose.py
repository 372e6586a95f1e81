"""Report banned wording in code, docs, tests and examples: `python scripts/check_prose.py [FILE...]`.

CONTRIBUTING.md, "Prose", has the rules. This script finds the patterns that can be found without reading. In Python
files it checks comments, string literals and the names of test functions; in Markdown and TOML files it checks everything
but inline code. Adjacent lines are joined first, so a pattern is also found across a line break. A line that contains
`prose: ignore` is skipped: use that only for texts that the service defines.

With `--sentences`, it lists sentences of more than 25 words too. That list helps while writing and fails no check.
"""

import io
import re
import subprocess
import sys
import tokenize
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BE = r"(?:is|are|was|were|be|been|being|isn't|aren't)"
HAVE = r"(?:has|have|had)"
SUBORDINATE = r"(?:What|Who|Whoever|Whatever|Whether)"
BANNED = {
    rf"(?<![Tt]here )\b{BE} no(?:ne)?\b"
    r"(?! (?:longer|more|fewer|less|later|earlier|further|one\b|other))": "'is not a', 'is invalid'",
    r"\b(?:stands?|stood|standing) (?:in\b(?! for)|beside|there|for it|on\b|over|between|at|as)": (
        "'is in', 'is listed in'"
    ),
    r"\b(?:tells?|telling|told)\b": "'reports', 'says'; 'by default' for 'unless told otherwise'",
    r"\b(?:a|each|one|first|second|last|next|this|that|another|every|the|its|two|no|many|few|of) looks?\b(?! up| like| alike)": (
        "'a poll', 'a lookup', 'a check'"
    ),
    r"\b(?:look(?:s|ed|ing)?) (?:at|for) (?:it|them) (?:again|later)\b": "'is polled', 'is looked up'",
    r"\blooks? after\b": "'handle'",
    r"\b(?:goes|go|going|went|gone) on\b(?! to\b)": "'continues', 'is still running'",
    r"\b(?:made of|tells of|told of|makes? of|made out of)\b": "'created from', 'describes'",
    rf"\b{BE} (?:not )?to (?:be|have|do|go|stay|come|hold|say|look|start|stop|run|fail|end|get|take|give|make)\b": (
        "'must', 'must not', 'should'"
    ),
    r"\bpassing (?:reason|error|failure|problem|trouble)s?\b": "'retryable'",
    r"\bpass(?:es)? by (?:it|them)sel(?:f|ves)\b": "'is retryable'",
    r"\brefus(?:es?|ed|als?|ing)\b": "'reject', 'rejected request'",
    r"\b(?:befalls?|befell|befallen|grafts?|grafted|mend(?:s|ed|ing)?|spoilt)\b": "'apply', 'patch', 'fix', 'invalid'",
    r"\b(?:the house|the rooms?\b|the roof|rules of the house|who may know)": (
        "'package', 'module', 'layer', 'dependency rule'"
    ),
    r"\b[Ww]ho(?:so)?ever\b": "name the subject",
    rf"(?:^|[.:;!?] |\"|# ){SUBORDINATE} (?!if\b|it looks|is new\b)[a-zA-Z'`_() ]+[.,;:]": (
        "a named subject at the start"
    ),
    r"\bof (?:its|their|one's|his|her) own (?:kind|accord)\b|\bthe like of\b|\bby itself alone\b": "plain words",
    r"\b(?:is|are|was|were|cannot be|can't be|to be) had\b": "'is available', 'could be read'",
    r"\bsee(?:s|n)? to (?:it|that)\b": "'make sure'",
    r"\bnobody else\b": "name the subject",
    rf"\b{HAVE} (?:it|them) that\b": "plain words",
    r"\b(?:the|an|its|that|this|each|every|first|lost|whose|no) answers? (?:was|were|is|are|came|did|had|has|of|to|that)\b": (
        "'response'"
    ),
    r"\banswers? lost\b|\b(?:lost|raw|large|service's|HTTP) answers?\b|\banswers? (?:was|were|is) lost\b": "'response'",
    r"\bis answered\b|\bare answered\b|\b(?:service|S3|server|wire|AWS) answers\b": "'responds', 'returns'",
    r"\bno matter\b.*\bof whom\b|\bof whom\b|\bto whom\b|\bwhom\b": "name the subject",
    r"\bone's own\b|\bof one's\b": "'your own'",
    r"\btake(?:n|s)? (?:it |them )?up (?:again|in)\b": "'resume'",
    r"\bway(?:s)? out\b": "'exit path'",
    r"\bin words\b": "'as text'",
    r"\bon the wire\b(?! format)": "'in the request', 'on the network'",
    r"\b(?:comes|came|come) (?:out of|of) (?:it|them|this|that)\b": "'result'",
    r"\bas (?:it|they) (?:stands?|came|comes?|is|are) *(?=[.,;\"])": "'unchanged'",
    r"\bfor ever\b": "'forever', 'without end'",
    r"\bgot along with\b": "'supported'",
    r"\bthat long\b(?= *[.,;\"])": "name the duration",
    r"\b(?:known|looked|seen|asked|heard) of\b": "plain words",
    r"\bnot looked at\b": "'not checked'",
    r"\b[Cc]ompared (?:are|is)\b|\b[Hh]ere alone\b|\b[Ll]eft out are\b|\b[Nn]amed are\b": "subject, verb, object",
    r"\bmoney is\b": "'is billed'",
}
PATTERNS = [(re.compile(pattern), instead) for pattern, instead in BANNED.items()]
QUESTION = re.compile(r"\?\s*$")
INLINE_CODE = re.compile(r"(`+)[^`\n]+\1")
SUFFIXES = {".py", ".pyi", ".md", ".toml"}
GENERATED = "_sync/"
MOST_WORDS = 25


@dataclass(frozen=True)
class Passage:
    """Lines of text that belong together."""

    first: int
    """The number of the first line."""
    lines: list[str]

    @property
    def text(self) -> str:
        """The lines, joined by spaces, without inline code."""
        return INLINE_CODE.sub(lambda code: "_" * len(code.group()), " ".join(line.strip() for line in self.lines))

    def line(self, position: int) -> int:
        """Return the number of the line that contains the character at `position` of the text."""
        starts = [0]
        for line in self.lines[:-1]:
            starts.append(starts[-1] + len(line.strip()) + 1)
        return self.first + bisect_right(starts, position) - 1


def passages(path: Path) -> Iterator[Passage]:
    """Yield the passages of `path` that people read."""
    text = path.read_text(encoding="utf-8")
    if path.suffix in {".py", ".pyi"}:
        yield from _of_python(text)
    else:
        yield from _paragraphs(enumerate(text.splitlines(), 1))


def _paragraphs(lines: Iterable[tuple[int, str]]) -> Iterator[Passage]:
    first, block = 0, list[str]()
    for number, line in lines:
        starts_anew = not line.strip() or line.lstrip().startswith(("- ", "* ", "| ", "#", "```"))
        if block and (starts_anew or number != first + len(block)):
            yield Passage(first, block)
            block = []
        if line.strip():
            if not block:
                first = number
            block.append(line)
    if block:
        yield Passage(first, block)


def _of_python(text: str) -> Iterator[Passage]:
    strings = {tokenize.STRING, getattr(tokenize, "FSTRING_MIDDLE", tokenize.STRING)}
    comments: list[tuple[int, str]] = []
    previous = ""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            comments.append((token.start[0], token.string.lstrip("# ")))
        elif token.type in strings:
            yield from _paragraphs(enumerate(token.string.splitlines(), token.start[0]))
        elif token.type == tokenize.NAME and previous == "def" and token.string.startswith("test_"):
            yield Passage(token.start[0], [token.string.replace("_", " ")])
        if token.type == tokenize.NAME:
            previous = token.string
    yield from _paragraphs(comments)


def findings(path: Path) -> Iterator[tuple[int, str, str]]:
    """Yield the line, the wording and the suggestion of each banned pattern in `path`."""
    for passage in passages(path):
        text = passage.text
        for pattern, instead in PATTERNS:
            for match in pattern.finditer(text):
                line = passage.line(match.start())
                source = passage.lines[line - passage.first]
                if "prose: ignore" not in source and not (QUESTION.search(source) and len(passage.lines) == 1):
                    yield line, match.group().strip(), instead


def long_sentences(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the line and the text of each sentence in `path` that has too many words."""
    for passage in passages(path):
        for sentence in re.finditer(r"[A-Z`*_][^.!?|]*(?:[.!?](?=\w)[^.!?|]*)*[.!?](?=\s|$)", passage.text):
            if len(sentence.group().split()) > MOST_WORDS:
                yield passage.line(sentence.start()), sentence.group()


def own_files() -> list[str]:
    """Return the names of the files in the repository, or of the files in an unpacked sdist, which has no repository."""
    if (ROOT / ".git").exists():
        return subprocess.check_output(["git", "ls-files"], cwd=ROOT, text=True).splitlines()
    files = (path.relative_to(ROOT) for path in ROOT.rglob("*.*") if path.is_file())
    return [str(file) for file in files if not any(part.startswith(".") or part == "build" for part in file.parts[:-1])]


def main(arguments: list[str]) -> int:
    """Print each finding; return 1 if there is one."""
    names = [argument for argument in arguments if not argument.startswith("--")]
    if not names:
        names = [str(ROOT / name) for name in own_files()]
    files = [
        file for name in names for file in (sorted(Path(name).rglob("*")) if Path(name).is_dir() else [Path(name)])
    ]
    found = 0
    for path in files:
        if path.suffix not in SUFFIXES or not path.is_file() or path.resolve() == Path(__file__).resolve():
            continue
        if GENERATED in path.as_posix():
            continue
        for line, wording, instead in sorted(findings(path)):
            found += 1
            print(f"{path}:{line}: {wording!r}: write {instead}")
        if "--sentences" in arguments:
            for line, sentence in long_sentences(path):
                print(f"{path}:{line}: {len(sentence.split())} words: {sentence[:100]}...")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
