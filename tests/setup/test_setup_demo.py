"""The demo's people: what the terminal promises is what the addon's demo files make."""

from __future__ import annotations

import ast

from lxml import etree

from lib import demo_users, places, stack

WORKFLOW = places.PROJECT / "openpce_vendor_bill_workflow"
_PEOPLE = [row for row in demo_users.USERS if row[2] in demo_users.OF_THE_WORKFLOW]


def demo_records(model):
    """Records of a model in the demo files of the workflow, by their id: {field: text or ref}."""
    manifest = ast.literal_eval((WORKFLOW / "__manifest__.py").read_text(encoding="utf-8"))
    found = {}
    for name in manifest["demo"]:
        for record in etree.parse(WORKFLOW / name).iterfind(f"record[@model='{model}']"):
            found[record.get("id")] = {
                field.get("name"): field.text or field.get("ref") or field.get("eval")
                for field in record
            }
    return found


def test_everybody_that_is_announced_is_in_the_demo_files_and_nobody_else():
    made = {
        (user["login"], user["name"], user["email"]) for user in demo_records("res.users").values()
    }
    assert {(login, name, address) for login, name, _kind, address in _PEOPLE} == made


def test_what_is_said_of_each_is_the_role_that_the_demo_files_give():
    users = demo_records("res.users")
    levels = {
        users[row["user_id"]]["login"]: row.get("level", "reviewer")
        for row in demo_records("openpce.bill.user").values()
    }
    managers = [u["login"] for u in users.values() if "group_openpce_manager" in str(u)]
    levels |= dict.fromkeys(managers, "manager")
    assert {login: kind for login, _name, kind, _address in _PEOPLE} == levels
    assert set(levels.values()) == set(demo_users.OF_THE_WORKFLOW), "somebody for each role"


def test_every_kind_is_explained():
    assert {row[2] for row in demo_users.USERS} == set(demo_users.KINDS)


def test_changed_demo_data_is_told_from_changed_code(tmp_path, monkeypatch):
    # a checkout may lie in a folder of any name
    addon = tmp_path / "tests" / "demo" / "openpce_portal"
    monkeypatch.setattr(places, "PROJECT", addon.parent)
    for name in ("demo/x_demo.xml", "models/x.py", "tests/test_x.py", "__manifest__.py"):
        (addon / name).parent.mkdir(parents=True, exist_ok=True)
        (addon / name).write_text("1")
    sources, demo = stack._sources_digest(), stack._sources_digest("demo")
    (addon / "tests" / "test_x.py").write_text("2")
    assert (stack._sources_digest(), stack._sources_digest("demo")) == (sources, demo)
    (addon / "models" / "x.py").write_text("2")
    assert stack._sources_digest() != sources
    assert stack._sources_digest("demo") == demo
    (addon / "demo" / "x_demo.xml").write_text("2")
    assert stack._sources_digest("demo") != demo
