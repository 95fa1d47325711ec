"""What an operator does and what may happen, in order; each step says what it saw or fails."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.compose.engine import ROOT, SETUP, docker
from tests.compose.load import Sender, all_once, household, statuses, until
from tests.compose.stack import API, GATEWAY, GRAFANA, INGEST, PROMETHEUS, Stack, StepFailed

PROCESSES = ("ingest", "worker", "api")
STORES = ("postgres", "rabbitmq")


class NotRun(Exception):
    """A step that this machine cannot do; it says why."""


@dataclass
class Walk:
    """The steps share a stack and all that it ever acknowledged."""

    stack: Stack
    acknowledged: set[str] = field(default_factory=set)
    backup: str = ""

    def secrets(self) -> str:
        """Without secrets nothing starts; then they are made."""
        refused = self.stack.compose("up", "-d", check=False)
        if "secrets" not in refused:
            raise StepFailed(refused)
        self.stack.compose("down", "-v")
        self.stack.run("python3", "deploy/make_secrets.py")
        return "refused without; made"

    def config(self) -> str:
        """The file is valid with every profile, and says nothing else."""
        said = self.stack.compose("--profile", "*", "config", "-q")
        if said.strip():
            raise StepFailed(said)
        return "valid, no warning"

    def build(self) -> str:
        """One build makes one image."""
        self.stack.compose("build", "-q")
        image = f"poverty-registry:{self.stack.version}"
        layers = docker(self.stack.variables, "history", "--format", "{{.Size}}", "-H=false", image)
        sizes = [int(float(line)) for line in layers.stdout.split() if line.isdigit()]
        base = docker(self.stack.variables, "image", "inspect", "-f", "{{.Size}}", self._python())
        whole = docker(self.stack.variables, "image", "inspect", "-f", "{{.Size}}", image)
        own = (int(whole.stdout) - int(base.stdout)) / 1e6
        if own > 350:
            raise StepFailed(f"{own:.0f} MB without its base")
        return f"{own:.0f} MB without its base, {len(sizes)} layers"

    def _python(self) -> str:
        config = json.loads(self.stack.compose("config", "--format", "json"))
        image: str = config["services"]["migrate"]["build"]["args"]["PYTHON_IMAGE"]
        return image

    def up(self) -> str:
        """Everything becomes healthy; nothing but ingest and api is published, on loopback."""
        self.stack.up()
        running = {c["Service"]: c for c in self.stack.containers()}
        if running["migrate"]["ExitCode"] != 0:
            raise StepFailed("migrate failed")
        for name in (*PROCESSES, *STORES):
            if running[name]["Health"] != "healthy":
                raise StepFailed(f"{name}: {running[name]['Status']}")
        published = {
            f"{name}:{port['PublishedPort']}@{port['URL']}"
            for name, one in running.items()
            for port in one["Publishers"] or []
            if port["PublishedPort"]
        }
        if published != {f"ingest:{INGEST}@127.0.0.1", f"api:{API}@127.0.0.1"}:
            raise StepFailed(f"published: {published}")
        return "all healthy; ingest and api on loopback only"

    def events(self) -> str:
        """A caller without a token is refused; one with it sees what it sent."""
        url = f"http://127.0.0.1:{INGEST}/v1/household-events"
        if (code := httpx.post(url, json={"events": [household("X")]}).status_code) != 401:
            raise StepFailed(f"{code} without a token")
        self._send(200)
        return self._counted()

    def settings(self) -> str:
        """A setting in registry.env reaches the process."""
        (self.stack.folder / "registry.env").write_text("REGISTRY_BODY_BYTES_MAX=4000000\n")
        self.stack.up()
        for name in PROCESSES:
            said = self.stack.compose("exec", "-T", name, "env")
            if "REGISTRY_BODY_BYTES_MAX=4000000" not in said:
                raise StepFailed(f"{name} has not got it")
        return "ingest, worker and api have it"

    def commands(self) -> str:
        """The commands of deploy/README, in a container."""
        if "FAIL" in (said := self.stack.compose("exec", "-T", "ingest", "registry", "doctor")):
            raise StepFailed(said)
        self.stack.compose("exec", "-T", "worker", "registry", "quarantine", "list")
        said = self.stack.compose("exec", "-T", "worker", "registry", "rebuild", "--verify")
        return "doctor ok; " + said.strip().splitlines()[-1]

    def scale(self) -> str:
        """Four workers share the queues."""
        self.stack.workers = 4
        self.stack.up()
        if (count := len(self.stack.ids("worker"))) != 4:
            raise StepFailed(f"{count} workers")
        self._send(200)
        return f"4 workers; {self._counted()}"

    def kills(self) -> str:
        """SIGKILL of each container in turn, while a caller sends."""
        took = []
        sender = Sender(self.stack)
        with sender.sending():
            for name in ("worker", "ingest", "api", "rabbitmq", "postgres"):
                took.append(f"{name} {self._kill(name):.0f} s")
        self.acknowledged |= sender.acknowledged
        return f"healthy again: {', '.join(took)}; {self._counted()}"

    def _kill(self, service: str) -> float:
        """Kill one container of a service; return the seconds until it was healthy again."""
        start, before = time.monotonic(), self._restarts(service)
        self.stack.kill(self.stack.ids(service)[0])
        until(lambda: self._restarts(service) > before, f"a restart of {service}")
        self._until_healthy(service)
        return time.monotonic() - start

    def _until_healthy(self, service: str) -> None:
        until(lambda: self._healthy(service), f"a healthy {service}")

    def _restarts(self, service: str) -> int:
        inspect = ("inspect", "-f", "{{.RestartCount}}", *self.stack.ids(service))
        return sum(map(int, docker(self.stack.variables, *inspect).stdout.split()))

    def _healthy(self, service: str) -> bool:
        states = [c["Health"] for c in self.stack.containers() if c["Service"] == service]
        return bool(states) and set(states) == {"healthy"}

    def broker_lost(self) -> str:
        """What lies in a broker whose volume is lost is ordered anew, by itself."""
        self.stack.compose("stop", "worker")
        self._send(50)
        # Left the outbox: from now on only the broker has the messages.
        until(lambda: self._outbox() == 0, "an empty outbox")
        self.stack.compose("rm", "-sf", "rabbitmq")
        docker(self.stack.variables, "volume", "rm", f"{self._project()}_rabbitmq_data")
        self.stack.up()
        start = time.monotonic()
        return f"{self._counted()}; by itself after {time.monotonic() - start:.0f} s"

    def _outbox(self) -> int:
        return int(self._sql("SELECT count(*) FROM outbox"))

    def _sql(self, statement: str) -> str:
        psql = 'PGPASSWORD="$(cat /run/secrets/postgres_password)" exec psql -qtAX -U postgres "$@"'
        words = ("sh", "-c", psql, "sh", "-d", "registry", "-c", statement)
        return self.stack.compose("exec", "-T", "postgres", *words).strip()

    def _project(self) -> str:
        return self.stack.environment["COMPOSE_PROJECT_NAME"]

    def stops(self) -> str:
        """Each process stops in order, with exit code 0, and starts again."""
        sender = Sender(self.stack)
        with sender.sending():
            for name in (*PROCESSES, *STORES):
                self.stack.compose("stop", name)
                codes = {c["ExitCode"] for c in self.stack.containers() if c["Service"] == name}
                if codes != {0}:
                    raise StepFailed(f"{name} ended with {codes}")
                self.stack.up()
        self.acknowledged |= sender.acknowledged
        return f"exit code 0 each; {self._counted()}"

    def reboot(self) -> str:
        """The engine stops with all containers, as a machine does, and starts again."""
        if not SETUP.exists() or "registry-engine" not in self.stack.variables.get(
            "DOCKER_HOST", ""
        ):
            raise NotRun("the engine is not ours to stop")
        subprocess.run([SETUP, "down"], capture_output=True, check=True)
        subprocess.run([SETUP, "up"], capture_output=True, check=True)
        start = time.monotonic()
        for name in (*PROCESSES, *STORES):
            self._until_healthy(name)
        return f"all healthy after {time.monotonic() - start:.0f} s; {self._counted()}"

    def restore(self) -> str:
        """A backup taken under load comes back in an empty stack with other secrets."""
        sender = Sender(self.stack)
        self._send(20)
        self._counted()
        before = set(self.acknowledged)
        with sender.sending():
            file = self.backup = self.stack.run("deploy/backup/backup.sh", "backups").strip()
        refused = self.stack.run("deploy/backup/restore.sh", file, check=False)
        if "not empty" not in refused or not self._healthy("ingest"):
            raise StepFailed(f"a full database: {refused}")
        self.stack.compose("down", "-v")
        self.stack.run("python3", "deploy/make_secrets.py", "--force")
        said = self.stack.run("deploy/backup/restore.sh", file)
        self.stack.up()
        # What was sent while the dump was made may lie after its snapshot: senders send it again.
        self.acknowledged = before
        return f"{self._counted()}; {said.strip().splitlines()[-2].strip()}"

    def drill(self) -> str:
        """The backup is tried out beside the running stack, of which nothing changes."""
        said = self.stack.run("deploy/backup/drill.sh", self.backup)
        if "history sound" not in " ".join(said.split()) or "The backup is good" not in said:
            raise StepFailed(said)
        left = docker(self.stack.variables, "volume", "ls", "-q", "-f", "name=registry-drill")
        if left.stdout.strip():
            raise StepFailed(left.stdout)
        return f"{said.strip().splitlines()[-1]} {self._counted()}"

    def instant(self) -> str:
        """The log is archived; the database goes back to an instant, by the commands of README."""
        archive = self.stack.folder.parent / "archive"
        archive.mkdir()
        shutil.chown(archive, 999, 999)
        self.stack.extra = {
            "COMPOSE_FILE": "docker-compose.yml:deploy/postgres/archive.yml",
            "REGISTRY_ARCHIVE": str(archive),
        }
        self.stack.up()
        base = self.stack.run("sh", "-ec", _command_of_readme("/etc/postgresql/base.sh")).strip()
        before = Sender(self.stack)
        before.send(20)
        self.acknowledged |= before.acknowledged
        self._counted()
        time.sleep(2)
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        time.sleep(2)
        after = Sender(self.stack)
        after.send(20)
        all_once(self.stack, self.acknowledged | after.acknowledged)
        self._sql("SELECT pg_switch_wal()")
        until(lambda: self._archived(), "an archived log")
        start = time.monotonic()
        self._go_back(at)
        took = time.monotonic() - start
        if there := after.acknowledged & statuses(self.stack).keys():
            raise StepFailed(f"{len(there)} of what came after are there")
        seen = self._counted()
        # Senders send again what came after.
        after.again()
        self.acknowledged |= after.acknowledged
        seen = f"{seen}; back to {at} in {took:.0f} s, the 20 after it gone, sent again: "
        seen += f"{self._counted()}; {self._archive_fails(archive)}"
        self.stack.extra = {}
        self.stack.up()
        return f"{Path(base).name}; {seen}"

    def _go_back(self, at: str) -> None:
        """Run what deploy/README says, a line after the other."""
        text = _commands_of_readme("To go back, the present data is copied aside first:")
        text = text.replace("2026-11-30T01:45:00Z", at)
        for command in text.split("\n    docker ")[1:]:
            self.stack.run("sh", "-ec", "docker " + command.split("#")[0])
            if "--wait postgres" in command:
                until(lambda: self._sql("SELECT pg_is_in_recovery()") == "f", "the end of recovery")

    def _archived(self) -> bool:
        waiting = "SELECT count(*) FROM pg_ls_archive_statusdir() WHERE name LIKE '%.ready'"
        return self._sql(waiting) == "0"

    def _archive_fails(self, archive: Path) -> str:
        """Doctor tells of a folder that cannot be written to, and when it can be again."""
        shutil.chown(archive / "wal", 0, 0)
        (archive / "wal").chmod(0o700)
        self._sql("SELECT pg_switch_wal()")
        until(lambda: "FAIL archive: archiving fails" in self._doctor(), "a doctor that sees it")
        shutil.chown(archive / "wal", 999, 999)
        until(lambda: "ok   archive: last archived" in self._doctor(), "an archive that goes on")
        return "a full archive is told and goes on"

    def _doctor(self) -> str:
        return self.stack.compose("exec", "-T", "ingest", "registry", "doctor", check=False)

    def rotations(self) -> str:
        """Each secret is replaced while a caller sends through the gateway, which waits."""
        self.stack.profiles = ["gateway"]
        self.stack.up()
        sender = Sender(self.stack, f"https://localhost:{GATEWAY}")
        with sender.sending():
            for group in ("database", "rabbitmq", "postgres", "operator"):
                self.stack.run("deploy/rotate.sh", group)
                if (count := len(self.stack.ids("worker"))) != self.stack.workers:
                    raise StepFailed(f"{count} workers after {group}")
        self._all_taken(sender)
        # Each by its own new password: a process that starts anew gets in, and so does a backup.
        for name in PROCESSES:
            self.stack.compose("restart", name)
        self.stack.up()
        self.stack.run("deploy/backup/backup.sh", "backups")
        return f"{len(sender.acknowledged)} sent meanwhile, none refused; {self._counted()}"

    def _all_taken(self, sender: Sender) -> None:
        if sender.refused or not sender.acknowledged:
            raise StepFailed(f"refused: {dict(sender.refused)}; taken: {len(sender.acknowledged)}")
        self.acknowledged |= sender.acknowledged

    def gateway(self) -> str:
        """One address for both, with TLS; metrics stay inside."""
        headers = {"authorization": f"Bearer {self.stack.token()}"}
        with httpx.Client(base_url=f"https://localhost:{GATEWAY}", verify=False) as client:
            codes = {
                path: client.get(path, headers=headers).status_code
                for path in ("/v1/areas/VN", "/v1/feeds", "/health/live", "/metrics")
            }
        if codes != {"/v1/areas/VN": 200, "/v1/feeds": 200, "/health/live": 200, "/metrics": 404}:
            raise StepFailed(str(codes))
        return "api and ingest behind one address; /metrics is 404"

    def monitoring(self) -> str:
        """Prometheus scrapes every process and evaluates every rule."""
        self.stack.profiles = ["gateway", "monitoring"]
        self.stack.up()
        base = f"http://127.0.0.1:{PROMETHEUS}/api/v1"
        wanted = {"ingest", "worker", "api", "rabbitmq"}

        def scraped() -> bool:
            targets = httpx.get(f"{base}/targets").json()["data"]["activeTargets"]
            up = {t["labels"]["job"] for t in targets if t["health"] == "up"}
            return up == wanted and all(t["health"] == "up" for t in targets)

        until(scraped, "every target up")
        groups = httpx.get(f"{base}/rules").json()["data"]["groups"]
        rules = [rule for group in groups for rule in group["rules"]]
        if bad := [rule["name"] for rule in rules if rule["health"] == "err"]:
            raise StepFailed(f"rules that fail: {bad}")
        httpx.get(f"http://127.0.0.1:{GRAFANA}/api/health").raise_for_status()
        self._rules_tested()
        return f"{len(wanted)} jobs up, {len(rules)} rules evaluate and do what their tests say"

    def _rules_tested(self) -> None:
        config = json.loads(self.stack.compose("--profile", "*", "config", "--format", "json"))
        mounted = f"{self.stack.folder}/deploy/prometheus:/rules:ro"
        program = ("--entrypoint", "promtool", config["services"]["prometheus"]["image"])
        test = ("test", "rules", "/rules/alerts_test.yml")
        done = docker(
            self.stack.variables, "run", "--rm", "-v", mounted, *program, *test, check=False
        )
        if done.returncode:
            raise StepFailed(done.stdout + done.stderr)

    def demo(self) -> str:
        """The demo goes in through the doors, by the workers that run."""
        before = self._poor()
        self.stack.compose("--profile", "demo", "run", "--rm", "-T", "demo")
        # Those of this test live in the same district.
        if (more := self._poor() - before) != 2_100:
            raise StepFailed(f"{more} more are poor")
        return "its 2,100 poor of Bình Gia are there"

    def _poor(self) -> int:
        headers = {"authorization": f"Bearer {self.stack.token()}"}
        asked = f"http://127.0.0.1:{API}/v1/areas/181/statistics?as_of=2023-12-31"
        answer = httpx.get(asked, headers=headers, timeout=60)
        poor: int = answer.raise_for_status().json()["counts"]["poor"]
        return poor

    def down(self) -> str:
        """Everything goes, data too."""
        self.stack.compose("--profile", "*", "down", "-v")
        if left := self.stack.containers():
            raise StepFailed(str(left))
        return "nothing left"

    def upgrade(self) -> str:
        """The previous release's image runs, then this one over its data, as README says."""
        previous = _previous()
        folder = self.stack.folder.parent / "previous"
        _checkout(previous, folder)
        tag = "poverty-registry:previous"
        build = ("build", "-q", "-f", f"{folder}/deploy/Dockerfile", "-t", tag, str(folder))
        docker(self.stack.variables, *build)
        shutil.rmtree(folder)
        self.stack.compose("--profile", "*", "down", "-v")
        self.acknowledged, new = set(), self.stack.version
        self.stack.profiles, self.stack.workers = ["gateway"], 2
        self.stack.version = "previous"
        self.stack.up()
        self._send(100)
        self._counted()
        self.stack.version = new
        sender = Sender(self.stack, f"https://localhost:{GATEWAY}")
        with sender.sending():
            self.stack.compose("stop", "worker")
            self.stack.compose("run", "--rm", "-T", "--no-deps", "migrate")
            for name in ("worker", "ingest"):
                self.stack.up("--no-deps", name)
            self.stack.up()
        # The release before ends its connections as it did: what was under way to it is 502.
        if not sender.acknowledged or set(sender.refused) - {"502"}:
            raise StepFailed(f"refused: {dict(sender.refused)}")
        self.acknowledged |= sender.acknowledged
        seen = self._counted()
        self.commands()
        told = f"{len(sender.acknowledged)} sent meanwhile, {sender.refused['502']} of them twice"
        return f"from {previous[:8]}, {told}; {seen}"

    def _send(self, count: int) -> None:
        sender = Sender(self.stack)
        sender.send(count)
        self.acknowledged |= sender.acknowledged

    def _counted(self) -> str:
        return all_once(self.stack, self.acknowledged)

    def steps(self) -> list[Callable[[], str]]:
        """Return the steps in the order in which they need each other."""
        return [
            *(self.secrets, self.config, self.build, self.up, self.events, self.settings),
            *(self.commands, self.scale, self.kills, self.broker_lost, self.stops, self.reboot),
            *(
                self.restore,
                self.drill,
                self.instant,
                self.rotations,
                self.gateway,
                self.monitoring,
                self.demo,
                self.down,
            ),
            *(self.upgrade, self.down),
        ]


def _commands_of_readme(sentence: str) -> str:
    """Return the indented lines behind a sentence of deploy/README."""
    text = (ROOT / "deploy" / "README.md").read_text("utf-8").split(sentence, 1)[1]
    lines = text.lstrip("\n").splitlines()
    end = next(n for n, line in enumerate(lines) if line and not line.startswith("    "))
    return "\n" + "\n".join(lines[:end])


def _command_of_readme(word: str) -> str:
    """Return the one command of deploy/README that says a word."""
    blocks = re.findall(r"(?m)(?:^    .*\n)+", (ROOT / "deploy" / "README.md").read_text("utf-8"))
    return next(block for block in blocks if word in block and "exec -T" in block)


def _git(*arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise NotRun(f"git {arguments[0]}: {done.stderr.strip()}")
    return done.stdout


def _previous() -> str:
    """Return the last commit of another version than this one's."""
    now = _git("show", "HEAD:shared/__init__.py")
    for commit in _git("log", "--format=%H", "--first-parent", "HEAD").split():
        try:
            if _git("show", f"{commit}:shared/__init__.py") != now:
                return commit
        except NotRun:
            continue
    raise NotRun("there is no previous release")


def _checkout(commit: str, folder: Path) -> None:
    folder.mkdir()
    archive = subprocess.run(
        ["git", "archive", commit], cwd=ROOT, capture_output=True, check=True
    ).stdout
    subprocess.run(["tar", "-x", "-C", str(folder)], input=archive, check=True)
