"""The lines of README.md that deploy the service, to the letter, on a Docker engine."""

import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.support.api import Api, error_of, new_user
from tests.support.paths import ROOT
from tests.support.service import FRONTEND, NO_TLS, SECRET, wait_until_alive
from tests.system.compose.conftest import Elsewhere
from tests.system.compose.engine import (
    check_out,
    docker,
    findings,
    inspected,
    lines_of,
    pasted,
    wait_until,
)

pytestmark = [pytest.mark.compose, pytest.mark.timeout(600)]

BUILD, MIGRATE, CHECK, SERVE = lines_of(
    (ROOT / "README.md").read_text(encoding="utf-8"), "Build the image, migrate the database"
)
URL = "http://127.0.0.1:8000"


@dataclass(frozen=True)
class Deployed:
    """What the lines have made."""

    container: str
    migrated: str
    checked: str


@pytest.fixture(scope="module")
def folder(elsewhere: Elsewhere, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a clone with a `.env` from `.env.example`, with the quotation marks of a shell."""
    folder = check_out(tmp_path_factory.mktemp("readme"))
    given = {"DATABASE_URL": f'"{elsewhere.url()}"', "BETTER_AUTH_SECRET": SECRET}
    given |= {"#FRONTEND_URL": f"'{FRONTEND}'", "#REQUEST_TIMEOUT": '"4"'}
    lines = (folder / ".env.example").read_text(encoding="utf-8").splitlines()
    names = (line.partition("=")[0] for line in lines)
    changed = [
        f"{name.lstrip('#')}={given[name]}" if name in given else line
        for name, line in zip(names, lines, strict=True)
    ]
    (folder / ".env").write_text("\n".join(changed) + "\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def deployed(folder: Path) -> Iterator[Deployed]:
    """Run the lines, and give what they have made."""
    pasted(folder, BUILD)
    migrated, checked = pasted(folder, MIGRATE), pasted(folder, CHECK)
    began, log = time.monotonic(), folder / "service.log"
    with subprocess.Popen(["bash", "-c", f"exec {SERVE} >{log} 2>&1"], cwd=folder) as process:
        try:
            wait_until_alive(URL, process, log)
            _tell(time.monotonic() - began)
            (container,) = docker("ps", "--quiet", "--filter", "publish=8000").split()
            yield Deployed(container, migrated, checked)
        finally:
            process.terminate()


def _tell(seconds: float) -> None:
    image = int(docker("image", "inspect", "--format", "{{.Size}}", "tasks-api"))
    layers = docker("history", "--no-trunc", "--format", "{{.CreatedBy}}\t{{.Size}}", "tasks-api")
    own = next(line for line in layers.splitlines() if "COPY /opt/tasks-api" in line)
    size = own.partition("\t")[2]
    print(f"\nThe image has {image / 10**6:.0f} MB, {size} of them above its base.")
    print(f"The service answers {seconds:.1f} s after `docker run`.")


def test_a_request_without_a_token_is_refused(deployed: Deployed) -> None:
    assert inspected(deployed.container)["State"]["Running"]
    with Api(URL, "", token="") as api:
        assert error_of(api.list())[:2] == (401, "UNAUTHORIZED")


def test_a_task_is_its_owners_alone(deployed: Deployed) -> None:
    assert inspected(deployed.container)["State"]["Running"]
    with Api(URL, new_user()) as alice, Api(URL, new_user()) as bob:
        task = alice.created()

        assert bob.get(task["id"]).status_code == 404
        assert alice.get(task["id"]).json()["data"] == task


def test_the_lines_migrate_and_check(deployed: Deployed) -> None:
    assert deployed.migrated == "The database has the schema of this version.\n"
    assert findings(deployed.checked) == {
        ("WARNING", "database-tls"),
        ("WARNING", "audience-unset"),
    }


def test_the_health_check_turns_healthy(deployed: Deployed) -> None:
    def health() -> str:
        status: str = inspected(deployed.container)["State"]["Health"]["Status"]
        return status

    wait_until(lambda: health() == "healthy", "the container is healthy")

    assert health() == "healthy"


def test_it_is_not_root(deployed: Deployed) -> None:
    status = docker("exec", deployed.container, "cat", "/proc/1/status")

    assert "Uid:\t10001\t10001\t10001\t10001\n" in status
    assert "CapEff:\t0000000000000000\n" in status


def test_values_in_quotation_marks_mean_what_a_shell_reads(deployed: Deployed) -> None:
    given = docker("exec", deployed.container, "env")
    answer = httpx.get(f"{URL}/livez", headers={"Origin": FRONTEND}, verify=NO_TLS)

    assert f"FRONTEND_URL='{FRONTEND}'\n" in given
    assert answer.headers["access-control-allow-origin"] == FRONTEND


def test_a_secret_in_quotation_marks_is_refused_by_name(folder: Path) -> None:
    env_file = (folder / ".env").read_text(encoding="utf-8")
    quoted = env_file.replace(SECRET, f'"{SECRET}"')
    (folder / "quoted.env").write_text(quoted, encoding="utf-8")

    with pytest.raises(AssertionError, match="BETTER_AUTH_SECRET: must not be in quotation marks"):
        pasted(folder, SERVE.replace(".env", "quoted.env").replace("-p 8000:8000 ", "--rm "))


def test_without_settings_the_container_says_what_is_missing() -> None:
    done = subprocess.run(
        ["docker", "run", "--rm", "tasks-api"], capture_output=True, text=True, check=False
    )

    assert done.returncode == 1
    assert "DATABASE_URL: missing" in done.stdout + done.stderr
