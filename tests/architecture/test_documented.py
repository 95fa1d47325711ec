"""Every setting, command and message type is written down where people look for it."""

from __future__ import annotations

from pathlib import Path

from services.commands import cli
from shared.http import asyncapi
from shared.messages import MESSAGE_TYPES
from shared.settings import Settings

README = (Path(__file__).resolve().parents[2] / "README.md").read_text("utf-8")


def test_every_setting_has_a_sentence_and_stands_in_the_readme() -> None:
    for name, field in Settings.model_fields.items():
        assert field.description, name
        assert f"`{name.upper()}`" in README, name


def test_every_command_stands_in_the_readme() -> None:
    names = [c.name or c.callback.__name__ for c in cli.app.registered_commands if c.callback]
    for name in names:
        assert f"registry {name.rstrip('_')}" in README, name


def test_what_is_for_the_world_stands_in_the_asyncapi_document_and_no_work_order_does() -> None:
    channels = asyncapi.document()["channels"]
    assert {kind.name for kind in MESSAGE_TYPES if kind.audience == "world"} == set(channels)


def test_the_two_commands_of_the_readme_are_make_run_and_make_test() -> None:
    assert "\nmake run " in README
    assert "\nmake test " in README
