"""What the queue notes on a submission: stored as codes and values, read as sentences.

A note is ``{"code": …, "values": {…}}``; a value ``day`` is a date in ISO form. It becomes a
sentence when somebody reads it, in the reader's language (:func:`tell`). An error about a setting
carries notes as well; its own text is English, for logs and for the trace that support reads.
"""

from odoo.tools import format_date
from odoo.tools.translate import LazyTranslate

from ..dian.errors import DianConfigurationError

_lt = LazyTranslate(__name__)

#: Code → sentence, with the names of its values.
SENTENCES = {
    # On the way to DIAN
    "on_its_day": _lt("It is sent to DIAN on the date of the invoice, %(day)s."),
    "paused": _lt("Sending to DIAN is paused for %(company)s (Settings ▸ Electronic invoicing)."),
    "interrupted": _lt("The last attempt was interrupted."),
    "taken": _lt("DIAN took the test document and is validating it."),
    "validating": _lt("DIAN is still validating the document."),
    "about_another": _lt(
        "DIAN says that it accepted a document, but its answer is not about this one. It is asked"
        " again."
    ),
    "number_known": _lt("DIAN has this number already; its verdict is being asked for."),
    "code_unknown": _lt("DIAN says it has this number, but does not know its code yet."),
    "not_known_yet": _lt("DIAN does not know the document yet."),
    "sent_again": _lt("DIAN does not have it; it is sent again."),
    "rejected": _lt("DIAN rejected the document. Mend what it says and send the invoice again."),
    "to_mend": _lt(
        "Not sent: there is something to mend. Contacts, products, taxes and settings: the invoice"
        " is sent when they are saved. The invoice itself: reset it to draft, correct and confirm"
        " it."
    ),
    # Failures
    "timeout": _lt("DIAN did not answer in time."),
    "unreadable": _lt("DIAN's answer could not be understood."),
    "unavailable": _lt("DIAN's service is not available."),
    "fault": _lt(
        "DIAN's service refused the message (%(fault)s). Check the certificate and the clock of"
        " this server."
    ),
    "ask_first": _lt("DIAN is asked what became of the document before it is sent again."),
    "ask_again": _lt("DIAN is asked again automatically what became of the document."),
    "send_again": _lt("The document is sent again automatically."),
    "unsigned": _lt("The document cannot be signed: %(error)s"),
    "unforeseen": _lt("Something unexpected happened. The document is tried again automatically."),
    # A person has to look
    "tried": _lt(
        "It was tried %(times)s times and is not tried again by itself. When the cause is gone,"
        " press “Send to DIAN” on the invoice."
    ),
    "asked": _lt(
        "DIAN was asked %(times)s times and is not asked again by itself. Look the CUFE up in"
        " DIAN's catalogue, then press “Ask DIAN” on the invoice."
    ),
    "exhausted": _lt(
        "Something unexpected happened %(times)s times; it is not tried again by itself. The"
        " technical detail tells support what. Then press the button on the invoice."
    ),
    # Delivery
    "too_large": _lt(
        "The zip of %(number)s is larger than a mail may be (2 MB); send fewer annexes."
    ),
    "not_mailed": _lt(
        "The mail of %(number)s could not be made; it is not tried again by itself. Use “Send” on"
        " the invoice, which tells what is wrong."
    ),
    "no_address": _lt(
        "The customer of %(number)s has no mail address. Add it to the contact, then use “Send”"
        " on the invoice."
    ),
    "bounced": _lt("The mail to %(address)s came back."),
    # Settings
    "settings": _lt("An administrator has to complete the DIAN settings."),
    "misconfigured": _lt("An administrator has to complete the DIAN settings: %(error)s"),
    "no_software": _lt("The company %(company)s has no software ID."),
    "no_pin": _lt("The company %(company)s has no software PIN."),
    "no_nit": _lt("The company %(company)s has no NIT."),
    "no_range": _lt("There is no numbering range for %(number)s."),
    "no_technical_key": _lt("The numbering range %(range)s has no technical key."),
    "no_certificate": _lt("The company %(company)s has no valid signing certificate."),
    "no_private_key": _lt("The certificate %(certificate)s has no private key."),
    "no_stand_in": _lt("The address of the stand-in of %(company)s is missing."),
    # The key that protects the secrets
    "secret_unknown": _lt("The stored secret has an unknown format."),
    "secret_damaged": _lt("The stored secret is damaged; enter it again."),
    "secret_other_key": _lt(
        "This secret was encrypted with the key %(key)s, which this server does not have. Restore"
        " that key (%(option)s in odoo.conf, %(variable)s, or %(file)s in the data folder), or"
        " enter the secret again."
    ),
    "secret_short_key": _lt(
        "The key in %(option)s or %(variable)s is too short: it needs at least %(length)s"
        " characters."
    ),
    "secret_file": _lt("The key file %(file)s cannot be read or made: %(error)s"),
}


def note(code, **values):
    """The note ``code``; ``values`` are plain: they are stored as JSON."""
    return {"code": code, "values": values}


def tell(env, notes):
    """The sentences of ``notes`` in the language of ``env``, one after the other."""
    told = []
    for each in notes or []:
        sentence = SENTENCES.get(each["code"])
        if sentence is not None:
            values = dict(each["values"])
            if "day" in values:
                values["day"] = format_date(env, values["day"])
            translated = env._(sentence)
            told.append(translated % values)
    return " ".join(told)


class SettingError(DianConfigurationError):
    """A setting is missing or cannot be used; ``notes`` tell which, in any language."""

    def __init__(self, *notes):
        super().__init__(
            " ".join(SENTENCES[each["code"]]._source % each["values"] for each in notes)
        )
        self.notes = list(notes)
