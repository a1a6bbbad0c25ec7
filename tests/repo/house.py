"""What the guard tests look at: files of the project, their syntax trees, their manifests."""

from __future__ import annotations

import ast
import functools
import os
import re
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
ADDONS = tuple(
    name
    for name in ("l10n_co_openpce_edi", "openpce_vendor_bill_workflow", "openpce_portal")
    if (PROJECT / name / "__manifest__.py").is_file()
)
# package → what it may import besides itself and the standard library
PURE = {
    PROJECT / "l10n_co_openpce_edi" / "dian": {
        "lxml", "cryptography", "requests", "urllib3", "stdnum", "signxml",
    },
    PROJECT / "openpce_vendor_bill_workflow" / "bill_flow": set(),
    PROJECT / "openpce_vendor_bill_workflow" / "connectors": {"paramiko"},
}  # fmt: skip
SANDBOX = PROJECT / "setup" / "dian_sandbox"
_SKIPPED = {"__pycache__", "node_modules", ".openpce", ".git", ".venv", "build", "dist"}


def files(folder: Path, *suffixes: str) -> list[Path]:
    """Files below a folder with one of these endings, generated and hidden ones left out."""
    found = []
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name not in _SKIPPED]
        found += [Path(parent, name) for name in names if Path(name).suffix in suffixes]
    return sorted(found)


def is_test(path: Path) -> bool:
    """Whether a file belongs to tests, not to the product."""
    return "tests" in path.relative_to(PROJECT).parts


def product_python() -> list[Path]:
    """Python files that make up the product and its setup, without tests."""
    folders = [PROJECT / name for name in (*ADDONS, "setup")]
    return [path for folder in folders for path in files(folder, ".py") if not is_test(path)]


def addon_python() -> list[Path]:
    """Python files of the addons, without tests."""
    return [p for p in product_python() if p.relative_to(PROJECT).parts[0] in ADDONS]


@functools.cache
def tree(path: Path) -> ast.Module:
    """Syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


@functools.cache
def lines(path: Path) -> list[str]:
    """Lines of a file."""
    return path.read_text(encoding="utf-8").splitlines()


def where(path: Path, node: ast.AST | int | None = None) -> str:
    """`file:line` for a message."""
    line = node if isinstance(node, int) else getattr(node, "lineno", None)
    name = path.relative_to(PROJECT) if path.is_relative_to(PROJECT) else path
    return f"{name}:{line}" if line else str(name)


def manifest(addon: str) -> dict[str, object]:
    """An addon's manifest."""
    return ast.literal_eval((PROJECT / addon / "__manifest__.py").read_text(encoding="utf-8"))


def imports(path: Path) -> Iterator[tuple[ast.AST, str]]:
    """Absolute names that a file imports; relative ones are resolved."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node, alias.name
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                folder = path.parent
                for _ in range(node.level - 1):
                    folder = folder.parent
                base = ".".join(folder.relative_to(PROJECT).parts)
                target = f"{base}.{node.module}" if node.module else base
            else:
                target = node.module or ""
            for alias in node.names:
                yield node, f"{target}.{alias.name}"


def string(node: ast.AST | None) -> str | None:
    """The text of a string constant, else None."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return None


def called(node: ast.Call) -> str:
    """Dotted name of what a call calls, as far as it is written out."""
    try:
        return re.sub(r"\s", "", ast.unparse(node.func))
    except RecursionError:
        return ""


def report(broken: list[str], rule: str) -> None:
    """Fail with the rule and each place that breaks it."""
    __tracebackhide__ = True  # the place that matters is in the message
    assert not broken, rule + "\n  " + "\n  ".join(broken)
