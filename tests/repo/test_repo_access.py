"""Access rights: rows for every model, company rules, history that stays."""

from __future__ import annotations

import ast
import csv
import re
from xml.etree import ElementTree

import house
import pytest

addons = pytest.mark.parametrize("addon", house.ADDONS)
_HISTORY = re.compile(r"\.(document|event|log|submission|received\.document)$")


def _models(addon):
    """(path, class node, model name, kind) of every model that the addon itself defines."""
    for folder in ("models", "wizards"):
        for path in house.files(house.PROJECT / addon / folder, ".py"):
            for node in house.tree(path).body:
                if isinstance(node, ast.ClassDef):
                    kind = ast.unparse(node.bases[0]).rpartition(".")[2] if node.bases else ""
                    name = _attribute(node, "_name")
                    if kind in ("Model", "TransientModel") and name:
                        yield path, node, name, kind


def _attribute(node, name):
    for item in node.body:
        if isinstance(item, ast.Assign) and ast.unparse(item.targets[0]) == name:
            return house.string(item.value)
    return None


def _rows(addon):
    path = house.PROJECT / addon / "security" / "ir.model.access.csv"
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _model_id(row):
    return (row.get("model_id:id") or row.get("model_id/id") or "").rpartition(".")[2]


@addons
def test_every_model_has_access_rows(addon):
    with_rows = {_model_id(row) for row in _rows(addon)}
    broken = [
        f"{house.where(path, node)} {name}"
        for path, node, name, _kind in _models(addon)
        if "model_" + name.replace(".", "_") not in with_rows
    ]
    house.report(broken, "every model has rows in security/ir.model.access.csv")


@addons
def test_company_data_has_a_company_rule(addon):
    ruled = set()
    for path in house.files(house.PROJECT / addon, ".xml"):
        for record in ElementTree.parse(path).getroot().iter("record"):
            if record.get("model") == "ir.rule":
                fields = {field.get("name"): field for field in record.iter("field")}
                domain = fields.get("domain_force")
                if domain is not None and "company" in (domain.text or domain.get("eval") or ""):
                    ruled.add((fields["model_id"].get("ref") or "").rpartition(".")[2])
    broken = [
        f"{house.where(path, node)} {name}"
        for path, node, name, kind in _models(addon)
        if kind == "Model"
        and any(
            isinstance(item, ast.Assign) and ast.unparse(item.targets[0]) == "company_id"
            for item in node.body
        )
        and "model_" + name.replace(".", "_") not in ruled
    ]
    house.report(broken, "every model with company_id has a record rule on the company")


@addons
def test_history_cannot_be_deleted(addon):
    history = {
        "model_" + name.replace(".", "_")
        for _path, _node, name, kind in _models(addon)
        if kind == "Model" and _HISTORY.search(name)
    }
    broken = [
        f"{addon}/security/ir.model.access.csv {row['id']}"
        for row in _rows(addon)
        if _model_id(row) in history and row.get("perm_unlink", "0").strip() not in ("0", "")
    ]
    house.report(
        broken, "submissions, events and logs can be deleted by nobody but the system itself"
    )


@addons
def test_rows_name_a_group(addon):
    broken = [
        f"{addon}/security/ir.model.access.csv {row['id']}"
        for row in _rows(addon)
        if not (row.get("group_id:id") or row.get("group_id/id"))
    ]
    house.report(broken, "access is given to a group, never to everybody")
