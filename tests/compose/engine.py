"""A container engine, and the images that the compose file names."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Starts an engine on a machine that has none and builds stand-ins for images that no index reaches.
SETUP = ROOT.parent / "shared" / "tools" / "container_engine.sh"
# Its names for the images that it makes.
TAGS = {
    "python": "PYTHON_TAG",
    "postgres": "POSTGRES_TAG",
    "rabbitmq": "RABBITMQ_TAG",
    "prometheus": "PROMETHEUS_TAG",
    "grafana": "GRAFANA_TAG",
}
GATEWAY = """
FROM standin/debian:trixie
RUN apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
      --no-install-recommends caddy wget && rm -rf /var/lib/apt/lists/* \
    && install --directory --owner=10002 --group=10002 /data
"""


class NoEngine(Exception):
    """There is no container engine, and none can be had."""


def environment(images: Iterable[str]) -> dict[str, str]:
    """Return the variables with which `docker` reaches an engine that can have the images."""
    if answers(dict(os.environ)):
        return dict(os.environ)
    if not SETUP.exists() or os.geteuid() != 0:
        raise NoEngine("set DOCKER_HOST, or start a Docker engine")
    tags = {variable: image for image in images if (variable := _variable(image))}
    done = subprocess.run(
        [SETUP, "up"], env={**os.environ, **tags}, stdout=subprocess.PIPE, text=True, check=True
    )
    own = {**os.environ, **_exported(done.stdout)}
    # The gateway's program is not among its stand-ins.
    for image in images:
        if "caddy" in image and docker(own, "image", "inspect", image, check=False).returncode:
            build = ["docker", "build", "-q", "-t", image, "-"]
            subprocess.run(build, env=own, input=GATEWAY, text=True, check=True)
    own.pop("COMPOSE_FILE", None)
    return own


def answers(variables: dict[str, str]) -> bool:
    """Say whether an engine answers."""
    try:
        return docker(variables, "version", check=False).returncode == 0
    except OSError:
        return False


def docker(
    variables: dict[str, str], *arguments: str, check: bool = True
) -> subprocess.CompletedProcess[str]:
    """Run one command of the engine."""
    return subprocess.run(
        ["docker", *arguments], env=variables, capture_output=True, text=True, check=check
    )


def _variable(image: str) -> str | None:
    name = image.rpartition(":")[0].rpartition("/")[2]
    return TAGS.get(name)


def _exported(lines: str) -> dict[str, str]:
    words = (word for line in lines.splitlines() for word in shlex.split(line))
    pairs = dict(word.split("=", 1) for word in words if "=" in word)
    if "PATH" in pairs:
        pairs["PATH"] = pairs["PATH"].replace("$PATH", os.environ["PATH"])
    return pairs
