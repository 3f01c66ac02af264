"""Two sides migrate one database: in both orders, with each table of users and kind of id."""

import re
from itertools import product
from typing import NamedTuple

from persistence.migrate import migrate
from tests.database.migrations.catalog import catalog_of
from tests.support.blocking import BlockingDatabase as Database
from tests.support.database import query
from tests.support.operations import all_of
from tests.system.better_auth.node import BetterAuth, Migration
from tests.system.better_auth.person import Person

CLEAN = "both migrations succeed and can be repeated; deleting a user deletes the tasks"
WARNED = "; Better Auth warns that `name`, `email` may be null"
NOT_THIS_TYPE = 'foreign key constraint "session_userId_fkey" cannot be implemented'


class Order(NamedTuple):
    """Who migrates first, and how Better Auth is set up."""

    first: str
    users: str
    ids: str

    @property
    def settings(self) -> dict[str, str]:
        """Give the settings of ours that fit, by their names in the environment."""
        is_uuid_stand_in = self.first == "this service" and self.ids == "uuid"
        id_type = {"USERS_ID_TYPE": "uuid"} if is_uuid_stand_in else {}
        return {"USERS_TABLE": self.users} | id_type

    @property
    def outcome(self) -> str:
        """Say what is to be expected."""
        if self.first == "Better Auth":
            return CLEAN
        is_possible = self.ids != "serial"
        return CLEAN + WARNED if is_possible else f"Better Auth's migration fails: {NOT_THIS_TYPE}"

    def migrate_ours(self, url: str) -> None:
        """Migrate as `tasks-api migrate` does with these settings."""
        id_type = self.settings.get("USERS_ID_TYPE", "text")
        assert migrate(url, users_table=self.users, users_id_type=id_type) is None

    def migrate_both(self, better_auth: BetterAuth, url: str) -> Migration:
        """Migrate one after the other; an AssertionError says what Better Auth did not like."""
        if self.first == "this service":
            self.migrate_ours(url)
        theirs = better_auth.migrate(url, users=self.users, ids=self.ids)
        if self.first == "Better Auth":
            self.migrate_ours(url)
        return theirs


ORDERS = [
    Order(*each)
    for each in product(
        ("Better Auth", "this service"), ("users", "user"), ("text", "uuid", "serial")
    )
]


def outcome_of(order: Order, better_auth: BetterAuth, url: str) -> str:
    """Migrate an empty database twice, sign somebody up, and delete them; say how it went."""
    try:
        theirs = order.migrate_both(better_auth, url)
    except AssertionError as failure:
        return f"Better Auth's migration fails: {failure}"
    before = catalog_of(url)
    order.migrate_both(better_auth, url)
    if catalog_of(url) != before:
        return "the second run changes something"
    left = tasks_after_deletion(order, better_auth, url)
    if left:
        return f"{left} tasks of a deleted user are left"
    columns = re.findall(r'Column "(.+?)" .+? stays nullable', "\n".join(theirs.warnings))
    nullable = ", ".join(f"`{column}`" for column in columns)
    return f"{CLEAN}; Better Auth warns that {nullable} may be null" if nullable else CLEAN


def tasks_after_deletion(order: Order, better_auth: BetterAuth, url: str) -> int:
    """Sign somebody up, add a task of theirs, delete them; count the tasks that are left."""
    address = better_auth.serve("no plugin", url, users=order.users, ids=order.ids)
    with Person(address) as person:
        database = Database(url, users_table=order.users)
        with database.tasks_of(person.user_id) as tasks:
            tasks.add(title="Buy milk", description=None)
            assert len(all_of(tasks)) == 1
        database.dispose()
        person.delete()
    left: int = query(url, "SELECT count(*) FROM tasks")[0][0]
    return left
