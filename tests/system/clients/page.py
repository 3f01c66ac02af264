"""The tables in `docs/clients.md`, which the run writes."""

import re
from collections.abc import Iterable, Sequence

from tests.support.paths import ROOT
from tests.system.clients.made import Made

PAGE = ROOT / "docs" / "clients.md"

_HEADS = (
    "Generator",
    "Errors are",
    "Times are",
    "Compiles, and should not",
    "A blank title",
    "A new property, code and status",
    "A proxy's HTML",
    "Notes",
)


def put(text: str, name: str, content: str) -> str:
    """Return the page with this between the marks of a table."""
    marks = re.compile(rf"(<!-- {name}: [^\n]*-->\n).*?(<!-- end -->\n)", re.DOTALL)
    written, count = marks.subn(lambda mark: f"{mark[1]}\n{content}\n\n{mark[2]}", text)
    assert count == 1, f"{PAGE.name} lacks the marks of the {name}"
    return written


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Write a table of Markdown."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def table_of_clients(made: Iterable[Made]) -> str:
    """Write what was seen of each client."""
    return table(_HEADS, map(_cells, made))


def _cells(made: Made) -> list[str]:
    generator, seen = made.generator, made.seen
    missed = [what for what, refused in made.wrong.items() if not refused]
    checker = {"Python": "mypy --strict", "Java": "javac -Xlint:all", "Go": "go vet"}
    name = checker.get(type(generator.language).__name__, "tsc --strict")
    notes = [
        generator.notes,
        f"`{name}` has findings in its code" if made.checked.generated else "",
    ]
    later = [seen[name] for name in ("later task", "later code", "later status")]
    understood = ["read", "404 ARCHIVED", "429 TOO_MANY_REQUESTS"]
    return [
        f"{generator.title} {generator.version}",
        generator.errors,
        seen["times"],
        ", ".join(missed) or "nothing",
        "is sent" if seen["blank"].startswith("422") else "is not sent",
        "understood" if later == understood else ", ".join(later),
        "an error with its status" if seen["proxy"] == "502" else f"`{seen['proxy']}`",
        "; ".join(filter(None, notes)),
    ]
