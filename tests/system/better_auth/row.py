"""A row of the table of tokens."""

from collections.abc import Callable
from typing import NamedTuple

from tests.support.service import SECRET
from tests.system.better_auth.person import Person
from tests.system.better_auth.stage import Answer, Stage

Take = Callable[[Stage, Person], str]


class Row(NamedTuple):
    """One row; `take` gets what is sent from somebody who has just signed up at the set-up."""

    better_auth: str
    sent: str
    set_up: str
    answer: Answer = Answer(200)
    service: str = "secret"
    take: Take = lambda _, person: person.token()
    secret: str = SECRET
    database: str = "main"

    def see(self, stage: Stage) -> Answer:
        """Do what the row says."""
        person = stage.person(self.set_up, secret=self.secret, database=self.database)
        return stage.answer(self.service, person, self.take(stage, person))
