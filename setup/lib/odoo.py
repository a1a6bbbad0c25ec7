"""Odoo 19: the tree that is given, Debian's package in a private folder, or a git clone."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from . import debian, disk, places
from .console import SetupError, run, say, step

# Moved on purpose only, after the tests have passed with the new one.
VERSION = "19.0.0+dfsg-1"
SHA256 = "9d2f598b0555db17e291d48ed24df184c70823c053c4c5ed53c467ca7f629bbf"
_SUITE = "sid"
# Odoo's package links its fonts and jQuery into these.
_WITH = (
    "fonts-roboto-unhinted", "fonts-montserrat", "fonts-ocr-b",
    "libjs-jquery", "libjs-underscore", "libjs-jquery-form",
)  # fmt: skip
# Later suites carry Font Awesome 7, whose files have other names than Odoo links to.
_OLD_SUITE = "bookworm"
_OLD_FONTS = ("fonts-font-awesome", "fonts-inconsolata")
_GIT = "https://github.com/odoo/odoo"


@dataclass(frozen=True)
class Odoo:
    """A usable Odoo tree: the folder that holds the package ``odoo``, and a key for caches."""

    path: Path
    key: str

    @property
    def addons_path(self) -> list[Path]:
        """Folders with Odoo's own addons, the one with ``base`` first."""
        folders = [self.path / "odoo" / "addons", self.path / "addons"]
        # Debian's package carries a second tree without static files; git keeps most addons there
        if (folders[0] / "account").is_dir():
            return folders[:1]
        return folders


def find() -> Odoo | None:
    """Odoo as far as it is here already, nothing is fetched."""
    given = os.environ.get("ODOO_PATH")
    if given:
        return _given(Path(given))
    deb = _deb_folder()
    if deb.is_dir():
        return Odoo(deb / "usr/lib/python3/dist-packages", f"deb-{deb.name}")
    clone = places.cache() / "odoo-git"
    if clone.is_dir():
        return Odoo(clone, f"git-{_head(clone)}")
    return None


def ensure() -> Odoo:
    """Odoo, fetched when it is not here."""
    with places.locked(places.cache(), "odoo"):
        found = find() or _fetch()
        for folder in (found.path, *found.path.parents):
            if folder.parent == places.cache():
                places.keep(folder, "odoo-*")
    return found


def _fetch() -> Odoo:
    reasons = []
    for way in (_from_debian, _from_git):
        try:
            return way()
        except SetupError as error:
            if disk.is_full(error):
                raise
            reasons.append(str(error))
            say(f"          {error}")
        finally:
            # what is whole has its own name by now; a gigabyte less on a disk that is full
            for part in places.cache().glob("odoo-*.part"):
                places.discard(part)
    raise SetupError(
        "Odoo 19 could not be fetched from Debian nor from git; give the folder of an Odoo "
        f"19.0 tree with ODOO_PATH. Causes: {'; '.join(reasons)}"
    )


def _given(path: Path) -> Odoo:
    path = path.expanduser().absolute()
    if path.name == "odoo" and (path / "release.py").exists():
        path = path.parent
    release = path / "odoo" / "release.py"
    if not release.is_file():
        raise SetupError(f"ODOO_PATH={path} holds no Odoo (no {release})")
    text = release.read_text(encoding="utf-8")
    version = re.search(r"version_info = \((\d+), (\d+)", text)
    if not version or version.groups() != ("19", "0"):
        raise SetupError(f"ODOO_PATH={path} is not Odoo 19.0")
    digest = hashlib.sha256(f"{path}{text}{_head(path)}".encode()).hexdigest()[:10]
    return Odoo(path, f"path-{digest}")


def _head(clone: Path) -> str:
    if not (clone / ".git").exists() or not shutil.which("git"):
        return ""
    return run(["git", "-C", clone, "rev-parse", "--short=12", "HEAD"]).strip()


def _deb_folder() -> Path:
    suffix = "-any" if os.environ.get("OPENPCE_ODOO_ANY") else ""
    return places.cache() / f"odoo-{VERSION}{suffix}"


def _from_debian() -> Odoo:
    if not debian.available():
        raise SetupError("this machine has no apt")
    target = _deb_folder()
    part = target.with_name(target.name + ".part")
    places.discard(part)
    debs = places.cache() / "debs"
    with step("Odoo 19: fetching Debian's package"):
        package = _fetch_odoo(debs)
        others = debian.download(_SUITE, _WITH, debs)
        others += debian.download(_OLD_SUITE, _OLD_FONTS, debs / _OLD_SUITE)
    with step("Odoo 19: unpacking"):
        part.mkdir()
        for file in (package, *others):
            debian.unpack(file, part)
        _repair(part)
    part.rename(target)  # from here on it is whole: an interrupted start leaves only .part
    for used in (debs, places.cache() / "apt"):
        places.discard(used)
    return Odoo(target / "usr/lib/python3/dist-packages", f"deb-{target.name}")


def _fetch_odoo(debs: Path) -> Path:
    """The pinned package, or, when Debian has moved on and the person agrees, the present one."""
    if os.environ.get("OPENPCE_ODOO_ANY"):
        # apart from the tested file, which an earlier try may have left
        return debian.download(_SUITE, ["odoo-19"], debs / "any")[0]
    try:
        package = debian.download(_SUITE, [f"odoo-19={VERSION}"], debs)[0]
    except SetupError as error:
        now = debian.candidate(_SUITE, "odoo-19")
        if now and now != VERSION:
            raise SetupError(
                f"Debian now carries odoo-19 {now}, this project was tested with {VERSION}; "
                "set OPENPCE_ODOO_ANY=1 to take the present one"
            ) from error
        raise
    if debian.sha256(package) != SHA256:
        package.unlink()
        raise SetupError(
            f"the downloaded {package.name} is not the tested file (its SHA-256 differs); "
            "it was deleted"
        )
    return package


def _repair(root: Path) -> None:
    """What Debian leaves out and Odoo's pages need."""
    addons = root / "usr/lib/python3/dist-packages/odoo/addons"
    stub = addons / "mail/static/lib/selfie_segmentation/selfie_segmentation.js"
    if not stub.exists():
        # removed by Debian; without it every page of the backend reports an error
        stub.parent.mkdir(parents=True, exist_ok=True)
        stub.write_text("/* left out by Debian: background blur of video calls */\n")
    _relink(root)
    dangling = [
        str(link) for link in addons.rglob("*.js") if link.is_symlink() and not link.exists()
    ]
    if dangling:
        raise SetupError(f"Debian's package lacks files that every page needs: {dangling[:3]}")


def _relink(root: Path) -> None:
    """Absolute links of the packages point into this root, not into the system."""
    for link in (root / "usr/lib/python3/dist-packages/odoo/addons").rglob("*"):
        if link.is_symlink() and os.readlink(link).startswith("/usr/"):
            inside = root / os.readlink(link).lstrip("/")
            if inside.exists():
                link.unlink()
                link.symlink_to(os.path.relpath(inside, link.parent))


def _from_git() -> Odoo:
    if not shutil.which("git"):
        raise SetupError("this machine has no git")
    target = places.cache() / "odoo-git"
    part = target.with_name("odoo-git.part")
    places.discard(part)
    with step("Odoo 19: git clone of branch 19.0"):
        run(
            ["git", "clone", "-q", "--depth", "1", "-b", "19.0", _GIT, part],
            log=places.logs() / "odoo.log",
            failure="Odoo's git repository does not answer",
            env={**os.environ, "GIT_TERMINAL_PROMPT": "0"},
            keep_locks=True,
        )
    part.rename(target)
    return Odoo(target, f"git-{_head(target)}")
