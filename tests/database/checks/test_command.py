"""`tasks-api check` as a process: what it prints, and how it ends."""

import json
from pathlib import Path

from tests.support.command import run
from tests.support.service import AUDIENCE, SECRET

GOOD = {"BETTER_AUTH_SECRET": SECRET, "JWT_AUDIENCE": AUDIENCE}
NOWHERE = "postgres://alice:pa55word@127.0.0.1:1/tasks"


def test_nothing_wrong_is_one_line_and_success(tmp_path: Path, database_url: str) -> None:
    process = run("check", folder=tmp_path, DATABASE_URL=database_url, **GOOD)

    assert (process.returncode, process.stdout) == (0, "No problems found.\n")
    assert process.stderr == ""


def test_a_warning_is_shown_and_is_no_failure(tmp_path: Path, database_url: str) -> None:
    url = database_url.replace("postgresql://", "postgres://")

    process = run("check", folder=tmp_path, DATABASE_URL=url, **GOOD)

    warning, summary = process.stdout.splitlines()
    assert process.returncode == 0
    assert warning.startswith("WARNING database-scheme: DATABASE_URL begins with postgres://. Why:")
    assert warning.endswith(" Fix: begin DATABASE_URL with postgresql://.")
    assert summary == "0 fatal, 1 warning."


def test_what_is_fatal_comes_first_and_fails(tmp_path: Path) -> None:
    process = run("check", folder=tmp_path, DATABASE_URL=NOWHERE, BETTER_AUTH_SECRET="sh0rt")

    lines = process.stdout.splitlines()
    assert process.returncode == 1
    assert [line.split(":")[0].split() for line in lines[:-1]] == [
        ["FATAL", "secret"],
        ["FATAL", "database-unreachable"],
        ["WARNING", "database-scheme"],
        ["WARNING", "audience-unset"],
    ]
    assert all(" Why: " in line and " Fix: " in line for line in lines[:-1])
    assert "pa55word" not in process.stdout + process.stderr


def test_one_json_document_is_all_that_is_printed(tmp_path: Path) -> None:
    process = run("check", "--json", folder=tmp_path, DATABASE_URL=NOWHERE)

    document = json.loads(process.stdout)
    assert (process.returncode, process.stderr, document["ok"]) == (1, "", False)
    assert [found["check"] for found in document["findings"]] == [
        "secret",
        "database-unreachable",
        "database-scheme",
        "audience-unset",
    ]


def test_no_replica_is_a_mistake_in_the_call(tmp_path: Path) -> None:
    process = run("check", "--replicas", "0", folder=tmp_path)

    assert (process.returncode, process.stdout) == (2, "")
