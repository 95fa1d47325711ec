"""A copy of the checkout with a stack of its own: project, ports, secrets, volumes."""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.compose.engine import ROOT, docker

PROJECT = "registry-compose-test"
INGEST, API, GATEWAY, PROMETHEUS, GRAFANA = 18401, 18400, 18443, 18490, 18430
FILES = 65536
WAIT_SECONDS = 600


class StepFailed(AssertionError):
    """What a step wanted did not come."""


@dataclass
class Stack:
    """The containers of one project; `version` is the image's tag."""

    folder: Path
    variables: dict[str, str]
    version: str = "test"
    workers: int = 1
    profiles: list[str] = field(default_factory=list)
    extra: dict[str, str] = field(default_factory=dict)

    @classmethod
    def copied(cls, folder: Path, variables: dict[str, str]) -> Stack:
        """Copy what git tracks, so that nothing of the checkout is touched."""
        names = subprocess.run(
            ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout.split("\0")
        for name in filter(None, names):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            if (ROOT / name).exists():
                shutil.copy2(ROOT / name, folder / name)
        return cls(folder, variables)

    @property
    def environment(self) -> dict[str, str]:
        """The variables of every command, those of the scripts in deploy/ too."""
        files = min(FILES, resource.getrlimit(resource.RLIMIT_NOFILE)[1])
        return {
            **self.variables,
            "COMPOSE_PROJECT_NAME": PROJECT,
            "COMPOSE_PROFILES": ",".join(self.profiles),
            "REGISTRY_VERSION": self.version,
            "REGISTRY_INGEST_PORT": str(INGEST),
            "REGISTRY_API_PORT": str(API),
            "REGISTRY_GATEWAY_PORT": str(GATEWAY),
            "PROMETHEUS_PORT": str(PROMETHEUS),
            "GRAFANA_PORT": str(GRAFANA),
            "REGISTRY_WORKERS": str(self.workers),
            "RABBITMQ_FILES": str(files),
            **self.extra,
        }

    def run(self, *command: str, check: bool = True) -> str:
        """Run a command in the copy; return what it prints."""
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=1800,
            check=False,
        )
        if check and done.returncode:
            raise StepFailed(f"{' '.join(command)}: {(done.stderr or done.stdout)[-1500:]}")
        return done.stdout if done.returncode == 0 else done.stdout + done.stderr

    def compose(self, *arguments: str, check: bool = True) -> str:
        """Run one command of Compose."""
        return self.run("docker", "compose", *arguments, check=check)

    def up(self, *arguments: str) -> None:
        """Start what is missing and wait until all of it is healthy."""
        timeout = ("--wait-timeout", str(WAIT_SECONDS))
        self.compose("up", "-d", "--wait", *timeout, *arguments)

    def containers(self) -> list[dict[str, Any]]:
        """Return the containers of the project, also those that ended."""
        lines = self.compose("ps", "--all", "--format", "json").splitlines()
        return [json.loads(line) for line in lines if line.strip()]

    def ids(self, service: str) -> list[str]:
        """Return the ids of a service's running containers."""
        return self.compose("ps", "-q", service).split()

    def kill(self, container: str) -> None:
        """Kill a container as a crash does: the engine's own kill would forbid the restart."""
        asked = ("inspect", "-f", "{{.State.Pid}} {{.HostConfig.Init}}", container)
        pid, init = docker(self.variables, *asked).stdout.split()
        if init == "true":
            # The program, not the small init before it, which a signal from outside would not end.
            pid = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0]
        subprocess.run(["kill", "-9", pid], check=True)

    def token(self) -> str:
        """Return the operator's token."""
        return (self.folder / "deploy" / "secrets" / "operator_token").read_text()
