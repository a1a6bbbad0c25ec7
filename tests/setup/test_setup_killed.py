"""kill -9 at any moment of a first start: the next one takes nothing half-made for whole."""

from __future__ import annotations

import json

import pytest

from lib import database, places, postgres, stack
from lib import postgres_programs as programs


@pytest.fixture
def server(tmp_path, monkeypatch):
    """A private server in a work folder of the test's own."""
    if not programs.installed(server=True):
        pytest.skip("no PostgreSQL installed here")
    for name in ("OPENPCE_CACHE", "PGHOST", "PGPORT", "PGUSER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("OPENPCE_HOME", str(tmp_path))
    places.prepare()
    server = postgres.ensure("pg", durable=False)
    yield server
    server.stop()


class Site(database.Site):
    """One whose Odoo leaves a table and a file behind, as an installation does."""

    def call(self, _log, _config, *words, failure):
        name = words[words.index("-d") + 1]
        self.server.sql("CREATE TABLE ir_config_parameter (key text, value text)", name)
        self.filestore(name).mkdir(parents=True)
        (self.filestore(name) / "whole").touch()
        return failure


def test_a_base_that_was_being_made_is_made_anew(server, tmp_path):
    site = Site(type("Tree", (), {"path": tmp_path, "addons_path": []})(), server, tmp_path / "d")
    folder = places.cache() / "base-1"
    part = places.cache() / "base-1.part"
    part.mkdir()
    (part / "dump").write_text("half")
    server.create("openpce_base")
    server.sql("CREATE TABLE half ()", "openpce_base")
    database._build_base(site, folder)
    assert not part.exists()
    assert server.databases() & {"openpce_base", "openpce_new"} == set()
    database.restore(site, folder, "openpce_new")
    tables = server.sql(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public'", "openpce_new"
    )
    assert tables.split() == ["ir_config_parameter"], "nothing of the half one is in it"
    assert (site.filestore("openpce_new") / "whole").exists()


@pytest.mark.parametrize("seal", [None, '{"sources": "ab'])
def test_a_demo_that_was_not_sealed_is_made_anew(tmp_path, monkeypatch, seal):
    monkeypatch.setenv("OPENPCE_HOME", str(tmp_path))
    file = tmp_path / "demo" / "installed.json"
    file.parent.mkdir()
    if seal:
        file.write_text(seal)
    made = []
    monkeypatch.setattr(stack, "_build_database", made.append)
    server = type(
        "Server", (), {"name": lambda _self, name: name, "databases": lambda _self: {"openpce"}}
    )
    site = database.Site(None, server(), tmp_path)
    stack._ensure_database(site)
    assert made == [site]
    assert json.loads(file.read_text())["sources"] == stack._sources_digest()
    stack._ensure_database(site)
    assert made == [site], "a sealed one stays"
