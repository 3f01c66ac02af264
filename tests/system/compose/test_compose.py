"""compose.yaml as it is shipped, by the lines at its head, on a Docker engine."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.support.api import Api, error_of, new_user
from tests.support.database import BETTER_AUTH
from tests.system.compose.conftest import Elsewhere
from tests.system.compose.deployment import ELSEWHERE, LASTING, SETTINGS, UP, Deployment, project
from tests.system.compose.engine import (
    address_of,
    check_out,
    docker,
    findings,
    inspected,
    pasted,
    wait_until,
)
from tests.system.compose.load import under_load

pytestmark = [pytest.mark.compose, pytest.mark.timeout(600)]


def test_a_request_without_a_token_is_refused(deployment: Deployment) -> None:
    with Api(f"http://127.0.0.1:{deployment.port}", "", token="") as api:
        assert error_of(api.list())[:2] == (401, "UNAUTHORIZED")


def test_a_task_is_its_owners_alone(deployment: Deployment) -> None:
    with deployment.api(new_user()) as alice, deployment.api(new_user()) as bob:
        task = alice.created()

        assert bob.get(task["id"]).status_code == 404
        assert bob.list().json() == {"data": []}
        assert alice.get(task["id"]).json()["data"] == task


def test_everything_that_lasts_is_healthy_and_the_rest_has_ended_well(
    deployment: Deployment,
) -> None:
    states = {name: inspected(deployment.container(name))["State"] for name in LASTING}
    ended = [inspected(deployment.container(name))["State"] for name in ("migrate", "grants")]

    assert {name: state["Health"]["Status"] for name, state in states.items()} == dict.fromkeys(
        LASTING, "healthy"
    )
    assert [(state["Status"], state["ExitCode"]) for state in ended] == [("exited", 0)] * 2


@pytest.mark.parametrize("name", LASTING)
def test_no_process_has_or_gets_a_right(deployment: Deployment, name: str) -> None:
    status = dict(
        line.split(":\t") for line in deployment.in_(name, "cat", "/proc/1/status").splitlines()
    )

    assert {status[each] for each in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")} == {
        "0" * 16
    }
    assert status["NoNewPrivs"] == "1"
    assert "0" not in status["Uid"].split("\t")


@pytest.mark.parametrize("name", LASTING)
def test_no_process_can_write_to_its_image(deployment: Deployment, name: str) -> None:
    said = deployment.in_(name, "sh", "-c", "touch /opt/file 2>&1 || cat /proc/mounts")

    assert "Read-only file system" in said
    assert re.search(r"^\S+ / \S+ ro,", said, re.MULTILINE)


def test_the_service_alone_can_be_reached_and_from_this_machine_alone(
    deployment: Deployment,
) -> None:
    ports = {
        name: [host for hosts in settings["Ports"].values() for host in hosts or ()]
        for name in LASTING
        for settings in [inspected(deployment.container(name))["NetworkSettings"]]
    }

    assert ports == {
        "service": [{"HostIp": "127.0.0.1", "HostPort": str(deployment.port)}],
        "pgbouncer": [],
        "postgres": [],
    }


def test_the_service_connects_with_the_rights_that_it_needs(deployment: Deployment) -> None:
    with deployment.api(new_user()) as api:
        api.created()
    asked = "SELECT DISTINCT usename FROM pg_stat_activity WHERE usename LIKE 'tasks_s%'"
    psql = ("psql", "--username", "tasks", "--tuples-only", "--no-align", "--command")

    assert deployment.in_("postgres", *psql, asked).strip() == "tasks_service"
    assert deployment.setting("POSTGRES_PASSWORD") not in deployment.in_("service", "env")


def test_the_check_warns_of_what_the_operator_has_to_decide(deployment: Deployment) -> None:
    found = deployment.in_("service", "tasks-api", "check")

    assert findings(found) == {("WARNING", "audience-unset")}


def test_each_line_of_the_log_is_an_object_and_gives_no_secret_away(deployment: Deployment) -> None:
    with deployment.api(new_user()) as api:
        api.created()
    printed = deployment.compose("logs", "--no-log-prefix", "--no-color", "service")
    lines: list[dict[str, Any]] = [json.loads(line) for line in printed.splitlines()]

    assert {"started", "request"} <= {line["event"] for line in lines}
    for name in ("POSTGRES_PASSWORD", "SERVICE_PASSWORD", "BETTER_AUTH_SECRET"):
        assert deployment.setting(name) not in printed


def test_docker_stop_under_load_loses_no_answer(deployment: Deployment) -> None:
    container = deployment.container("service")
    address = (address_of(container), 8000)

    with under_load(address, deployment.setting("BETTER_AUTH_SECRET")) as users:
        wait_until(lambda: all(len(user.created) > 20 for user in users), "all users are served")
        docker("stop", container)
    state = inspected(container)["State"]
    deployment.up()

    created = sum(len(user.created) for user in users)
    reset = sum(len(user.reset) for user in users)
    print(f"\n`docker stop` under load: {created} tasks created, {reset} connections not accepted.")
    assert [user.unanswered for user in users if user.unanswered] == []
    assert {status for user in users for status in user.statuses} == {201}
    assert state["ExitCode"] == 0
    for user in users:
        with deployment.api(user.name) as api:
            assert {task["title"] for task in api.list().json()["data"]} >= set(user.created)


def test_down_and_up_keeps_the_data(deployment: Deployment) -> None:
    with deployment.api(new_user()) as api:
        task = api.created()

        deployment.compose("down")
        deployment.up()

        assert api.get(task["id"]).json()["data"] == task


def test_without_settings_it_says_what_to_put_where(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match=r"put it into \.env"):
        pasted(check_out(tmp_path), UP)


def test_up_fails_where_no_task_can_be_served(elsewhere: Elsewhere, tmp_path: Path) -> None:
    with project(tmp_path, "tasks-api-refused") as deployment:
        for line in SETTINGS:
            pasted(deployment.folder, line)
        deployment.set("DATABASE_URL", elsewhere.url("tasks_service", "a-wrong-one"))

        with pytest.raises(AssertionError, match="service-1 is unhealthy"):
            pasted(deployment.folder, ELSEWHERE[-1])


def test_a_database_elsewhere_takes_the_place_of_this_one(
    elsewhere: Elsewhere, tmp_path: Path
) -> None:
    accounts = elsewhere.another("accounts")
    accounts.ask(BETTER_AUTH.format(users='"user"', id="text"))
    accounts.ask(f"""INSERT INTO "user" VALUES ('{(user := new_user())}', '', '', false)""")
    with project(tmp_path, "tasks-api-elsewhere") as deployment:
        for line in SETTINGS:
            pasted(deployment.folder, line)
        password = deployment.setting("SERVICE_PASSWORD")
        deployment.set("DATABASE_URL", accounts.url("tasks_service", password))
        deployment.set("DATABASE_URL_UNPOOLED", accounts.url())
        deployment.set("USERS_TABLE", "user")
        for line in ELSEWHERE:
            pasted(deployment.folder, line)

        with deployment.api(user) as api:
            api.created()
        services = deployment.compose("ps", "--services").split()

    assert services == ["service"]
    assert accounts.ask(f"SELECT count(*) FROM tasks WHERE user_id = '{user}'") == "1"
