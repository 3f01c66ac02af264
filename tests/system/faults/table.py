"""The table in `docs/reliability.md`, between two comments."""

from collections.abc import Sequence

from tests.support.paths import ROOT
from tests.system.faults.result import Result

DOCUMENT = ROOT / "docs" / "reliability.md"

_BEGIN = "<!-- Written by `make faults`, down to the next comment. -->"
_END = "<!-- The end of what `make faults` writes. -->"
_COLUMNS = (
    "Fault",
    "Path",
    "2xx",
    "503",
    "Other",
    "No answer",
    "Longest",
    "Recovery",
    "Writes",
    "Lost",
    "Rows per key",
    "Connections",
    "Left",
)


def rendered(results: Sequence[Result], machine: str) -> str:
    """Render the table, and the machine above it."""
    lines = [_COLUMNS, ("---",) * len(_COLUMNS), *map(_cells, results)]
    rows = (f"| {' | '.join(cells)} |" for cells in lines)
    return "\n".join([f"On {machine}:", "", *rows])


def write(text: str) -> None:
    """Put the text into the document in the place of the last."""
    document = DOCUMENT.read_text(encoding="utf-8")
    before, begin, rest = document.partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not (begin and end):
        message = f"{DOCUMENT} lacks the comments around the table of faults"
        raise ValueError(message)
    DOCUMENT.write_text(f"{before}{begin}\n{text}\n{end}{after}", encoding="utf-8")


def _cells(result: Result) -> tuple[str, ...]:
    if not result.answers:
        note = result.note or result.findings[0]
        return (result.fault.name, result.path, note, *[""] * (len(_COLUMNS) - 3))
    audit = result.audit
    return (
        result.fault.name,
        result.path,
        *(str(result.count(kind)) for kind in ("2xx", "503", "other", "none")),
        f"{result.longest:.1f} s",
        f"{result.recovery:.1f} s",
        str(audit.acknowledged),
        str(len(audit.lost)),
        str(audit.rows_per_key),
        str(result.connections),
        str(result.connections_left),
    )
