"""`docs/performance.md`: written by hand, except for what stands between two markers."""

import re

from bench.runtimes import ROOT

FILE = ROOT / "docs" / "performance.md"
CHART = FILE.with_suffix(".svg")


def put(section: str, content: str) -> None:
    """Replace what stands between `<!-- begin NAME -->` and `<!-- end NAME -->`.

    Raises ValueError where the document has no such section.
    """
    text = FILE.read_text(encoding="utf-8")
    begin, end = f"<!-- begin {section} -->", f"<!-- end {section} -->"
    between = re.compile(f"{re.escape(begin)}.*{re.escape(end)}", re.DOTALL)
    replaced, count = between.subn(lambda _: f"{begin}\n{content.strip()}\n{end}", text)
    if count != 1:
        message = f"docs/performance.md has {count} sections between {begin} and {end}"
        raise ValueError(message)
    FILE.write_text(replaced, encoding="utf-8")


def table(head: list[str], rows: list[list[str]]) -> str:
    """Write a table in Markdown: the first column is text, the others are numbers."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
