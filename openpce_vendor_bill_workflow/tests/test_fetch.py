"""Visits to real servers: what came is safe before it is moved, whatever breaks (R81)."""

from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..connectors import SourceLost
from .intake_common import PASSWORD, IntakeCommon, make_mail, make_pdf
from .loopback_imap import USER as MAIL_USER
from .loopback_imap import ImapServer
from .loopback_sftp import USER as SFTP_USER
from .loopback_sftp import SftpServer

FETCH = "odoo.addons.openpce_vendor_bill_workflow.models.openpce_bill_connection_fetch"


@tagged("post_install", "-at_install")
class TestFetch(IntakeCommon):
    def _visit(self, connection):
        visit = connection.sudo()._visit()
        connection.invalidate_recordset()
        return visit

    def _sftp(self, server, **values):
        return self._connect(
            "sftp",
            **{
                "host": "127.0.0.1",
                "port": server.port,
                "login": SFTP_USER,
                "password": PASSWORD,
                "fingerprint": server.fingerprint,
                "path": "/",
                **values,
            },
        )

    def _imap(self, server, **values):
        return self._connect(
            "imap",
            **{
                "host": "127.0.0.1",
                "port": server.port,
                "login": MAIL_USER,
                "password": PASSWORD,
                "authority": server.certificate,
                "after": "seen",
                **values,
            },
        )

    # ------------------------------------------------------------------ folder

    def test_r81_a_folder_is_emptied_into_bills(self):
        self._put("a.pdf", make_pdf("a"))
        self._put("b.pdf", make_pdf("b"))
        self._put("b.xml", b"<?xml version='1.0'?><unknown/>")
        connection = self._connect()
        visit = self._visit(connection)
        intakes = self._of(connection)
        self.assertEqual((visit.came, visit.failures), (2, ()))
        self.assertEqual(len(intakes.bill_ids), 2)
        self.assertEqual(set(intakes.bill_ids.mapped("source")), {"connection"})
        self.assertEqual(connection.last_state, "done")
        self.assertIn("Deliveries that came in: 2", connection.last_result)
        self.assertEqual(len(list((self.inbox / "done").iterdir())), 3)
        self.assertEqual(self._visit(connection).came, 0)

    def test_the_same_file_delivered_twice_is_one_bill(self):
        connection = self._connect()
        self._put("a.pdf")
        self._visit(connection)
        self._put("again.pdf", age=50)
        visit = self._visit(connection)
        self.assertEqual((visit.came, visit.repeated), (0, 1))
        self.assertEqual(len(self._of(connection).bill_ids), 1)
        self.assertFalse(list(self.inbox.glob("*.pdf")), "it is here, so it is out of the way")

    def test_nothing_leaves_the_source_before_it_is_safe_here(self):
        self._put("a.pdf")
        connection = self._connect(after="delete")
        with (
            patch.object(type(self.intakes), "_store", side_effect=ZeroDivisionError),
            mute_logger(FETCH),
        ):
            visit = self._visit(connection)
        self.assertTrue(visit.failures)
        self.assertTrue((self.inbox / "a.pdf").exists())
        self.assertIn("ZeroDivisionError", connection.sudo().last_trace)
        self.assertEqual(self._visit(connection).came, 1)
        self.assertFalse((self.inbox / "a.pdf").exists())

    def test_what_cannot_be_moved_is_not_taken_twice_and_stops_no_other(self):
        self._put("a.pdf", make_pdf("a"))
        self._put("b.pdf", make_pdf("b"), age=90)
        (self.inbox / "done").write_text("in the way", encoding="ascii")
        connection = self._connect()
        visit = self._visit(connection)
        self.assertEqual((visit.came, len(visit.failures)), (2, 2))
        self.assertEqual(connection.last_state, "partly")
        visit = self._visit(connection)
        self.assertEqual((visit.came, visit.repeated), (0, 0))
        self.assertEqual(len(self._of(connection).bill_ids), 2)
        (self.inbox / "done").unlink()
        self.assertEqual(self._visit(connection).failures, ())
        self.assertFalse(list(self.inbox.glob("*.pdf")))

    def test_a_heavy_file_is_told_once_and_taken_when_it_is_allowed(self):
        self._put("a.pdf", self.pdf + b"\0" * 1_100_000)
        self._put("b.pdf", make_pdf("b"))
        connection = self._connect(max_size=1)
        visit = self._visit(connection)
        self.assertEqual((visit.came, visit.unreadable), (1, 1))
        heavy = self._of(connection).filtered(lambda intake: intake.state == "unreadable")
        self.assertIn("Raise “Largest”", heavy.error)
        self.assertTrue((self.inbox / "a.pdf").exists())
        self.assertEqual(self._visit(connection).unreadable, 0)
        self.assertEqual(len(self._of(connection)), 2)
        connection.sudo().max_size = 2
        self.assertEqual(self._visit(connection).came, 1)
        self.assertEqual((heavy.state, len(heavy.bill_ids)), ("captured", 1))

    def test_rubbish_is_a_delivery_that_says_what_it_is(self):
        self._put("a.pdf", b"<html>404</html>")
        self._put("b.pdf", b"")
        self._put("c.zip", b"PK\x03\x04 broken")
        connection = self._connect()
        visit = self._visit(connection)
        self.assertEqual((visit.came, visit.unreadable), (0, 3))
        self.assertFalse(list(self.inbox.glob("*.*")), "it is here to be looked at")
        self.assertEqual(len(self._of(connection).attachment_ids), 3)

    def test_a_visit_takes_no_more_than_it_is_told_to(self):
        for number in range(5):
            self._put(f"{number}.pdf", make_pdf(str(number)), age=100 - number)
        connection = self._connect(max_count=2)
        visit = self._visit(connection)
        self.assertEqual((visit.came, visit.again), (2, True))
        self.assertEqual(self._of(connection).mapped("name"), ["0.pdf", "1.pdf"], "oldest first")
        self.assertIn("There is more", connection.last_result)
        self._visit(connection)
        self.assertFalse(self._visit(connection).again)
        self.assertEqual(len(self._of(connection)), 5)

    def test_a_company_without_the_workflow_is_not_fetched_for(self):
        self._put("a.pdf")
        connection = self._connect()
        self.company.openpce_bill_workflow = False
        self.assertIn("does not use the workflow", self._visit(connection).failures[0])
        self.assertTrue((self.inbox / "a.pdf").exists())

    def test_who_is_told_when_a_connection_fails(self):
        connection = self._connect(path=str(self.inbox / "missing"))
        self._visit(connection)
        self._visit(connection)
        self.assertEqual(len(connection.activity_ids), 1, "once, not at every visit")
        self.assertEqual(connection.activity_ids.user_id, self.administrator)
        self.assertIn("Check “Folder”", connection.last_result)
        (self.inbox / "missing").mkdir()
        self._visit(connection)
        self.assertFalse(connection.activity_ids)

    def test_what_a_server_says_is_text_in_the_notice(self):
        connection = self._connect("sftp", host="h", login="u")
        lost = SourceLost("lost", reason='<a href="https://evil.example">log in</a>')
        with patch.object(type(connection), "_open", side_effect=lost):
            self._visit(connection)
        self.assertIn("&lt;a href", connection.activity_ids.note)

    def test_one_connection_that_fails_stops_no_other(self):
        self._connect(path=str(self.inbox / "missing"), sequence=1)
        self._put("a.pdf")
        self._connect(sequence=2)
        visit = self.env["openpce.bill.source"]._fetch(self.company)
        self.assertEqual((visit.came, len(visit.failures)), (1, 1))

    # ------------------------------------------------------------------ SFTP

    def test_an_sftp_server_that_drops_the_connection(self):
        small, large = make_pdf("small"), make_pdf("large") + b"\0" * 500_000
        self._put("a.pdf", small)
        self._put("b.pdf", large, age=90)
        with SftpServer(self.inbox, PASSWORD) as server:
            connection = self._sftp(server)
            server.drop_after = len(small) + 100_000
            visit = self._visit(connection)
            self.assertEqual((visit.came, len(visit.failures)), (1, 1))
            self.assertIn("The connection broke", visit.failures[0])
            self.assertEqual(connection.last_state, "partly")
            self.assertTrue((self.inbox / "b.pdf").exists())
            self.assertFalse((self.inbox / "a.pdf").exists())
            server.drop_after = None
            self.assertEqual(self._visit(connection), self._visit(connection)._replace(came=1))
        self.assertEqual(len(self._of(connection).bill_ids), 2)
        self.assertNotIn(PASSWORD, connection.sudo().last_trace or "")

    def test_another_server_poses_as_the_known_one(self):
        self._put("a.pdf")
        with SftpServer(self.inbox, PASSWORD) as impostor:
            connection = self._sftp(impostor, fingerprint="SHA256:" + "A" * 43)
            visit = self._visit(connection)
            self.assertIn("another key", visit.failures[0])
            self.assertFalse(impostor.logins)
        self.assertFalse(self._of(connection))

    # ------------------------------------------------------------------ mailbox

    def test_a_mailbox_becomes_bills(self):
        with ImapServer(PASSWORD) as server:
            server.add(make_mail(("a.pdf", make_pdf("a")), ("a.xml", b"<?xml version='1.0'?><u/>")))
            server.add(make_mail(subject="Where is my money?"))
            connection = self._imap(server)
            visit = self._visit(connection)
            self.assertEqual((visit.came, visit.unreadable), (1, 1))
            captured, letter = self._of(connection)
            self.assertIn("bills@shipping.example", captured.sender)
            self.assertEqual(len(captured.bill_ids), 1)
            self.assertEqual(letter.name, "Where is my money?.eml")
            self.assertEqual(letter.state, "unreadable")
            self.assertIn("The mail “Where is my money?” brings no bill", letter.error)
            self.assertEqual(self._visit(connection).came, 0)

    def test_a_mailbox_that_drops_the_connection_half_way(self):
        with ImapServer(PASSWORD) as server:
            server.add(make_mail(("a.pdf", make_pdf("a"))))
            broken = server.add(make_mail(("b.pdf", make_pdf("b"))))
            server.add(make_mail(("c.pdf", make_pdf("c"))))
            server.drop_in = broken.uid
            connection = self._imap(server)
            visit = self._visit(connection)
            self.assertEqual((visit.came, len(visit.failures)), (1, 1))
            self.assertEqual(len(self._of(connection)), 1)
            server.drop_in = None
            visit = self._visit(connection)
            self.assertEqual((visit.came, visit.repeated, visit.failures), (2, 0, ()))
        self.assertEqual(len(self._of(connection).bill_ids), 3)

    def test_a_mailbox_that_drops_the_connection_after_our_commit(self):
        with ImapServer(PASSWORD) as server:
            server.add(make_mail(("a.pdf", make_pdf("a"))))
            server.drop_settling = True
            connection = self._imap(server)
            self.assertEqual(len(self._visit(connection).failures), 1)
            self.assertEqual(len(self._of(connection).bill_ids), 1, "it is safe here")
            server.drop_settling = False
            visit = self._visit(connection)
            self.assertEqual((visit.came, visit.repeated), (0, 1))
            self.assertIn(r"\Seen", server.messages[0].flags)
        intake = self._of(connection)
        self.assertEqual((len(intake), intake.repeat_count), (1, 1))
        self.assertEqual(len(intake.bill_ids), 1)
