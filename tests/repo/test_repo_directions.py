"""Who may know whom (architecture: the directions), sizes, and words that do not belong here."""

from __future__ import annotations

import ast
import re
import sys

import house
import pytest

STDLIB = set(sys.stdlib_module_names)


@pytest.mark.parametrize("package", house.PURE, ids=lambda path: path.name)
def test_pure_package_imports_only_its_list(package):
    allowed = house.PURE[package] | STDLIB
    home = ".".join(package.relative_to(house.PROJECT).parts)
    broken = []
    for path in house.files(package, ".py"):
        for node, name in house.imports(path):
            if name == home or name.startswith(home + "."):
                continue
            # __main__ may be started as `python -m dian`
            if name.split(".")[0] not in allowed:
                broken.append(f"{house.where(path, node)} imports {name}")
    house.report(
        broken, f"{package.name}/ is pure: it may import only itself, {sorted(house.PURE[package])}"
    )


def test_signxml_only_verifies():
    broken = [
        f"{house.where(path, node)} imports {name}"
        for package in house.PURE
        for path in house.files(package, ".py")
        for node, name in house.imports(path)
        if re.match(r"signxml\..*Signer", name)
    ]
    house.report(broken, "we sign with lxml and cryptography; signxml is for verification only")


def test_sandbox_judges_without_the_product():
    allowed = ("dian.codes", "dian.ubl.namespaces")
    broken = []
    for path in house.files(house.SANDBOX, ".py"):
        for node, name in house.imports(path):
            product = re.sub(r"^(odoo\.addons\.)?l10n_co_openpce_edi\.", "", name)
            if product.split(".")[0] in ("odoo", "bill_flow") or (
                product.split(".")[0] == "dian" and not product.startswith(allowed)
            ):
                broken.append(f"{house.where(path, node)} imports {name}")
    house.report(
        broken, f"the stand-in may use only {allowed} of the product: its mistakes are not repeated"
    )


def test_controllers_know_neither_dian_nor_requests():
    broken = [
        f"{house.where(path, node)} imports {name}"
        for path in house.addon_python()
        if "controllers" in path.parts
        for node, name in house.imports(path)
        if re.search(r"(^|\.)(dian|bill_flow)(\.|$)", name) or name.split(".")[0] == "requests"
    ]
    house.report(
        broken, "controllers reach models through env, never the pure packages or the network"
    )


def test_addons_do_not_import_each_other():
    broken = []
    for path in house.addon_python():
        own = path.relative_to(house.PROJECT).parts[0]
        for node, name in house.imports(path):
            other = re.match(r"odoo\.addons\.(\w+)", name)
            if other and other[1] in house.ADDONS and other[1] != own:
                broken.append(f"{house.where(path, node)} imports {name}")
    house.report(broken, "the addons reach each other through models, never by import")


def test_only_transport_uses_the_network_library():
    door = house.PROJECT / "l10n_co_openpce_edi" / "dian" / "soap" / "transport.py"
    broken = [
        f"{house.where(path, node)} imports {name}"
        for path in house.addon_python()
        if path != door
        for node, name in house.imports(path)
        if name.split(".")[0] in ("requests", "urllib3", "httpx", "http", "aiohttp")
        or name.startswith("urllib.request")
    ]
    house.report(broken, "requests is used in dian/soap/transport.py alone")


def _budgets(path):
    pure = any(path.is_relative_to(package) for package in house.PURE)
    if path.name == "account_move.py":
        return 250, 60
    return (300, 40) if pure else (400, 60)


def _length(node):
    """Lines of a function without its docstring: saying more is never punished."""
    total = node.end_lineno - node.lineno + 1
    first = node.body[0]
    if isinstance(first, ast.Expr) and house.string(first.value) is not None:
        total -= first.end_lineno - first.lineno + 1
    return total


def test_sizes_stay_small():
    broken = []
    for path in house.product_python():
        most, most_function = _budgets(path)
        if len(house.lines(path)) > most:
            broken.append(
                f"{house.where(path)} has {len(house.lines(path))} lines, {most} are allowed"
            )
        for node in ast.walk(house.tree(path)):
            if (
                isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
                and _length(node) > most_function
            ):
                broken.append(
                    f"{house.where(path, node)} {node.name} has {_length(node)} lines, "
                    f"{most_function} are allowed"
                )
    house.report(broken, "size budget: split the file or the function")


# Written so that this file does not contain what it looks for.
_MACHINE_WORDS = re.compile(
    r"/wor[k]/(main|shared|\.)|/op[t]/(de[v]|pyp[i]|wheel[s])\b|[.]librar[y]\b"
    r"|farm-(studi[o]|benc[h])|\bCE[O]\b|deb[.]debia[n][.]org|files[.]pythonhoste[d]"
    r"|BEGIN (RSA |EC |ENCRYPTED )?PRIVAT[E] KEY"
)


def test_no_machine_words_and_no_keys():
    broken = []
    endings = (
        ".py",
        ".xml",
        ".csv",
        ".md",
        ".txt",
        ".toml",
        ".cfg",
        ".sh",
        ".yaml",
        ".js",
        ".sql",
        ".rst",
    )
    paths = [*house.files(house.PROJECT, *endings), *house.files(house.PROJECT / "setup", "")]
    for path in paths:
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            broken.append(f"{house.where(path)} is not UTF-8")
            continue
        broken += [
            f"{house.where(path, number)} {match[0]}"
            for number, line in enumerate(text.splitlines(), 1)
            if (match := _MACHINE_WORDS.search(line))
        ]
    house.report(
        broken, "the project names no machine, mirror or workplace, and holds no private key"
    )
