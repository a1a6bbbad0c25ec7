"""Shape of the answers, compared with what the live service is known to say."""

from __future__ import annotations


def test_good_invoice_is_accepted(client, signed):
    answer = client.send(signed())
    assert (answer.status, answer.lines) == (200, []), answer.body
    assert answer.values["IsValid"] == "true"
