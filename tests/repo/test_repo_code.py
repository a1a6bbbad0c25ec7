"""Habits that code review would have to repeat: network, commits, exceptions, XML, permissions."""

from __future__ import annotations

import ast
import re

import house

_TAG = re.compile(r"<\??/?[A-Za-z][\w.-]*(:[\w.-]+)?(\s[^<]*)?/?>|xmlns")
_XML_ONLY = re.compile(r"<\?xml|</?[a-z]\w*:\w+|xmlns")


def _formatted_text(node):
    """Constant parts of a text that is put together from values, else None."""
    if isinstance(node, ast.JoinedStr) and any(
        isinstance(v, ast.FormattedValue) for v in node.values
    ):
        return "".join(house.string(value) or "\0" for value in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        return house.string(node.left)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if node.func.attr == "format":
            return house.string(node.func.value)
        if node.func.attr == "replace" and node.args:
            return " ".join(filter(None, map(house.string, node.args)))
    return None


def test_no_xml_by_string_formatting():
    broken = []
    for path in house.product_python():
        # the stand-in shows plain HTML pages; XML it too must build as a tree
        pattern = (
            _XML_ONLY if path.relative_to(house.PROJECT).parts[0] not in house.ADDONS else _TAG
        )
        for node in ast.walk(house.tree(path)):
            text = _formatted_text(node)
            # (?P<name>…) of a regular expression is no tag
            if text and pattern.search(re.sub(r"\(\?P<\w+>", "", text)):
                broken.append(f"{house.where(path, node)} {text.strip()[:60]!r}")
    house.report(
        broken,
        "XML is built as a tree (lxml, node dictionary), HTML by Markup or QWeb, never by text",
    )


def test_tls_is_always_verified():
    broken = [
        f"{house.where(path, node)} {ast.unparse(node)}"
        for path in house.product_python()
        for node in ast.walk(house.tree(path))
        if (isinstance(node, ast.keyword) and node.arg == "verify" and _is_false(node.value))
        or (
            isinstance(node, ast.Assign)
            and _is_false(node.value)
            and any(isinstance(t, ast.Attribute) and t.attr == "verify" for t in node.targets)
        )
        or (
            isinstance(node, ast.Attribute)
            and node.attr in ("_create_unverified_context", "CERT_NONE")
        )
    ]
    house.report(broken, "TLS certificates are always verified")


def _is_false(node):
    return isinstance(node, ast.Constant) and node.value is False


def test_every_request_has_a_timeout():
    verbs = {"get", "post", "put", "delete", "head", "patch", "request"}
    broken = []
    for path in house.addon_python():
        if not any(name.split(".")[0] == "requests" for _node, name in house.imports(path)):
            continue
        for node in ast.walk(house.tree(path)):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            owner = house.called(node).rpartition(".")[0].lower()
            if node.func.attr in verbs | {"send"} and re.search(r"(requests|session|http)$", owner):
                if not any(keyword.arg in ("timeout", None) for keyword in node.keywords):
                    broken.append(f"{house.where(path, node)} {house.called(node)}")
    house.report(broken, "every request has a time-out")


def test_every_commit_says_why():
    broken = []
    for path in house.addon_python():
        for node in ast.walk(house.tree(path)):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            if node.func.attr not in ("commit", "rollback") or node.args:
                continue
            around = house.lines(path)[max(0, node.lineno - 4) : node.end_lineno]
            if not any("#" in line for line in around):
                broken.append(house.where(path, node))
    house.report(broken, "a commit or rollback in product code carries a comment that says why")


def test_no_exception_is_swallowed():
    broken = []
    for path in house.product_python():
        for node in ast.walk(house.tree(path)):
            if not isinstance(node, ast.ExceptHandler):
                continue
            caught = ast.unparse(node.type) if node.type else "everything"
            if not re.search(r"everything|\b(Base)?Exception\b", caught):
                continue
            body = ast.unparse(node)
            if not re.search(r"\braise\b|\.exception\(|\.error\(|errors?\.append\(", body):
                broken.append(f"{house.where(path, node)} catches {caught}")
    house.report(
        broken, "whoever catches every exception raises it again or logs it with its trace"
    )


def test_product_never_sleeps():
    broken = [
        house.where(path, node)
        for path in house.addon_python()
        for node in ast.walk(house.tree(path))
        if isinstance(node, ast.Call) and house.called(node) in ("time.sleep", "sleep")
    ]
    house.report(broken, "product code does not sleep: schedule, or let the caller wait")


_GATES = re.compile(r"^(_check_|unlink$|_unlink_|write$|create$|_get_allowed_|_can_|_set_state$)")
_BYPASS = re.compile(r"(skip|bypass|force|ignore|no_check|allow|disable)")


def test_no_context_key_decides_a_permission():
    broken = []
    for path in house.addon_python():
        for function in ast.walk(house.tree(path)):
            if not isinstance(function, ast.FunctionDef):
                continue
            for node in ast.walk(function):
                key = _context_key(node)
                if key is None or key in (
                    "lang",
                    "tz",
                    "allowed_company_ids",
                    "active_id",
                    "active_ids",
                ):
                    continue
                if _GATES.match(function.name) or (
                    key.startswith(("l10n_co_", "openpce_")) and _BYPASS.search(key)
                ):
                    broken.append(
                        f"{house.where(path, node)} {function.name} reads context key {key!r}"
                    )
    house.report(broken, "anyone can set a context key, so none may open a gate")


def _context_key(node):
    """Name of the key that an expression reads from the context, else None."""
    if isinstance(node, ast.Call) and house.called(node).endswith("context.get") and node.args:
        return house.string(node.args[0])
    if isinstance(node, ast.Subscript) and ast.unparse(node.value).endswith("context"):
        return house.string(node.slice)
    return None
