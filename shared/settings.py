"""Every setting of the registry: one typed class, one sentence each.

Read at composition only (`services.commands`); everything else receives values.
Each field is the environment variable `REGISTRY_<NAME>`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import quote, urlsplit, urlunsplit

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


def _words(value: object) -> object:
    return tuple(value.split()) if isinstance(value, str) else value


def _web_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username is not None:
        raise ValueError("must be http(s) addresses without a user, separated by blanks")
    return value


def _issuer(value: str) -> str:
    parts = urlsplit(_web_address(value))
    if parts.scheme != "https" and parts.hostname not in {"127.0.0.1", "::1", "localhost"}:
        raise ValueError("must be https: whoever can change the answer could sign tokens")
    return value


def _host_name(value: str) -> str:
    parts = urlsplit(f"//{value}")
    if parts.netloc != value or not parts.hostname or parts.username is not None or parts.port == 0:
        raise ValueError("must be hosts or host:port, separated by blanks")
    return value


def _address(*schemes: str) -> Callable[[str], str]:
    def checked(value: str) -> str:
        """Refuse what cannot be an address; the value is kept out of the sentence."""
        example = f"{schemes[0]}://user:password@host/name"
        try:
            parts = urlsplit(value)
            parts.port  # noqa: B018 - reading it checks it
        except ValueError:
            raise ValueError(f"is no address; write {example}") from None
        if parts.scheme not in schemes:
            raise ValueError(f"must begin with {' or '.join(f'{s}://' for s in schemes)}")
        return value

    return checked


WebAddress = Annotated[str, AfterValidator(_web_address)]
DatabaseAddress = Annotated[str, AfterValidator(_address("postgresql", "postgres"))]
HostName = Annotated[str, AfterValidator(_host_name)]


class UnreadableSecret(Exception):
    """A file that a setting names cannot be read; the message is for the person who set it."""


class Settings(BaseSettings):
    """The configuration of one process."""

    model_config = SettingsConfigDict(env_prefix="REGISTRY_", extra="ignore", frozen=True)

    database_url: DatabaseAddress | None = Field(
        None, description="PostgreSQL address; absent in embedded mode, which starts its own."
    )
    database_password_file: Path | None = Field(
        None, description="File whose content replaces the password in the database address."
    )
    read_database_url: DatabaseAddress | None = Field(
        None,
        description="Address of a streaming replica that api reads answers from; the password "
        "file of the database holds for it, too.",
    )
    read_behind_seconds: float = Field(
        5.0,
        ge=1,
        le=3600,
        description="How far that replica may be behind; beyond it the database itself is read.",
    )
    amqp_url: Annotated[str, AfterValidator(_address("amqp", "amqps"))] | None = Field(
        None, description="RabbitMQ address; absent in embedded mode, which needs no broker."
    )
    amqp_password_file: Path | None = Field(
        None, description="File whose content replaces the password in the RabbitMQ address."
    )
    data_dir: Path = Field(Path(".data"), description="Where embedded mode keeps its database.")
    host: str = Field("127.0.0.1", description="Address that the HTTP server binds.")
    port: int = Field(
        0, ge=0, le=65535, description="Port of the HTTP server; 0: 8000 api, 8001 ingest, 8002."
    )
    auth: Literal["on", "off"] = Field(
        "on", description="Whether callers need a bearer token; off only on loopback."
    )
    tokens_file: Path | None = Field(
        None, description="JSON file of static bearer tokens (`make secrets` writes one)."
    )
    token_issuer: str = Field(
        "urn:poverty-registry", description="Name under which the registry signs its own tokens."
    )
    token_audience: str = Field(
        "poverty-registry", description="Name for which signed tokens must be meant (`aud`)."
    )
    oidc_issuer: Annotated[str, AfterValidator(_issuer)] | None = Field(
        None,
        description="Address of an outside issuer whose tokens are taken instead of our own.",
    )
    oidc_client_id: str | None = Field(
        None, description="Id of the page with the outside issuer, where people sign in there."
    )
    oidc_client_secret_file: Path | None = Field(
        None, description="File of the page's secret with the outside issuer, if it has one."
    )
    certificate_header: str | None = Field(
        None,
        pattern=r"^[!#$%&'*+.^_`|~0-9A-Za-z-]+$",
        description="Header in which a gateway hands on a caller's certificate; only if the "
        "gateway takes it out of what comes from outside.",
    )
    certificate_of: str | None = Field(
        None,
        pattern=r"^.+:[0-9]{1,5}$",
        description="Host and port of the gateway whose certificate `registry doctor` looks at.",
    )
    certificate_name: str | None = Field(
        None,
        description="Name that the gateway is called by, if it is not the host.",
    )
    spdci_id: str | None = Field(
        None,
        description="Name of this registry in headers of SPDCI; messages that name another "
        "receiver are refused once it is set.",
    )
    audit: Literal["on", "off"] = Field(
        "on",
        description="Whether answers about households and persons, and writes, wait for a row in "
        "the audit chain; off only on loopback.",
    )
    audit_anchor_file: Path | None = Field(
        None, description="File that the heads of the audit chains are appended to."
    )
    audit_anchor_url: WebAddress | None = Field(
        None, description="Address outside that the heads of the audit chains are sent to."
    )
    persons_key_file: Path | None = Field(
        None,
        description="File of the keys that persons are encrypted with; `persons.key` in `data_dir` "
        "where it is absent (`make secrets` makes one, embedded mode its own).",
    )
    requests_per_minute: int = Field(
        6000, ge=1, description="Requests of one client that one process answers in a minute."
    )
    lookups_per_minute: int = Field(
        60, ge=1, description="Persons that one client may look up or verify in a minute."
    )
    behind_tls: bool = Field(
        False,
        description="Whether a gateway in front speaks TLS: browsers are told to use nothing else.",
    )
    cors_origins: Annotated[tuple[WebAddress, ...], NoDecode, BeforeValidator(_words)] = Field(
        (),
        description="Origins whose pages may read answers in a browser, separated by blanks; none "
        "by default.",
    )
    log_format: Literal["json", "console"] = Field("json", description="How log lines look.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="The least serious log line that is written."
    )
    traces_url: WebAddress | None = Field(
        None,
        description="Address of a collector that takes traces by OTLP over HTTP "
        "(`http://host:4318/v1/traces`); without one nothing is traced.",
    )
    traces_ratio: float = Field(
        0.1, ge=0, le=1, description="Share of what comes in whose trace is recorded."
    )
    database_pool_max: int = Field(
        10, ge=2, le=100, description="Most database connections that one process holds."
    )
    outbox_rows_max: int = Field(
        100_000, ge=1, description="Unsent messages above which ingest answers 503."
    )
    batch_items_max: int = Field(
        500, ge=1, le=2000, description="Most households a worker takes in one transaction."
    )
    batch_age_ms: int = Field(
        20, ge=0, le=1000, description="How long a worker waits for a batch to fill."
    )
    body_bytes_max: int = Field(
        8 * 1024 * 1024, ge=1024, description="Largest JSON body that a door accepts."
    )
    stream_bytes_max: int = Field(
        1024**3, ge=1024, description="Largest NDJSON stream or file that a door accepts."
    )
    feeds: Annotated[tuple[WebAddress, ...], NoDecode, BeforeValidator(_words)] = Field(
        (), description="Addresses of RSS and Atom feeds to poll, separated by blanks."
    )
    feed_hosts: Annotated[tuple[HostName, ...], NoDecode, BeforeValidator(_words)] = Field(
        (), description="Hosts whose pages are fetched for the full text of feed entries."
    )
    feed_seconds: int = Field(
        900, ge=60, description="Time between two polls of a feed that answers."
    )
    webhooks_inside: bool = Field(
        False,
        description="Whether webhooks may go by http and to addresses inside private networks: for "
        "trials and tests.",
    )
    export_hours: int = Field(
        24, ge=1, le=24 * 30, description="Hours that the file of an export can be fetched."
    )
    export_bytes_max: int = Field(
        1024**3, ge=1024, description="Largest file of an export; the database keeps it."
    )
    shutdown_seconds: float = Field(
        15.0, gt=0, le=20, description="How long a stopping process may finish its work in hand."
    )
    worker_process: bool = Field(
        False,
        description="Let embedded work in a process beside the doors (`make run` does, with more "
        "than one core).",
    )
    demo: bool = Field(False, description="Load the demo on the first start (`make run` does).")

    def persons_keys(self) -> Path:
        """Return where the keys are that persons are encrypted with."""
        return self.persons_key_file or self.data_dir / "persons.key"

    def database_dsn(self) -> str | None:
        """Return the database address with the password of the secret file put in."""
        return _with_password("DATABASE", self.database_url, self.database_password_file)

    def read_database_dsn(self) -> str | None:
        """Return the address of the replica with the same password put in."""
        return _with_password("DATABASE", self.read_database_url, self.database_password_file)

    def amqp_dsn(self) -> str | None:
        """Return the RabbitMQ address with the password of the secret file put in."""
        return _with_password("AMQP", self.amqp_url, self.amqp_password_file)

    def oidc_client_secret(self) -> str | None:
        """Return the page's secret with the outside issuer, if it has one."""
        file = self.oidc_client_secret_file
        return None if file is None else _secret("OIDC_CLIENT_SECRET_FILE", file)


def _secret(setting: str, file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is no text"
        raise UnreadableSecret(f"REGISTRY_{setting}={file} cannot be read: {why}") from error


def _with_password(which: str, url: str | None, file: Path | None) -> str | None:
    if url is None or file is None:
        return url
    parts = urlsplit(url)
    secret = quote(_secret(f"{which}_PASSWORD_FILE", file), safe="")
    where = parts.hostname or "localhost"
    port = f":{parts.port}" if parts.port else ""
    return urlunsplit(parts._replace(netloc=f"{parts.username or ''}:{secret}@{where}{port}"))
