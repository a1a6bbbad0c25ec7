"""No dead override: a method that calls ``super().x`` needs somebody else who defines ``x``.

Odoo renames its hooks now and then; an override of a name that nobody calls any more is silent.
Needs an Odoo tree (OPENPCE_ODOO_TREE, set by setup/test); the index of its models is read from
source, nothing is imported.
"""

from __future__ import annotations

import ast
import functools
import os
import re
from collections import defaultdict
from pathlib import Path

import house
import pytest

# Classes that are no models: what is inherited is a Python class.
_FRAMEWORK = ("orm/models.py", "orm/fields.py", "http.py", "tests/common.py", "tests/case.py")


def _tree():
    folder = os.environ.get("OPENPCE_ODOO_TREE", "")
    if not folder:
        pytest.skip("Odoo's source is not here yet: run setup/test odoo once")
    return Path(folder)


def _folder(tree, addon):
    for candidate in (house.PROJECT / addon, tree / "odoo/addons" / addon, tree / "addons" / addon):
        if (candidate / "__manifest__.py").is_file():
            return candidate
    return None


@functools.cache
def _closure(tree):
    """Folders of the addons that ours depend on, ours included, and those that come with them."""
    wanted, found = [*house.ADDONS, "base", "web"], {}
    while wanted:
        name = wanted.pop()
        folder = _folder(tree, name)
        if name in found or folder is None:
            continue
        found[name] = folder
        manifest = ast.literal_eval((folder / "__manifest__.py").read_text(encoding="utf-8"))
        wanted += manifest.get("depends", [])
    return found


def _names(node, attribute):
    for item in node.body:
        if isinstance(item, ast.Assign) and ast.unparse(item.targets[0]) == attribute:
            try:
                value = ast.literal_eval(item.value)
            except ValueError:
                return []
            return [value] if isinstance(value, str) else list(value or [])
    return []


def _classes(path):
    for node in ast.walk(house.tree(path)):
        if isinstance(node, ast.ClassDef):
            yield node


def _methods(node):
    return {item.name for item in node.body if isinstance(item, ast.FunctionDef)}


@functools.cache
def _index(tree, names=()):
    """(model → [(class id, methods)], model → inherited models, Python class name → methods).

    With names: only of the files that define one of them, which is many times faster.
    """
    wanted = re.compile(rf"\bdef ({'|'.join(names)})\(") if names else re.compile("class ")
    models, parents, plain = defaultdict(list), defaultdict(set), defaultdict(list)
    paths = [tree / "odoo" / name for name in _FRAMEWORK]
    for folder in _closure(tree).values():
        paths += [p for p in folder.rglob("*.py") if "tests" not in p.parts]
    for path in paths:
        if not path.is_file() or not wanted.search(path.read_text(encoding="utf-8")):
            continue
        for node in _classes(path):
            entry = (f"{path}:{node.lineno}", _methods(node))
            inherited = _names(node, "_inherit")
            own = _names(node, "_name") or inherited[:1]
            for name in own:
                models[name].append(entry)
                parents[name].update(set(inherited) - {name})
            plain[node.name].append((entry, [ast.unparse(base) for base in node.bases]))
    return models, parents, plain


def _defined_elsewhere(index, node, identity, method):
    models, parents, plain = index
    base = plain.get("BaseModel", [])
    seen, wanted = set(), [*_names(node, "_name"), *_names(node, "_inherit")]
    is_model = bool(wanted)
    if is_model:
        wanted.append("base")  # what extends `base` is above every model (`_get_view`, …)
    while wanted:
        name = wanted.pop()
        if name in seen:
            continue
        seen.add(name)
        if any(method in methods for key, methods in models[name] if key != identity):
            return True
        wanted += parents[name]
    classes = [] if is_model else [ast.unparse(parent).rpartition(".")[2] for parent in node.bases]
    while classes:
        name = classes.pop()
        if name not in plain:
            # a class of the standard library or another package: not ours to index
            return True
        for (key, methods), bases in plain[name]:
            if method in methods and key != identity:
                return True
            if name != node.name:
                classes += [
                    word.rpartition(".")[2] for word in bases if word.rpartition(".")[2] != name
                ]
    return is_model and any(method in methods for (_key, methods), _bases in base)


def _super_calls():
    """(path, class node, the `super().x` node) of all classes of the addons."""
    for path in house.addon_python():
        if any(path.is_relative_to(package) for package in house.PURE):
            continue
        for node in _classes(path):
            for found in ast.walk(node):
                if (
                    isinstance(found, ast.Attribute)
                    and isinstance(found.value, ast.Call)
                    and house.called(found.value) == "super"
                    and not found.attr.startswith("__")
                ):
                    yield path, node, found


def test_every_super_call_has_somebody_above():
    tree = _tree()
    calls = list(_super_calls())
    names = tuple(sorted({found.attr for _path, _node, found in calls}))
    broken = []
    for path, node, found in calls:
        arguments = (node, f"{path}:{node.lineno}", found.attr)
        if not _defined_elsewhere(_index(tree, names), *arguments) and not _defined_elsewhere(
            _index(tree), *arguments
        ):
            broken.append(f"{house.where(path, found)} {node.name}: super().{found.attr}")
    house.report(broken, "an override of a method that nobody else defines never runs")
