"""The statements of `docs/better-auth.md`, as they stand there."""

from tests.support.paths import ROOT

_BLOCKS = (ROOT / "docs" / "better-auth.md").read_text(encoding="utf-8").split("```sql\n")[1:]

UNIQUE_EMAIL, TO_BETTER_AUTHS, START_OVER = (block.partition("```")[0] for block in _BLOCKS)
