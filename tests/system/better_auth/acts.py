"""What happens between getting a token and sending it."""

from tests.system.better_auth.person import Person
from tests.system.better_auth.stage import Answer, Stage


def after_sign_out(_: Stage, person: Person) -> str:
    token = person.token()
    person.sign_out()
    return token


def after_deletion(stage: Stage, person: Person) -> str:
    """Delete somebody who has a task; the task goes along."""
    mine = "SELECT count(*) FROM tasks WHERE user_id = %s"
    token = person.token()
    assert stage.answer("secret", person, token) == Answer(200)
    assert stage.query(mine, person.user_id) == [(1,)]

    person.delete()

    assert stage.query(mine, person.user_id) == [(0,)]
    return token


def after_rotation(stage: Stage, person: Person) -> str:
    """The service has the key of now; the token is of the one after it."""
    assert stage.answer("keys", person, person.token()) == Answer(200)
    return stage.rotate(person)


def before_rotation(stage: Stage, person: Person) -> str:
    """The key before is in its grace period, and in the key set."""
    token = person.token()
    assert stage.answer("keys", person, stage.rotate(person)) == Answer(200)
    return token


def of_a_withdrawn_key(stage: Stage, person: Person) -> str:
    token = person.token()
    assert stage.answer("keys", person, token) == Answer(200)
    stage.query("DELETE FROM jwks")
    stage.later("keys", person, token)
    return token
