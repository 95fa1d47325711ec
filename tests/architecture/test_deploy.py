"""The deployment files hold together: locked down, pinned, no password, each secret made once."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.ingest.app import routers as ingest_routers
from shared.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
BASE = ROOT / "docker-compose.yml"
ONE_SHOT = {"migrate", "demo"}
PUBLISHED = {"ingest", "api", "gateway", "prometheus", "grafana"}
PROFILES = {
    "gateway": "gateway",
    "demo": "demo",
    "prometheus": "monitoring",
    "grafana": "monitoring",
}
LOOPBACK = r"127\.0\.0\.1:|\$\{REGISTRY_(GATEWAY_)?BIND:-127\.0\.0\.1\}:"
# Given to the build alone.
OF_THE_BUILD = {"pip_conf", "build_ca"}
SCOPES = {
    "ingest:write",
    "households:read",
    "persons:read",
    "statistics:read",
    "funds:read",
    "funds:write",
    "articles:read",
    "operations",
}


def compose(path: Path) -> dict[str, Any]:
    parsed = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert isinstance(parsed, dict)
    return parsed


SERVICES: dict[str, dict[str, Any]] = compose(BASE)["services"]
SECRETS: dict[str, dict[str, str]] = {
    name: secret for name, secret in compose(BASE)["secrets"].items() if name not in OF_THE_BUILD
}
every_service = pytest.mark.parametrize("name", sorted(SERVICES))


def make_secrets(directory: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    script = str(DEPLOY / "make_secrets.py")
    return subprocess.run(
        [sys.executable, script, "--directory", str(directory), *arguments],
        capture_output=True,
        text=True,
        check=False,
    )


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def secret_name(entry: str | dict[str, str]) -> str:
    return entry if isinstance(entry, str) else entry["source"]


def test_the_services_are_those_of_the_design() -> None:
    always = {name for name, service in SERVICES.items() if "profiles" not in service}
    assert always == {"postgres", "rabbitmq", "migrate", "ingest", "worker", "api"}
    chosen = {name: service["profiles"] for name, service in SERVICES.items() if name not in always}
    assert chosen == {name: [profile] for name, profile in PROFILES.items()}


def test_one_service_builds_the_image_of_all() -> None:
    building = [name for name, service in SERVICES.items() if "build" in service]
    assert building == ["migrate"]
    [image] = {SERVICES[name]["image"] for name in ("migrate", "ingest", "worker", "api", "demo")}
    assert image == "${REGISTRY_IMAGE:-poverty-registry}:${REGISTRY_VERSION:-local}"


def test_each_process_gets_what_it_needs_and_no_more() -> None:
    broker = {"REGISTRY_AMQP_URL", "REGISTRY_AMQP_PASSWORD_FILE"}
    for name in ("ingest", "worker"):
        assert SERVICES[name]["environment"].keys() >= broker
        assert "rabbitmq_password" in SERVICES[name]["secrets"]
    for name in ("api", "migrate", "demo"):
        assert not SERVICES[name]["environment"].keys() & broker, name
        assert "rabbitmq_password" not in SERVICES[name]["secrets"]
    # A way out to the internet: only who answers callers, fetches feeds or tells subscribers.
    assert {n for n, s in SERVICES.items() if "edge" in s["networks"]} == {
        "ingest",
        "worker",
        "api",
        "gateway",
    }


def test_settings_reach_the_processes() -> None:
    for name in ("ingest", "worker", "api", "migrate"):
        assert SERVICES[name]["env_file"] == [{"path": "registry.env", "required": False}]
    example = (DEPLOY / "registry.env.example").read_text(encoding="utf-8")
    names = re.findall(r"^# REGISTRY_([A-Z_]+)=", example, re.MULTILINE)
    assert names
    assert {name.lower() for name in names} <= Settings.model_fields.keys()
    assert "registry.env" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()


def test_the_gateway_sends_each_path_to_the_process_that_answers_it() -> None:
    rules = (DEPLOY / "gateway" / "Caddyfile").read_text(encoding="utf-8")
    [facts] = re.findall(r"method POST OPTIONS\n\s+path (.*)", rules)
    [imports] = re.findall(r"@imports path (.*)", rules)
    asked = {route.path for router in ingest_routers() for route in router.routes}
    prefixes = tuple(path.removesuffix("*") for path in imports.split())
    assert set(facts.split()) == {path for path in asked if not path.startswith(prefixes)}


@every_service
def test_every_service_has_a_healthcheck_or_runs_once(name: str) -> None:
    service = SERVICES[name]
    if name in ONE_SHOT:
        assert service["restart"] == "no"
        assert "healthcheck" not in service
    else:
        assert service["restart"] == "unless-stopped"
        assert service["healthcheck"]["test"][0] in {"CMD", "CMD-SHELL"}


@every_service
def test_no_service_runs_as_root_or_can_become_it(name: str) -> None:
    service = SERVICES[name]
    user, group = service["user"].split(":")
    assert int(user) > 0
    assert int(group) > 0
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["read_only"] is True
    assert "privileged" not in service
    assert "cap_add" not in service


@every_service
def test_every_service_is_limited(name: str) -> None:
    service = SERVICES[name]
    assert service["mem_limit"] == service["memswap_limit"]
    assert service["cpus"]
    assert service["pids_limit"]
    assert service["logging"]["options"].keys() >= {"max-size", "max-file"}


@every_service
def test_no_password_stands_in_a_service(name: str) -> None:
    for key, value in (SERVICES[name].get("environment") or {}).items():
        if re.search(r"PASS|SECRET|TOKEN|COOKIE", key):
            assert str(value).startswith("/run/secrets/"), key
        assert not re.search(r"://[^/@]*:[^/@]*@", str(value)), f"password in the address {key}"


def test_password_files_are_mounted_where_they_are_read() -> None:
    for name, service in SERVICES.items():
        mounted = {f"/run/secrets/{secret_name(entry)}" for entry in service.get("secrets", [])}
        values = map(str, (service.get("environment") or {}).values())
        read = {value for value in values if value.startswith("/run/secrets/")}
        assert read <= mounted, name


@every_service
def test_images_are_pinned_to_a_minor_version(name: str) -> None:
    service = SERVICES[name]
    if "registry" in service["image"]:
        return
    # By variable, for a mirror or a digest; by default one minor release.
    variable = re.fullmatch(r"\$\{[A-Z]+_IMAGE:-(.+)\}", service["image"])
    assert variable is not None, service["image"]
    assert re.match(r"v?\d+\.\d+", variable[1].rpartition(":")[2]), service["image"]


def test_the_base_image_is_pinned_and_the_final_stage_drops_root() -> None:
    lines = (DEPLOY / "Dockerfile").read_text(encoding="utf-8").splitlines()
    assert any(re.fullmatch(r"ARG PYTHON_IMAGE=python:3\.11\.\d+-slim-\w+", line) for line in lines)
    final = lines[max(n for n, line in enumerate(lines) if line.startswith("FROM ")) :]
    user = SERVICES["api"]["user"]
    assert f"USER {user}" in final
    assert 'ENTRYPOINT ["python", "-m", "services"]' in final
    assert any("--require-hashes" in line for line in lines)


def test_workers_can_be_scaled() -> None:
    worker = SERVICES["worker"]
    assert not worker.keys() & {"ports", "container_name", "hostname", "volumes"}


def test_only_http_is_published_and_only_on_loopback_by_default() -> None:
    for name, service in SERVICES.items():
        ports = service.get("ports", [])
        assert bool(ports) == (name in PUBLISHED), name
        for port in ports:
            assert re.match(r"127\.0\.0\.1:|\$\{REGISTRY_(GATEWAY_)?BIND:-127\.0\.0\.1\}:", port), (
                name
            )
    assert compose(BASE)["networks"]["data"]["internal"] is True
    assert SERVICES["postgres"]["networks"] == ["data"]
    assert SERVICES["rabbitmq"]["networks"] == ["data"]


def test_processes_wait_for_the_migrations() -> None:
    for name in ("ingest", "worker", "api"):
        condition = SERVICES[name]["depends_on"]["migrate"]["condition"]
        assert condition == "service_completed_successfully"
        assert SERVICES[name]["stop_grace_period"] == "25s"


def test_mounted_files_exist() -> None:
    for name, service in SERVICES.items():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            if source.startswith("."):
                assert (ROOT / source).exists(), f"{name}: {source}"


def test_make_secrets_writes_what_compose_mounts(tmp_path: Path) -> None:
    directory = tmp_path / "secrets"
    done = make_secrets(directory)
    assert done.returncode == 0, done.stderr

    mounted = {Path(secret["file"]).name for secret in SECRETS.values()}
    assert all(secret["file"].startswith("./deploy/secrets/") for secret in SECRETS.values())
    assert {path.name for path in directory.iterdir()} == mounted | {"operator_token"}
    used = {secret_name(entry) for s in SERVICES.values() for entry in s.get("secrets", [])}
    assert used == set(SECRETS)

    assert mode(directory) == 0o700
    assert mode(directory / "operator_token") == 0o600
    assert {mode(directory / name) for name in mounted} == {0o644}

    token = (directory / "operator_token").read_text()
    assert token not in done.stdout + done.stderr
    operator, example = json.loads((directory / "tokens.json").read_text())["tokens"]
    assert example["name"] == "example-lang-son"
    assert set(example["scopes"]) < SCOPES
    assert len(example["token_sha256"]) == 64
    assert example["name"] in (DEPLOY / "README.md").read_text(encoding="utf-8")
    assert operator["token_sha256"] == hashlib.sha256(token.encode()).hexdigest()
    assert set(operator["scopes"]) == SCOPES
    assert operator["area"] == "VN"

    password = (directory / "rabbitmq_password").read_text()
    assert f"default_pass = {password}\n" in (directory / "rabbitmq.conf").read_text()
    passwords = [(directory / name).read_text() for name in mounted if name.endswith("_password")]
    assert len(set(passwords)) == len(passwords)
    assert all(len(password) == 64 for password in passwords)


def test_make_secrets_replaces_nothing_unasked(tmp_path: Path) -> None:
    def contents() -> dict[str, str]:
        return {path.name: path.read_text() for path in tmp_path.iterdir()}

    assert make_secrets(tmp_path).returncode == 0
    before = contents()
    assert make_secrets(tmp_path).returncode == 1
    assert contents() == before

    tokens = json.loads(before["tokens.json"])
    tokens["tokens"].append({"name": "other", "token_sha256": "0" * 64, "scopes": [], "area": "VN"})
    (tmp_path / "tokens.json").write_text(json.dumps(tokens))
    assert make_secrets(tmp_path, "--force", "operator").returncode == 0
    after = contents()
    assert after["operator_token"] != before["operator_token"]
    names = [token["name"] for token in json.loads(after["tokens.json"])["tokens"]]
    assert names == ["operator", "example-lang-son", "other"]
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"operator_token", "tokens.json"}


def test_secrets_stay_out_of_the_image_and_the_repository() -> None:
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    rules = [line for line in ignored if line and not line.startswith("#")]
    assert rules[0] == "*"
    assert not any(rule.startswith("!deploy") for rule in rules)
    assert "secrets/" in (DEPLOY / ".gitignore").read_text(encoding="utf-8").splitlines()


def test_every_process_is_scraped_at_its_port() -> None:
    config = yaml.safe_load((DEPLOY / "prometheus/prometheus.yml").read_text(encoding="utf-8"))
    ports = {
        job["job_name"]: str(job["dns_sd_configs"][0]["port"])
        for job in config["scrape_configs"]
        if "dns_sd_configs" in job
    }
    expected = {n: SERVICES[n]["environment"]["REGISTRY_PORT"] for n in ("ingest", "worker", "api")}
    assert ports == expected


@pytest.mark.parametrize("script", sorted(DEPLOY.rglob("*.sh")), ids=lambda path: path.name)
def test_scripts_parse_and_can_be_run(script: Path) -> None:
    assert mode(script) & 0o111
    shell = script.read_text(encoding="utf-8").splitlines()[0].removeprefix("#!").strip()
    done = subprocess.run([shell, "-n", str(script)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    if checker := shutil.which("shellcheck"):
        done = subprocess.run([checker, str(script)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout
