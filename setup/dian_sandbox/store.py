"""What the service remembers: SQLite with a write-ahead log and one writer at a time.

Every write is committed before an answer leaves, so a kill -9 forgets nothing that was answered.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path

_SCHEMA = """
CREATE TABLE IF NOT EXISTS issuers (nit TEXT PRIMARY KEY, data TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS certificates (pem TEXT PRIMARY KEY, anchor INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS documents (
    id INTEGER PRIMARY KEY, received_at REAL NOT NULL, due_at REAL NOT NULL,
    operation TEXT NOT NULL, batch TEXT NOT NULL, file_name TEXT NOT NULL,
    kind TEXT NOT NULL, number TEXT NOT NULL, issuer TEXT NOT NULL, document_key TEXT NOT NULL,
    issue_date TEXT NOT NULL, accepted INTEGER NOT NULL, findings TEXT NOT NULL,
    message TEXT NOT NULL, xml BLOB NOT NULL, answer BLOB NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS documents_accepted_once
    ON documents (issuer, kind, number) WHERE accepted = 1;
CREATE INDEX IF NOT EXISTS documents_key ON documents (document_key);
CREATE INDEX IF NOT EXISTS documents_batch ON documents (batch);
CREATE TABLE IF NOT EXISTS batches (zip_key TEXT PRIMARY KEY, due_at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS calls (
    id INTEGER PRIMARY KEY, at REAL NOT NULL, operation TEXT NOT NULL, subject TEXT NOT NULL,
    outcome TEXT NOT NULL
);
"""
_CALLS_KEPT = 2000


@dataclass(frozen=True)
class StoredDocument:
    """One received document with its verdict; ``due_at`` is when the verdict may be told."""

    received_at: float
    due_at: float
    operation: str
    batch: str
    file_name: str
    kind: str
    number: str
    issuer: str
    document_key: str
    issue_date: str
    accepted: bool
    findings: tuple[str, ...]
    message: str
    xml: bytes
    answer: bytes
    id: int = 0

    @property
    def ready(self) -> bool:
        """False while the service pretends to be still validating."""
        return self.due_at <= time.time()


_LIGHT = [f.name for f in fields(StoredDocument) if f.name not in ("id", "xml", "answer")]


class Store:
    """The state file. Safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        """Open or create the file."""
        self._lock = threading.RLock()
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=30)
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=FULL")
        self._db.executescript(_SCHEMA)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction, alone; committed at the end, undone on any error."""
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def _rows(self, query: str, *values: object) -> list[sqlite3.Row]:
        with self._lock:
            return self._db.execute(query, values).fetchall()

    # issuers and certificates

    def put_issuer(self, nit: str, data: dict[str, object]) -> None:
        """Register an issuer or replace what is known of it."""
        with self.writing() as db:
            db.execute(
                "INSERT OR REPLACE INTO issuers VALUES (?, ?)",
                (nit, json.dumps(data, ensure_ascii=False)),
            )

    def issuer(self, nit: str) -> dict | None:
        """Data of an issuer in the seed file's shape, or None."""
        rows = self._rows("SELECT data FROM issuers WHERE nit = ?", nit)
        return json.loads(rows[0]["data"]) if rows else None

    def issuers(self) -> dict[str, dict]:
        """All issuers by NIT."""
        return {row["nit"]: json.loads(row["data"]) for row in self._rows("SELECT * FROM issuers")}

    def put_certificates(self, pems: Sequence[str], *, anchor: bool) -> None:
        """Remember authorities: trust anchors, or intermediates seen in valid documents."""
        with self.writing() as db:
            for pem in pems:
                db.execute(
                    "INSERT INTO certificates VALUES (?, ?) ON CONFLICT (pem)"
                    " DO UPDATE SET anchor = max(anchor, excluded.anchor)",
                    (pem, int(anchor)),
                )

    def certificates(self) -> list[tuple[str, bool]]:
        """(PEM, is a trust anchor) of every known authority."""
        return [(r["pem"], bool(r["anchor"])) for r in self._rows("SELECT * FROM certificates")]

    # documents

    def add_document(self, document: StoredDocument) -> bool:
        """Store; False when the number is accepted already or still being validated (rule 90)."""
        with self.writing() as db:
            if document.accepted and self._taken(db, document):
                return False
            values = {**document.__dict__, "findings": json.dumps(document.findings)}
            del values["id"]
            marks = ", ".join(f":{field}" for field in values)
            db.execute(f"INSERT INTO documents ({', '.join(values)}) VALUES ({marks})", values)
            return True

    def taken(self, kind: str, number: str, issuer: str, key: str) -> bool:
        """True when the number or the key is accepted, or its validation is still running."""
        with self._lock:
            return self._is_taken(self._db, kind, number, issuer, key)

    def _taken(self, db: sqlite3.Connection, document: StoredDocument) -> bool:
        return self._is_taken(
            db, document.kind, document.number, document.issuer, document.document_key
        )

    @staticmethod
    def _is_taken(db: sqlite3.Connection, kind: str, number: str, issuer: str, key: str) -> bool:
        found = db.execute(
            "SELECT 1 FROM documents WHERE (accepted = 1 OR due_at > ?)"
            " AND ((issuer = ? AND kind = ? AND number = ?) OR document_key = ?) LIMIT 1",
            (time.time(), issuer, kind, number, key),
        )
        return found.fetchone() is not None

    def document_by_key(self, key: str) -> StoredDocument | None:
        """The accepted document with this CUFE/CUDE, else the newest one with it."""
        return self._one("document_key = ? ORDER BY accepted DESC, id DESC", key)

    def document(self, number: int) -> StoredDocument | None:
        """By row number."""
        return self._one("id = ?", number)

    def accepted_invoice(self, key: str) -> StoredDocument | None:
        """An accepted invoice with this CUFE."""
        return self._one("document_key = ? AND accepted = 1 AND kind = 'Invoice'", key)

    def _one(self, condition: str, value: object) -> StoredDocument | None:
        rows = self._rows(f"SELECT * FROM documents WHERE {condition} LIMIT 1", value)
        return _document(rows[0]) if rows else None

    def documents(self, limit: int = 500) -> list[StoredDocument]:
        """Newest first, without their files: a list must stay light."""
        light = "id, " + ", ".join(_LIGHT) + ", x'' AS xml, x'' AS answer"
        rows = self._rows(f"SELECT {light} FROM documents ORDER BY id DESC LIMIT ?", limit)
        return [_document(row) for row in rows]

    # batches and calls

    def add_batch(self, zip_key: str, due_at: float) -> None:
        """Remember an asynchronous batch before its documents."""
        with self.writing() as db:
            db.execute("INSERT INTO batches VALUES (?, ?)", (zip_key, due_at))

    def batch(self, zip_key: str) -> tuple[float, list[StoredDocument]] | None:
        """(when it is due, its documents) or None when the key is unknown."""
        rows = self._rows("SELECT due_at FROM batches WHERE zip_key = ?", zip_key)
        if not rows:
            return None
        found = self._rows("SELECT * FROM documents WHERE batch = ? ORDER BY id", zip_key)
        return rows[0]["due_at"], [_document(row) for row in found]

    def add_call(self, operation: str, subject: str, outcome: str) -> None:
        """Log one call, faults included; the oldest are forgotten."""
        with self.writing() as db:
            last = db.execute(
                "INSERT INTO calls (at, operation, subject, outcome) VALUES (?, ?, ?, ?)",
                (time.time(), operation, subject[:200], outcome[:500]),
            ).lastrowid
            db.execute("DELETE FROM calls WHERE id <= ?", ((last or 0) - _CALLS_KEPT,))

    def calls(self, limit: int = 500) -> list[dict[str, object]]:
        """Newest first."""
        return [dict(r) for r in self._rows("SELECT * FROM calls ORDER BY id DESC LIMIT ?", limit)]

    def reset(self, *, everything: bool = False) -> None:
        """Forget documents, batches and calls; with ``everything`` issuers and trust as well."""
        tables = ["documents", "batches", "calls"]
        if everything:
            tables += ["issuers", "certificates"]
        with self.writing() as db:
            for table in tables:
                db.execute(f"DELETE FROM {table}")


def _document(row: sqlite3.Row) -> StoredDocument:
    values = dict(row)
    values["accepted"] = bool(values["accepted"])
    values["findings"] = tuple(json.loads(values["findings"]))
    return StoredDocument(**values)
