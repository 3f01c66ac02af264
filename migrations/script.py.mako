"""${message}."""
<%
    import_lines = imports.strip() if imports else ""
%>
import sqlalchemy as sa
from alembic import op
${import_lines}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    """Say what this adds, and what it locks while it runs."""
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    """Say what is lost."""
    ${downgrades if downgrades else "pass"}
