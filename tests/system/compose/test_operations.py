"""docs/deploy/compose.md, command by command, on a Docker engine."""

import re
import shlex

import httpx
import pytest
import yaml

from tests.support.api import error_of, new_user, token_of
from tests.support.paths import ROOT
from tests.support.service import NO_TLS, free_port
from tests.system.compose.deployment import LASTING, Deployment
from tests.system.compose.engine import findings, inspected, pasted

pytestmark = [pytest.mark.compose, pytest.mark.timeout(600)]

PAGE = (ROOT / "docs" / "deploy" / "compose.md").read_text(encoding="utf-8")
SECTIONS = dict(part.partition("\n")[::2] for part in PAGE.split("\n## ")[1:])
MANY = 1_000_000
"""The ids that a restore leaves out."""


def blocks(section: str, language: str = "sh") -> list[str]:
    """Return the fenced blocks of a section."""
    return re.findall(rf"^```{language}\n(.*?)^```$", SECTIONS[section], re.MULTILINE | re.DOTALL)


def operate(deployment: Deployment, block: str, **variables: str) -> str:
    """Run a block, every command of which has to succeed; return what it printed."""
    exports = "".join(f"export {name}={shlex.quote(text)}\n" for name, text in variables.items())
    return pasted(deployment.folder, f"set -euo pipefail\n{exports}{block}")


def ask(deployment: Deployment, statement: str) -> str:
    """Run a statement as the owner of the database."""
    psql = ("psql", "--username", "tasks", "--tuples-only", "--no-align", "--command")
    return deployment.in_("postgres", *psql, statement).strip()


@pytest.mark.parametrize("block", blocks("Check")[:2], ids=["exec", "run"])
def test_the_check_runs_with_the_settings_of_the_service(
    deployment: Deployment, block: str
) -> None:
    found = operate(deployment, block)

    assert findings(found) == {("WARNING", "audience-unset")}


def test_a_token_is_explained(deployment: Deployment) -> None:
    token = token_of("alice", secret=deployment.setting("BETTER_AUTH_SECRET"))

    assert "Accepted" in operate(deployment, blocks("Check")[2], TOKEN=token)


def test_the_logs_are_those_of_each_container(deployment: Deployment) -> None:
    with deployment.api(new_user()) as api:
        api.created()

    (block,) = blocks("Logs")
    printed = operate(deployment, block)

    assert '"event": "request"' in printed or '"event":"request"' in printed
    assert "database system is ready to accept connections" in printed


def test_a_restore_has_what_the_dump_has_and_gives_no_id_twice(deployment: Deployment) -> None:
    back_up, restore, tidy = blocks("Back up and restore")
    with deployment.api(new_user()) as api:
        kept = api.created()
        listed = operate(deployment, back_up)
        lost = api.created()

        operate(deployment, restore)

        assert api.list().json()["data"] == [kept]
        assert api.created()["id"] > lost["id"] + MANY - 2
    assert "TABLE DATA public tasks " in listed
    assert ask(deployment, "SELECT count(*) FROM pg_database WHERE datname ~ 'tasks'") == "2"
    operate(deployment, tidy)
    assert ask(deployment, "SELECT count(*) FROM pg_database WHERE datname ~ 'tasks'") == "1"


def test_a_user_is_forgotten(deployment: Deployment) -> None:
    with deployment.api(new_user()) as forgotten, deployment.api(new_user()) as other:
        forgotten.created()
        task = other.created()

        (block,) = blocks("Forget a user")
        operate(deployment, block, USER_ID=forgotten.user_id)

        left = f"SELECT count(*) FROM tasks WHERE user_id = '{forgotten.user_id}'"
        assert ask(deployment, left) == "0"
        assert other.get(task["id"]).json()["data"] == task


def test_a_new_password_of_the_service_works(deployment: Deployment) -> None:
    before = deployment.setting("SERVICE_PASSWORD")

    (block,) = blocks("Change the password of the service")
    operate(deployment, block)

    assert deployment.setting("SERVICE_PASSWORD") != before
    with deployment.api(new_user()) as api:
        api.created()


def test_a_new_password_of_the_owner_works_and_keeps_the_data(deployment: Deployment) -> None:
    before = deployment.setting("POSTGRES_PASSWORD")
    with deployment.api(new_user()) as api:
        task = api.created()

        (block,) = blocks("Change the password of the owner")
        operate(deployment, block)

        assert deployment.setting("POSTGRES_PASSWORD") != before
        assert api.get(task["id"]).json()["data"] == task
    assert inspected(deployment.container("migrate"))["State"]["ExitCode"] == 0


def test_both_secrets_are_accepted_for_a_while_and_the_metrics_are_published(
    deployment: Deployment,
) -> None:
    change, end = blocks("Change the secret")
    override, _ = blocks("Metrics", "yaml")
    port = free_port()
    file = deployment.folder / "compose.override.yaml"
    file.write_text(override.replace("127.0.0.1:9090:", f"127.0.0.1:{port}:"), encoding="utf-8")
    deployment.set("METRICS_PORT", "9090")
    with deployment.api(new_user()) as before:
        task = before.created()

        operate(deployment, change)
        meanwhile = before.get(task["id"])
        metrics = httpx.get(f"http://127.0.0.1:{port}/metrics", verify=NO_TLS).text
        operate(deployment, end)

        assert meanwhile.json()["data"] == task
        assert error_of(before.get(task["id"]))[0] == 401
    with deployment.api(before.user_id) as after:
        assert after.get(task["id"]).json()["data"] == task
    assert "\ntasks_database_available 1.0\n" in metrics


def test_an_authority_of_ones_own_is_where_the_database_is_reached_from(
    deployment: Deployment,
) -> None:
    (override,) = blocks("A certificate authority of your own", "yaml")
    (deployment.folder / "authority.yaml").write_text(override, encoding="utf-8")
    (deployment.folder / "ca.crt").write_text("the authority\n", encoding="utf-8")
    (path,) = set(re.findall(r"sslrootcert=([\w/.]+)", PAGE))
    merged = ("--file", "compose.yaml", "--file", "authority.yaml")

    services = yaml.safe_load(deployment.compose(*merged, "config"))["services"]
    cat = ("run", "--rm", "--no-deps", "--entrypoint", "cat", "grants", path)

    assert deployment.compose(*merged, *cat).endswith("the authority\n")
    for name in ("service", "migrate", "grants"):
        assert path in {volume["target"] for volume in services[name]["volumes"]}


def test_an_upgrade_brings_new_settings_and_a_new_image_and_keeps_the_data(
    deployment: Deployment,
) -> None:
    contract = deployment.folder / "openapi" / "tasks.yaml"
    before = {name: deployment.container(name) for name in LASTING}
    with deployment.api(new_user()) as api:
        task = api.created()

        deployment.set("MAX_TASKS_PER_USER", "1")
        contract.write_text(
            contract.read_text(encoding="utf-8") + "# A change.\n", encoding="utf-8"
        )
        (upgrade,) = blocks("Upgrade")
        operate(deployment, upgrade)

        assert api.get(task["id"]).json()["data"] == task
        assert error_of(api.create(title="One more"))[0] == 409
    assert contract_in_the_image(deployment) == "# A change.\n"
    assert {name for name in LASTING if deployment.container(name) != before[name]} == {"service"}


def test_a_roll_back_brings_the_image_before_and_keeps_the_data(deployment: Deployment) -> None:
    with deployment.api(new_user()) as api:
        task = api.created()

        (block,) = blocks("Roll back")
        operate(deployment, block)

        assert api.get(task["id"]).json()["data"] == task
    assert contract_in_the_image(deployment) != "# A change.\n"


def contract_in_the_image(deployment: Deployment) -> str:
    """Return the last line of the contract that the service has."""
    packages = "/opt/tasks-api/lib/python3*/site-packages"
    return deployment.in_("service", "sh", "-c", f"tail -n 1 {packages}/openapi/tasks.yaml")
