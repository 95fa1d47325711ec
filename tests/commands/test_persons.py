"""`registry persons` on a registry that runs: keys change and persons go without a restart."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.commands import persons as command
from shared.households.store import persons
from shared.kernel.key_file import KeyFile
from shared.runtime.errors import StartError
from shared.settings import Settings
from tests.facts import registered
from tests.harness import Registry, registry

MEMBERS = [{"member_id": "1", "name": "Lý Thị Mẩy"}, {"member_id": "2", "name": "Lý A Pao"}]


async def names(app: Registry, household: str) -> list[str | None]:
    (event,) = (await app.get(f"/v1/households/{household}/events"))["items"]
    return [member.get("name") for member in event["members"]]


async def test_keys_are_rotated_twice_and_a_broken_off_rotation_is_finished(
    dsn: str, tmp_path: Path
) -> None:
    keys = KeyFile(tmp_path / "persons.key")
    keys.make()
    settings = Settings(persons_key_file=keys.path)
    async with registry(dsn, persons_key_file=keys.path) as app:
        await app.send([registered(f"R-{n}", "2022-01-01", members=MEMBERS) for n in range(3)])
        first = keys.ring().current
        await command._rotate(settings, dsn)
        second = keys.ring().current
        assert second != first
        # The key before opens what was backed up before; the one before that is gone.
        assert set(keys.ring().wrapping) == {first, second}
        # Broken off after the key was drawn.
        keys.write(keys.ring().rotated())
        third = keys.ring().current
        await command._rotate(settings, dsn)
        assert keys.ring().current == third
        async with app.context.database.statement() as snapshot:
            assert not await persons.wrapped_by_others(snapshot, third)
        await command._rotate(settings, dsn)
        assert set(keys.ring().wrapping) == {third, keys.ring().current}
        assert await names(app, "R-2") == ["Lý Thị Mẩy", "Lý A Pao"]


async def test_a_household_is_erased_by_its_id_and_a_stranger_is_refused(dsn: str) -> None:
    async with registry(dsn) as app:
        await app.send([registered(f"E-{n}", "2022-01-01", members=MEMBERS) for n in range(2)])
        await command._erase(dsn, "E-0")
        await command._erase(dsn, "E-0")
        assert await names(app, "E-0") == [None, None]
        assert await names(app, "E-1") == ["Lý Thị Mẩy", "Lý A Pao"]
        with pytest.raises(StartError, match="no person and no household"):
            await command._erase(dsn, "E-9")
