"""What has been made with a generator, and what was seen of it."""

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.system.clients.generators import Generator
from tests.system.clients.languages import Checked
from tests.system.clients.tools import CONTRACT, Outcome, run

MARK = re.compile(r"(?://|#) wrong: (.*)$")

_ALARM = re.compile(
    r"(?i)\b(warn(ing)?s?|errors?|fail(ed|ure|s)?|deprecated|ignor(ed|ing)|invalid|skipp(ed|ing)"
    r"|missing|unsupported|not supported)\b"
)
_DECLARED = re.compile(r"\b(?:class|interface|type|enum|const)\s+(\w+)")
_TWIN = re.compile(r"(?P<name>\w*[A-Za-z])(?<!Int)_?\d{1,2}")  # Three digits are a status.
_INLINE = re.compile(
    r"\w*Inline(?:Object|Response|Schema)\w*|\w+(?:_inner|Inner)\b|\w*AllOf\b|\w+_all_of\b"
)
_ONE_VALUE = re.compile(
    r"""
      ^\s*["']?(?!url\b)\w+["']?\??:\s("[^"]*"|'[^']*');$  # TypeScript: a literal type
    | \bliteral\(["'] | \benum\(\[\s*["'][^"']*["']\s*\]\)   # Zod
    | \benum\ \w+\ \{\s*\w+\s*(?:=\s*["'][^"']*["'])?,?\s*\} # TypeScript: an enum
    | \bset\(\[['"][^'"]*['"]\]\)                           # Python: a validator
    | \(str,\ Enum\):\s+\w+\s=\s\S+\s+(?!\w+\s=)              # Python: an enum
    | \benum\ \w+\ \{\s*\w+\([^)]*\)\s*;                     # Java
    """,
    re.VERBOSE | re.MULTILINE,
)
_SUFFIXES = {".ts", ".py", ".go", ".java"}
_RUNTIME = {"client", "core", "client.gen.ts", "runtime.ts", "classes"}
"""What Hey API and OpenAPI Generator write for every contract."""


@dataclass(frozen=True)
class Made:
    """A client: how it was generated, checked and used."""

    generator: Generator
    generation: Outcome
    checked: Checked
    used: Outcome

    @property
    def warnings(self) -> list[str]:
        """What the generator has said that is more than progress."""
        own = re.compile(self.generator.own_warnings)
        return [
            line
            for line in self.generation.output.splitlines()
            if " INFO " not in line and _ALARM.search(line) and not own.fullmatch(line)
        ]

    @property
    def artefacts(self) -> list[str]:
        """Names and types in the generated code that no person would have chosen."""
        found = []
        for path, text in self._sources():
            names = set(_DECLARED.findall(text))
            twins = ((name, _TWIN.fullmatch(name)) for name in names)
            found += [f"{path}: {name}" for name, twin in twins if twin and twin["name"] in names]
            found += [f"{path}: {name}" for name in names if _INLINE.fullmatch(name)]
            found += [f"{path}: {match[0].strip()}" for match in _ONE_VALUE.finditer(text)]
        return found

    @property
    def wrong(self) -> dict[str, bool]:
        """Whether each line was refused that has to be."""
        text = (self.generator.path / self.generator.language.wrong).read_text(encoding="utf-8")
        return {
            found[1]: number in self.checked.wrong
            for number, line in enumerate(text.splitlines(), 1)
            if (found := MARK.search(line))
        }

    @property
    def seen(self) -> dict[str, str]:
        """What the client has told of its use."""
        seen: dict[str, str] = json.loads(self.used.output)
        return seen

    def _sources(self) -> Iterator[tuple[Path, str]]:
        root = self.generator.generated
        for path in root.rglob("*"):
            inside = path.relative_to(root)
            if path.suffix in _SUFFIXES and not _RUNTIME & set(inside.parts):
                yield inside, path.read_text(encoding="utf-8")


def make(generator: Generator, **variables: str) -> Made:
    """Generate a client, check it, and use it."""
    shutil.rmtree(generator.generated, ignore_errors=True)
    generator.generated.mkdir()
    generation = run(generator.path, generator.command(), CONTRACT=str(CONTRACT))
    assert generation.status == 0, generation.output
    if generator.prepare:
        for path in generator.generated.glob("*.ts"):
            text = path.read_text(encoding="utf-8")
            path.write_text(text.replace(generator.prepare, ""), encoding="utf-8")
    checked = generator.language.check(generator.path)
    if checked.client:
        used = Outcome(1, "it does not compile")
    else:
        command = generator.language.command(generator.path)
        used = run(generator.path, command, **variables)
    return Made(generator, generation, checked, used)
