"""What stays when the addon goes."""


def uninstall_hook(env):
    """Leave the evidence on the invoices: the law wants it kept, and its own table is dropped.

    The signed XML, DIAN's answer and the customer's zip of every submission that DIAN may have
    become ordinary attachments of their invoice. Numbers, entries and taxes are Odoo's own and
    stay as they are; certificates and keys go with their table.
    """
    documents = env["l10n_co_openpce.document"].with_context(active_test=False).search([])
    attachments = env["ir.attachment"].search(
        [
            ("res_model", "=", documents._name),
            ("res_field", "in", ("signed_xml", "application_response", "container")),
        ]
    )
    by_id = {document.id: document for document in documents}
    for attachment in attachments:
        document = by_id.get(attachment.res_id)
        if not document or not document.cufe:
            continue
        names = {
            "signed_xml": document.file_name,
            "application_response": document.response_name,
            "container": document.container_name,
        }
        attachment.write(
            {
                "name": names[attachment.res_field] or attachment.name,
                "res_model": "account.move",
                "res_id": document.move_id.id,
                "res_field": False,
                "description": f"{document.number} {document.cufe} {document.state}",
            }
        )
    env["ir.sequence"].search([("code", "=", "l10n_co_openpce.file")]).unlink()
    env["ir.config_parameter"].search([("key", "=like", "l10n_co_openpce_edi.%")]).unlink()
