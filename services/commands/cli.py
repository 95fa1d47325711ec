"""The command `registry`: the table of its commands, as `registry --help` lists them."""

from __future__ import annotations

import gc
import sys
from typing import Annotated

import typer

from services.commands.areas import list_areas, report_areas
from services.commands.audit import verify
from services.commands.clients import add_client, grant_client, list_clients, revoke_client
from services.commands.demo import demo
from services.commands.doctor import doctor
from services.commands.import_file import import_file
from services.commands.ingest import ingest_articles
from services.commands.keys import list_keys, rotate_keys
from services.commands.migrate import migrate
from services.commands.persons import erase, make_key, rotate_key
from services.commands.quarantine import (
    discard_quarantine,
    list_quarantine,
    replay_quarantine,
    show_quarantine,
)
from services.commands.rebuild import rebuild
from services.commands.refusals import refusal
from services.commands.retain import retain
from services.commands.run import run
from services.commands.seed import seed
from services.commands.senders import client_speaks
from services.commands.simulate import simulate
from services.commands.wake import restored, wake
from shared import VERSION

app = typer.Typer(
    name="registry", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
)
ingest = typer.Typer(no_args_is_help=True, help="Record articles from files.")
clients = typer.Typer(no_args_is_help=True, help="Who else is let in, and what they may do.")
keys = typer.Typer(no_args_is_help=True, help="The keys that tokens are signed with.")
quarantine = typer.Typer(no_args_is_help=True, help="What the workers refused.")

persons = typer.Typer(no_args_is_help=True, help="Persons: their keys and their erasure.")
areas = typer.Typer(no_args_is_help=True, help="Communes of days that the seeds do not know.")
audit = typer.Typer(no_args_is_help=True, help="The audit chain.")

for command in (run, migrate, seed, demo, rebuild, wake, restored, retain, simulate, doctor):
    app.command()(command)
app.command(name="import")(import_file)
ingest.command("articles")(ingest_articles)
quarantine.command("list")(list_quarantine)
quarantine.command("show")(show_quarantine)
quarantine.command("replay")(replay_quarantine)
quarantine.command("discard")(discard_quarantine)
clients.command("add")(add_client)
clients.command("list")(list_clients)
clients.command("grant")(grant_client)
clients.command("revoke")(revoke_client)
clients.command("speaks")(client_speaks)
keys.command("rotate")(rotate_keys)
keys.command("list")(list_keys)
app.add_typer(clients, name="clients")
app.add_typer(keys, name="keys")
app.add_typer(ingest, name="ingest")
app.add_typer(quarantine, name="quarantine")
persons.command("make-key")(make_key)
persons.command("rotate-key")(rotate_key)
persons.command("erase")(erase)
app.add_typer(persons, name="persons")
areas.command("report")(report_areas)
areas.command("list")(list_areas)
app.add_typer(areas, name="areas")
audit.command("verify")(verify)
app.add_typer(audit, name="audit")


def main() -> None:
    """Run the command line; a refusal to start is one line, not a stack trace."""
    # Millions of short-lived rows and no cycles: the collector's full passes only cost time.
    gc.set_threshold(50_000, 20, 100)
    try:
        app()
    except Exception as error:
        line = refusal(error)
        if line is None:
            raise
        print(f"registry: {line}", file=sys.stderr)
        sys.exit(2)


def _show_version(wanted: bool) -> None:
    if wanted:
        print(f"registry {VERSION}")
        raise typer.Exit


@app.callback()
def registry(
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version and end.", is_eager=True, callback=_show_version
        ),
    ] = False,
) -> None:
    """Poverty Registry: events in, status, funds and figures out."""
