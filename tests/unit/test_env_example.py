"""`.env.example` documents the settings: every one, and nothing else."""

import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from tasks_api.settings import Settings, SettingsError, load
from tests.support.paths import ROOT
from tests.support.service import SECRET

EXAMPLE = ROOT / ".env.example"
LINES = EXAMPLE.read_text(encoding="utf-8").splitlines()
SETTING = re.compile(r"(?P<absent>#?)(?P<name>[A-Z_]+)=(?P<value>.*)")

shown = [setting for line in LINES if (setting := SETTING.fullmatch(line))]
required = [setting["name"] for setting in shown if not setting["absent"]]


def test_every_setting_is_documented_once_and_nothing_else_is() -> None:
    documented = [setting["name"].lower() for setting in shown]

    assert sorted(documented) == sorted(Settings.model_fields)


def test_what_is_required_comes_first_and_what_has_a_default_is_commented_out() -> None:
    names = {name.upper() for name, field in Settings.model_fields.items() if field.is_required()}

    assert set(required) == names
    assert [setting["name"] for setting in shown[: len(names)]] == required


@pytest.mark.parametrize("name", [s["name"] for s in shown if s["absent"]])
def test_the_default_that_is_shown_is_the_default(
    monkeypatch: pytest.MonkeyPatch, folder: Path, name: str
) -> None:
    uncommented = [line.removeprefix("#") for line in LINES if line.startswith(f"#{name}=")]
    (folder / ".env").write_text("\n".join(uncommented))
    monkeypatch.setenv("DATABASE_URL", "postgresql://h/d")
    monkeypatch.setenv("BETTER_AUTH_SECRET", SECRET)

    value = getattr(load(Settings), name.lower())

    assert value == Settings.model_fields[name.lower()].get_default()
    assert uncommented != [f"{name}="] or value in (None, ())


@pytest.mark.parametrize("setting", shown, ids=lambda setting: str(setting["name"]))
def test_every_setting_has_a_comment_above_it(setting: re.Match[str]) -> None:
    above = LINES[: LINES.index(setting.string)]

    assert 1 <= len(comment_at_the_end_of(above)) <= 3


def test_the_copy_of_the_example_does_not_start_before_the_secret_is_filled_in(
    folder: Path,
) -> None:
    (folder / ".env").write_text(EXAMPLE.read_text(encoding="utf-8"), encoding="utf-8")

    with pytest.raises(
        SettingsError, match=r"^BETTER_AUTH_SECRET: must not be a placeholder[^\n]*$"
    ):
        load(Settings)


def comment_at_the_end_of(lines: Sequence[str]) -> list[str]:
    comment: list[str] = []
    for line in reversed(lines):
        if not line.startswith("# "):
            break
        comment.append(line)
    return comment
