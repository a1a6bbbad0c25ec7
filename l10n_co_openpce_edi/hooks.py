"""What stays when the addon goes, and is taken back when it returns."""

import logging

from .models.l10n_co_openpce_document_person import ACTIVITY_TYPE

_logger = logging.getLogger(__name__)

MODULE = "l10n_co_openpce_edi"
#: Whose the external identifiers of what stays are, while the addon is away.
KEPT = f"__{MODULE}__"
#: Submissions whose files are handed over at a time.
BATCH = 500
#: The system parameters of this addon. By name: none of them is, or ever may be, a key.
PARAMETERS = ("l10n_co_openpce_edi.lease_seconds",)


def pre_init_hook(env):
    """Take back what an earlier uninstallation left: nothing of it is made a second time."""
    kept = env["ir.model.data"].search([("module", "=", KEPT)])
    for model, identifiers in kept.grouped("model").items():
        there = env[model].browse(identifiers.mapped("res_id")).exists()
        gone = identifiers.filtered(lambda data, ids=set(there.ids): data.res_id not in ids)
        (identifiers - gone).module = MODULE
        gone.unlink()
    # the loader of data files looks identifiers up past the ORM
    env.flush_all()


def uninstall_hook(env):
    """Leave the evidence on the invoices: the law wants it kept, and its own table is dropped.

    The signed XML, DIAN's answer and the customer's zip of every submission that DIAN may have
    become ordinary attachments of their invoice. Numbers, entries and taxes are Odoo's own and
    stay as they are; certificates go with their table. The key that encrypts them is no part of
    the database and is left where it is: a backup that is restored still signs.
    """
    documents = env["l10n_co_openpce.document"].with_context(active_test=False)
    ids = documents.search([("cufe", "!=", False)]).ids
    for start in range(0, len(ids), BATCH):
        _hand_files_over(documents.browse(ids[start : start + BATCH]))
        # years of invoices: what is written leaves the memory
        env.flush_all()
        env.invalidate_all()
    _leave_addresses(env)
    env["ir.sequence"].search([("code", "=", "l10n_co_openpce.file")]).unlink()
    env["ir.config_parameter"].search([("key", "in", PARAMETERS)]).unlink()
    # done ones, too: an activity keeps its type from being deleted
    activity_type = env.ref(ACTIVITY_TYPE, raise_if_not_found=False)
    if activity_type:
        kept = env["mail.activity"].with_context(active_test=False)
        kept.search([("activity_type_id", "=", activity_type.id)]).unlink()
    _logger.info("The key of certificates and PINs was left in place, for backups that need it.")


def _leave_addresses(env):
    """Keep what contacts refer to and would lose: their municipality and kind of document.

    Odoo deletes what has an external identifier of the addon. Those of what stays are renamed, for
    `pre_init_hook` to know the records again, whatever they are called by then.
    """
    kinds = env["ir.model.data"].search(
        [("module", "=", MODULE), ("model", "=", "l10n_latam.identification.type")]
    )
    contacts = env["res.partner"].with_context(active_test=False)
    used = contacts.search(
        [("l10n_latam_identification_type_id", "in", kinds.mapped("res_id"))]
    ).l10n_latam_identification_type_id
    cities = env["ir.model.data"].search([("module", "=", MODULE), ("model", "=", "res.city")])
    (cities + kinds.filtered(lambda data: data.res_id in used.ids)).module = KEPT


def _hand_files_over(documents):
    """Make the files of ``documents`` attachments of their invoices, under the names they had."""
    fields = {
        "signed_xml": "file_name",
        "application_response": "response_name",
        "container": "container_name",
    }
    attachments = documents.env["ir.attachment"].search(
        [
            ("res_model", "=", documents._name),
            ("res_field", "in", list(fields)),
            ("res_id", "in", documents.ids),
        ]
    )
    for attachment in attachments:
        document = documents.browse(attachment.res_id)
        attachment.write(
            {
                "name": document[fields[attachment.res_field]] or attachment.name,
                "res_model": "account.move",
                "res_id": document.move_id.id,
                "res_field": False,
                "description": f"{document.number} {document.cufe} {document.state}",
            }
        )
