"""Every requirement of docs/requirements.md has tests that prove it, by name."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
DOCUMENT = ROOT / "docs" / "requirements.md"
NUMBER = re.compile(r"^- \*\*((?:FR|SC|NF)-\d{3}|EC-\d{2}|US\d\.\d)\*\* ", re.MULTILINE)

NOT_YET = {
    "SC-008": "It is about the buttons of a frontend, which is not in this repository.",
    "SC-010": "It is about the frontend in a browser, which is not in this repository.",
}
"""Requirements that no test of this repository can prove, and why."""

NO_TOKEN = (
    "acceptance/test_create.py::test_no_token_is_unauthorized",
    "acceptance/test_view.py::test_no_token_is_unauthorized",
    "acceptance/test_update.py::test_no_token_is_unauthorized",
    "acceptance/test_delete.py::test_no_token_is_unauthorized",
    "acceptance/test_complete.py::test_no_token_is_unauthorized",
)
ISOLATION = (
    "acceptance/test_view.py::test_two_users_see_only_their_own",
    "acceptance/test_update.py::test_somebody_elses_task_is_not_found_and_unchanged",
    "acceptance/test_delete.py::test_somebody_elses_task_is_not_found_and_still_there",
    "acceptance/test_complete.py::test_somebody_elses_task_is_not_found_and_unchanged",
)

REQUIREMENTS: dict[str, tuple[str, ...]] = {
    "FR-001": (
        "acceptance/test_process.py::test_it_listens_on_host_and_port_and_nowhere_else",
    ),
}
