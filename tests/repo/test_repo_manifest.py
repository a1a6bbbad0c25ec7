"""Manifests, requirement files, crons and neutralisation agree with what is there."""

from __future__ import annotations

import ast
import re
import sys
from xml.etree import ElementTree

import house
import pytest

_PACKAGES = {"stdnum": "python-stdnum"}
addons = pytest.mark.parametrize("addon", house.ADDONS)


@addons
def test_listed_files_exist_and_existing_files_are_listed(addon):
    folder = house.PROJECT / addon
    manifest = house.manifest(addon)
    listed = {*manifest.get("data", []), *manifest.get("demo", [])}
    missing = [
        f"{addon}/{name} is listed but is not there"
        for name in sorted(listed)
        if not (folder / name).is_file()
    ]
    loaded = ("data", "views", "security", "report", "wizards", "demo")
    unlisted = []
    for path in (file for name in loaded for file in house.files(folder / name, ".xml", ".csv")):
        name = path.relative_to(folder).as_posix()
        # code lists are read by code, not loaded by Odoo
        if name not in listed and not name.startswith("data/codes/"):
            if name.startswith("data/template/") or _read_by_code(folder, path.name):
                continue
            unlisted.append(f"{house.where(path)} is not in the manifest")
    house.report(missing + unlisted, "manifest and folder agree on data, views and demo files")


def _read_by_code(folder, file_name):
    return any(
        file_name in path.read_text(encoding="utf-8")
        for path in house.files(folder, ".py")
        if path.name != "__manifest__.py"
    )


@addons
def test_manifest_is_complete(addon):
    manifest = house.manifest(addon)
    broken = [
        key
        for key in ("name", "summary", "version", "author", "license", "depends")
        if not manifest.get(key)
    ]
    house.report(broken, f"{addon}: the manifest says who, what and which version")
    assert re.match(r"19\.0\.\d+\.\d+\.\d+$", manifest["version"]), "version is 19.0.x.y.z"
    assert manifest["license"] == "LGPL-3", "the addons are LGPL-3"
    assert (house.PROJECT / addon / "pyproject.toml").is_file(), (
        "the addon installs with pip (whool)"
    )


def test_requirements_come_from_the_manifests():
    wanted = {
        _PACKAGES.get(name, name)
        for addon in house.ADDONS
        for name in house.manifest(addon).get("external_dependencies", {}).get("python", [])
    }
    lines = house.lines(house.PROJECT / "requirements.txt")
    found = {
        re.split(r"[<>=!~ ;\[]", line)[0] for line in lines if line and not line.startswith("#")
    }
    assert found == wanted, (
        "requirements.txt lists exactly the external_dependencies of the manifests"
    )


@addons
def test_imported_packages_are_declared(addon):
    # Odoo and what it always brings; urllib3 comes with requests
    provided = {
        "odoo",
        "markupsafe",
        "psycopg2",
        "werkzeug",
        "babel",
        "dateutil",
        "pytz",
        "PIL",
        "urllib3",
    }
    declared = set(house.manifest(addon).get("external_dependencies", {}).get("python", []))
    broken = [
        f"{house.where(path, node)} imports {name}"
        for path in house.files(house.PROJECT / addon, ".py")
        if not house.is_test(path)
        for node, name in house.imports(path)
        if name.split(".")[0] not in {*sys.stdlib_module_names, *provided, *declared, addon}
    ]
    house.report(broken, f"{addon}: what is imported is declared in external_dependencies")


@addons
def test_every_cron_method_is_called_by_a_test(addon):
    folder = house.PROJECT / addon
    tests = "\n".join(
        path.read_text(encoding="utf-8") for path in house.files(folder / "tests", ".py")
    )
    broken = []
    for path in house.files(folder, ".xml"):
        for record in ElementTree.parse(path).getroot().iter("record"):
            if record.get("model") != "ir.cron":
                continue
            code = next(
                (field.text or "" for field in record.iter("field") if field.get("name") == "code"),
                "",
            )
            for method in re.findall(r"\.(_?\w+)\(", code):
                if not re.search(rf"\.{method}\b|method_direct_trigger.*{record.get('id')}", tests):
                    broken.append(f"{house.where(path)} {record.get('id')}: {method} is in no test")
    house.report(broken, "every cron method is called by a test")


_SECRET = re.compile(
    r"(password|(^|_)pin$|secret|technical_key|private_key|token|pkcs12|p12|credential|content)"
)


@addons
def test_neutralize_covers_every_credential(addon):
    columns = [
        (path, node, name)
        for path in house.files(house.PROJECT / addon / "models", ".py")
        for node, name, call in _fields(path)
        if call.func.attr in ("Char", "Text", "Binary") and _SECRET.search(name) and _stored(call)
        and not ("attachment" in path.stem or name.endswith(("_filename", "_type")))
    ]  # fmt: skip
    sql = house.PROJECT / addon / "data" / "neutralize.sql"
    text = sql.read_text(encoding="utf-8") if sql.is_file() else ""
    broken = [
        f"{house.where(path, node)} {name}"
        for path, node, name in columns
        if not re.search(rf"\b{name}\b", text)
    ]
    house.report(
        broken, "neutralize.sql empties every credential (a copied database must not sign or send)"
    )


def _fields(path):
    for node in ast.walk(house.tree(path)):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            call = node.value
            if isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value) == "fields":
                yield node, ast.unparse(node.targets[0]), call


def _stored(call):
    words = {keyword.arg: keyword.value for keyword in call.keywords}
    if "related" in words or "compute" in words:
        return isinstance(words.get("store"), ast.Constant) and words["store"].value is True
    return True
