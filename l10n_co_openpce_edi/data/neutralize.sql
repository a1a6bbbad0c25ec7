-- A copy of a production database must neither sign nor reach DIAN.
UPDATE res_company
   SET l10n_co_openpce_environment = 'sandbox',
       l10n_co_openpce_sandbox_url = NULL,
       l10n_co_openpce_software_id = NULL,
       l10n_co_openpce_software_pin_encrypted = NULL,
       l10n_co_openpce_test_set_id = NULL;

UPDATE l10n_co_openpce_certificate
   SET key_encrypted = NULL,
       active = FALSE;

UPDATE l10n_co_openpce_numbering_range
   SET technical_key_encrypted = NULL;

-- A submission goes where it was begun, whatever its company says now: what was under way to DIAN
-- is no longer, and a certificate uploaded into the copy does not wake it up.
UPDATE l10n_co_openpce_document
   SET environment = 'sandbox'
 WHERE environment != 'sandbox'
   AND state IN ('draft', 'prepared', 'sending', 'in_doubt');

-- The copy does not mail the customers.
UPDATE l10n_co_openpce_document
   SET delivery_state = 'waiting'
 WHERE delivery_state = 'to_deliver';
