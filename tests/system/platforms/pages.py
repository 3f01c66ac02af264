"""What the pages of `docs/deploy/` say, read from their fenced blocks; the image that they run."""

import json
import re
import shlex
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from tests.support.paths import ROOT

FOLDER = ROOT / "docs" / "deploy"
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Page:
    """How a page has a platform migrate, start, check and stop the service."""

    name: str
    settings: Mapping[str, str]
    """By name. The value of a secret, or of a reference to another service, is empty."""
    release: Sequence[str]
    """The command line of the migration."""
    start: Sequence[str]
    health: str | None
    grace: int | None
    """Seconds between SIGTERM and SIGKILL; None if the platform has no setting for it."""
    release_settings: frozenset[str] | None = None
    """The names of those that the migration gets; None for all."""
    grants: str | None = None
    """The line that gives the role of the service its rights, if another role migrates."""


def blocks(name: str, language: str) -> list[str]:
    """Return the fenced blocks of a page in one language."""
    text = (FOLDER / f"{name}.md").read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def _block(name: str, language: str) -> str:
    (block,) = blocks(name, language)
    return block


def _words(instruction: str) -> list[str]:
    (line,) = re.findall(rf"^{instruction} (\[.*\])$", DOCKERFILE, re.MULTILINE)
    words: list[str] = json.loads(line)
    return words


ENTRYPOINT, CMD = _words("ENTRYPOINT"), _words("CMD")


def environment_of_the_image() -> dict[str, str]:
    """Return the variables that the image sets, apart from PATH."""
    final_stage = DOCKERFILE.rpartition("\nFROM ")[2]
    (instruction,) = re.findall(r"^ENV ((?:.*\\\n)*.*)$", final_stage, re.MULTILINE)
    pairs = (word.partition("=") for word in instruction.replace("\\\n", " ").split())
    return {name: value for name, _, value in pairs if name != "PATH"}


def _commands(name: str) -> list[list[str]]:
    lines = "".join(blocks(name, "sh")).replace("\\\n", " ").splitlines()
    return [shlex.split(line) for line in lines]


def _command(name: str, *beginning: str) -> list[str]:
    """Return the words behind the beginning of the one command that has it."""
    found = [words for words in _commands(name) if tuple(words[: len(beginning)]) == beginning]
    (words,) = found
    return words[len(beginning) :]


def _grants(name: str) -> str | None:
    """Return the line that runs `deploy/grants.sql`, if there is one."""
    lines = "".join(blocks(name, "sh")).splitlines()
    return next((line for line in lines if line.endswith("deploy/grants.sql")), None)


def _assignments(words: Sequence[str]) -> dict[str, str]:
    """Return NAME=VALUE words; a value from a variable of the shell is a secret."""
    pairs = (word.partition("=") for word in words if re.match(r"[A-Z_]+=", word))
    return {name: "" if "$" in value else value for name, _, value in pairs}


def _probes(container: Mapping[str, Any]) -> str:
    probes = (container[probe]["httpGet"]["path"] for probe in ("startupProbe", "livenessProbe"))
    (path,) = set(probes)
    found: str = path
    return found


def cloud_run() -> Page:
    """Read service.yaml, and the job that migrates."""
    template = yaml.safe_load(_block("cloud-run", "yaml"))["spec"]["template"]["spec"]
    (container,) = template["containers"]
    job = dict(
        option.partition("=")[::2]
        for option in _command("cloud-run", "gcloud", "run", "jobs", "deploy")
    )
    secrets = (secret.partition("=")[0] for secret in job["--set-secrets"].split(","))
    return Page(
        name="cloud-run",
        settings={each["name"]: each.get("value", "") for each in container["env"]},
        release=[*ENTRYPOINT, *job["--args"].split(",")],
        start=[*ENTRYPOINT, *CMD],
        health=_probes(container),
        grace=None,
        release_settings=frozenset(secrets),
        grants=_grants("cloud-run"),
    )


def fly() -> Page:
    """Read fly.toml, and the secrets."""
    document = tomllib.loads(_block("fly", "toml"))
    (check,) = document["http_service"]["checks"]
    return Page(
        name="fly",
        settings={**document["env"], **_assignments(_command("fly", "fly", "secrets", "set"))},
        release=[*ENTRYPOINT, *shlex.split(document["deploy"]["release_command"])],
        start=[*ENTRYPOINT, *CMD],
        health=check["path"],
        grace=document["kill_timeout"],
    )


def render() -> Page:
    """Read render.yaml."""
    (service,) = yaml.safe_load(_block("render", "yaml"))["services"]
    return Page(
        name="render",
        settings={each["key"]: each.get("value", "") for each in service["envVars"]},
        release=service["preDeployCommand"].split(),
        start=[*ENTRYPOINT, *CMD],
        health=service["healthCheckPath"],
        grace=service["maxShutdownDelaySeconds"],
    )


def railway() -> Page:
    """Read railway.json, and the variables."""
    deploy = json.loads(_block("railway", "json"))["deploy"]
    (release,) = deploy["preDeployCommand"]
    return Page(
        name="railway",
        settings=_assignments(_block("railway", "env").splitlines()),
        release=shlex.split(release),
        start=[*ENTRYPOINT, *CMD],
        health=deploy["healthcheckPath"],
        grace=deploy["drainingSeconds"],
    )


def heroku() -> Page:
    """Read heroku.yml, and the config vars; Heroku itself sets DATABASE_URL."""
    (command,) = yaml.safe_load(_block("heroku", "yaml"))["release"]["command"]
    given = _assignments(_command("heroku", "heroku", "config:set"))
    return Page(
        name="heroku",
        settings={"DATABASE_URL": "", **given},
        release=[*ENTRYPOINT, command],
        start=[*ENTRYPOINT, *CMD],
        health=None,
        grace=None,
    )


def procfile() -> dict[str, str]:
    """Return the commands of the Procfile by their process type."""
    lines = _block("heroku", "procfile").splitlines()
    return dict(line.partition(": ")[::2] for line in lines)


PAGES = [cloud_run(), fly(), render(), railway(), heroku()]


def index() -> dict[str, list[str]]:
    """Return the cells of the table of `README.md`, by the page that a row leads to."""
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| \[.+?\]\((.+?)\.md\) \| (.+) \|$", text, re.MULTILINE)
    return {name: cells.split(" | ") for name, cells in rows}


def grace_of(page: Page) -> int:
    """Return the seconds between SIGTERM and SIGKILL that the table of `README.md` has."""
    return int(re.findall(r"(\d+) s\b", index()[page.name][-1])[-1])
