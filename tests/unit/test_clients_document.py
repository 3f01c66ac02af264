"""`docs/clients.md` has the message and the code of every refused token."""

import html
import re

from tasks_api.security.refusals import Refusal
from tests.support.paths import ROOT

DOCUMENT = (ROOT / "docs" / "clients.md").read_text(encoding="utf-8")


def test_every_reason_to_refuse_a_token_has_its_row() -> None:
    section = DOCUMENT.partition("## Why a token is refused")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| ([^|]+?) \| `(\w+)` \|", section, re.MULTILINE)

    expected = {(refusal.message.format("…"), refusal.code) for refusal in Refusal}
    assert {(html.unescape(message).strip("`"), code) for message, code in rows} == expected
