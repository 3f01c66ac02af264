"""`docs/clients.md` has every message of a refused token, as it is in the code."""

import html
import re

from tasks_api.security.refusals import Refusal
from tests.support.paths import ROOT

DOCUMENT = (ROOT / "docs" / "clients.md").read_text(encoding="utf-8")


def test_every_reason_to_refuse_a_token_has_its_row() -> None:
    section = DOCUMENT.partition("## Why a token is refused")[2].partition("\n## ")[0]
    messages = re.findall(r"^\| ([^|]+?) \|", section, re.MULTILINE)[2:]

    expected = {refusal.message.format("…") for refusal in Refusal}
    assert {html.unescape(message).strip("`") for message in messages} == expected
