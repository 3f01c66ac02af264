"""`docs/checks.md` lists every check, as it is in the code."""

from importlib import import_module
from pkgutil import iter_modules

from tasks_api import checks as package
from tasks_api.checks.finding import Check
from tests.support.paths import ROOT

DOCUMENT = ROOT / "docs" / "checks.md"


def checks() -> list[Check]:
    modules = [
        import_module(f"{package.__name__}.{m.name}") for m in iter_modules(package.__path__)
    ]
    return [
        value for module in modules for value in vars(module).values() if isinstance(value, Check)
    ]


def test_every_check_has_its_row_and_there_is_no_other() -> None:
    rows = [f"| `{c.name}` | {c.severity} | {c.why} | {c.fix} |" for c in checks()]

    lines = DOCUMENT.read_text(encoding="utf-8").splitlines()

    assert sorted(line for line in lines if line.startswith("| `")) == sorted(rows)


def test_every_check_has_a_name_of_its_own() -> None:
    names = [check.name for check in checks()]

    assert len(names) == len(set(names))
