"""Kubernetes runs what compose runs: images, commands, settings, limits, probes, files and ways.

What is said of a service in docker-compose.yml is said again in deploy/kubernetes in other words;
here both are read, so that neither is changed alone.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.architecture.test_deploy import DEPLOY, SERVICES, make_secrets, secret_name

FOLDER = DEPLOY / "kubernetes"
KUSTOMIZATION = yaml.safe_load((DEPLOY / "kustomization.yaml").read_text("utf-8"))
# A cluster has monitoring of its own, and the demo is no part of a deployment.
LEFT_OUT = {"demo", "prometheus", "grafana"}
PROCESSES = ("ingest", "worker", "api")
# What a pod waits before it stops, for everybody to learn of it.
LEAVE_SECONDS = 5
SECONDS = {"s": 1, "m": 60}
LINTERS = Path(__file__).resolve().parents[2] / ".venv" / "linters" / "bin"


def objects() -> list[dict[str, Any]]:
    files = (FOLDER / Path(name).name for name in KUSTOMIZATION["resources"])
    return [one for file in files for one in yaml.safe_load_all(file.read_text("utf-8"))]


OBJECTS = objects()
PODS: dict[str, dict[str, Any]] = {
    one["metadata"]["name"]: one["spec"]["template"]
    for one in OBJECTS
    if "template" in one.get("spec", ())
}
every_pod = pytest.mark.parametrize("name", sorted(PODS))


def container(name: str) -> dict[str, Any]:
    [one] = PODS[name]["spec"]["containers"]
    found: dict[str, Any] = one
    return found


def default(value: Any) -> str:
    """Return what compose puts in where no variable is set."""
    return re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", str(value))


def seconds(value: str) -> int:
    return int(value[:-1]) * SECONDS[value[-1]]


def mebibytes(value: str) -> int:
    number, unit = re.fullmatch(r"(\d+)([mMgG])i?", default(value)).groups()  # type: ignore[union-attr]
    return int(number) * (1024 if unit in "gG" else 1)


def test_every_service_is_there_and_nothing_else() -> None:
    assert set(PODS) == set(SERVICES) - LEFT_OUT
    assert {Path(name).name for name in KUSTOMIZATION["resources"]} == {
        path.name for path in FOLDER.glob("*.yaml")
    }


@every_pod
def test_image_and_command_are_those_of_compose(name: str) -> None:
    image, service = container(name)["image"], SERVICES[name]
    tags = {one["name"]: one["newTag"] for one in KUSTOMIZATION["images"]}
    whole = f"{image}:{tags[image]}" if image in tags else image
    assert whole == default(service["image"])
    assert container(name).get("args") == service.get("command")


@every_pod
def test_settings_are_those_of_compose(name: str) -> None:
    given = {one["name"]: one["value"] for one in container(name).get("env", ())}
    wanted = SERVICES[name].get("environment") or {}
    assert given == {key: default(value) for key, value in wanted.items()}
    optional = [one["configMapRef"] for one in container(name).get("envFrom", ())]
    has_file = "env_file" in SERVICES[name]
    assert optional == ([{"name": "registry-settings", "optional": True}] if has_file else [])


@every_pod
def test_user_limits_and_locks_are_those_of_compose(name: str) -> None:
    service, pod, own = SERVICES[name], PODS[name]["spec"], container(name)
    whole = pod["securityContext"]
    assert f"{whole['runAsUser']}:{whole['runAsGroup']}" == service["user"]
    assert whole["runAsNonRoot"] is True
    assert own["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": service["read_only"],
        "capabilities": {"drop": service["cap_drop"]},
    }
    limits = own["resources"]["limits"]
    assert mebibytes(limits["memory"]) == mebibytes(service["mem_limit"])
    assert float(limits["cpu"]) == float(default(service["cpus"]))
    assert pod["automountServiceAccountToken"] is False
    if name != "migrate":
        leave = LEAVE_SECONDS if name in PROCESSES else 0
        grace = seconds(service["stop_grace_period"])
        assert pod["terminationGracePeriodSeconds"] == grace + leave


@every_pod
def test_probes_look_as_compose_looks(name: str) -> None:
    look, own = SERVICES[name].get("healthcheck"), container(name)
    if look is None:
        assert "readinessProbe" not in own
        return
    ready, start = own["readinessProbe"], own["startupProbe"]
    assert ready["periodSeconds"] == seconds(look["interval"])
    assert ready["timeoutSeconds"] == seconds(look["timeout"])
    assert ready["failureThreshold"] == look["retries"]
    assert start["periodSeconds"] == seconds(look.get("start_interval", look["interval"]))
    assert start["periodSeconds"] * start["failureThreshold"] >= seconds(look["start_period"])
    if name in PROCESSES:
        path = ready["httpGet"]["path"]
        assert f"'{path}'" in look["test"][-1]
        port = SERVICES[name]["environment"]["REGISTRY_PORT"]
        assert own["ports"] == [{"name": ready["httpGet"]["port"], "containerPort": int(port)}]
        return
    shell = ["sh", "-c"] if look["test"][0] == "CMD-SHELL" else []
    assert ready["exec"]["command"] == start["exec"]["command"] == shell + look["test"][1:]


@every_pod
def test_secrets_and_files_are_those_of_compose(name: str) -> None:
    volumes = {one["name"]: one for one in PODS[name]["spec"]["volumes"]}
    mounted = {one["mountPath"]: one for one in container(name)["volumeMounts"]}
    keys = {one["key"] for one in volumes.get("secrets", {}).get("secret", {}).get("items", ())}
    wanted = {secret_name(entry) for entry in SERVICES[name].get("secrets", ())}
    assert {key.replace("rabbitmq.conf", "rabbitmq_conf") for key in keys} == wanted
    files = dict(
        one.split(":")[:2] for one in SERVICES[name].get("volumes", ()) if one.startswith("./")
    )
    for source, target in files.items():
        mount = mounted[target]
        [generated] = [
            one
            for one in KUSTOMIZATION["configMapGenerator"]
            if one["name"] == volumes[mount["name"]]["configMap"]["name"]
        ]
        from_file = source.removeprefix("./deploy/")
        key = mount["subPath"]
        assert {from_file, f"{key}={from_file}"} & set(generated["files"]), source
    passing = {one.split(":")[0] for one in SERVICES[name]["tmpfs"]}
    kept = {
        path
        for path, one in mounted.items()
        if volumes.get(one["name"], {}).get("emptyDir", {}).get("medium") == "Memory"
    }
    assert kept - {"/dev/shm"} == passing


def test_secrets_are_the_files_that_make_secrets_writes() -> None:
    [generated] = KUSTOMIZATION["secretGenerator"]
    files = {one.rpartition("=")[2].removeprefix("secrets/") for one in generated["files"]}
    compose = yaml.safe_load((DEPLOY.parent / "docker-compose.yml").read_text("utf-8"))["secrets"]
    written = {Path(one["file"]).name for one in compose.values()}
    assert files <= written
    keys = {one.rpartition("=")[0] or Path(one).name for one in generated["files"]}
    asked = {
        item["key"]
        for pod in PODS.values()
        for volume in pod["spec"]["volumes"]
        for item in volume.get("secret", {}).get("items", ())
    }
    assert keys == asked


def test_the_networks_of_compose_are_policies() -> None:
    for name, pod in PODS.items():
        labels = pod["metadata"]["labels"]
        networks = {key for key in ("data", "edge") if labels.get(key) == "true"}
        assert networks == set(SERVICES[name]["networks"]), name
    policies = {
        one["metadata"]["name"]: one["spec"] for one in OBJECTS if one["kind"] == "NetworkPolicy"
    }
    assert policies["nobody"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    for store, setting in (("postgres", "DATABASE"), ("rabbitmq", "AMQP")):
        using = [
            name
            for name in PODS
            if f"REGISTRY_{setting}_URL" in (SERVICES[name].get("environment") or {})
        ]
        [rule] = policies[store]["ingress"]
        [source] = rule["from"]
        [expression] = source["podSelector"]["matchExpressions"]
        assert sorted(expression["values"]) == sorted(using)


def test_facts_and_questions_go_through_the_gateway_alone() -> None:
    services = {one["metadata"]["name"]: one["spec"] for one in OBJECTS if one["kind"] == "Service"}
    assert not any("type" in one or "externalIPs" in one for one in services.values())
    for name in (*PROCESSES, "postgres", "rabbitmq", "gateway"):
        ports = {one["name"] for one in container(name)["ports"]}
        assert {one["targetPort"] for one in services[name]["ports"]} <= ports


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return all that `kubectl apply -k deploy` would apply, as one file."""
    program = shutil.which("kubectl") or shutil.which("kustomize")
    if program is None:
        pytest.skip("no kubectl, no kustomize: what they make of the files is not looked at")
    folder = tmp_path_factory.mktemp("kubernetes") / "deploy"
    shutil.copytree(DEPLOY, folder, ignore=shutil.ignore_patterns("secrets"))
    assert make_secrets(folder / "secrets").returncode == 0
    word = "kustomize" if program.endswith("kubectl") else "build"
    done = subprocess.run([program, word, str(folder)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    file = folder / "all.yaml"
    file.write_text(done.stdout, "utf-8")
    return file


def test_kustomize_makes_whole_objects_of_it(built: Path) -> None:
    made = list(yaml.safe_load_all(built.read_text("utf-8")))
    assert {one["metadata"].get("namespace", "poverty-registry") for one in made} == {
        "poverty-registry"
    }
    kinds = [one["kind"] for one in made]
    generated = [*KUSTOMIZATION["configMapGenerator"], *KUSTOMIZATION["secretGenerator"]]
    assert len(kinds) == len(OBJECTS) + len(generated)
    names = {(one["kind"], one["metadata"]["name"]) for one in made}
    assert {("Secret", "registry"), ("ConfigMap", "postgres"), ("Job", "migrate")} <= names


def test_every_object_is_of_its_schema(built: Path) -> None:
    program = shutil.which("kubernetes-validate", path=f"{LINTERS}") or shutil.which(
        "kubernetes-validate"
    )
    if program is None:
        pytest.skip("no kubernetes-validate (make tools): objects are not held to their schemas")
    command = [program, "--strict", "--quiet", str(built)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
