-- A copy of a production database must neither sign nor reach DIAN.
UPDATE res_company
   SET l10n_co_openpce_environment = 'sandbox',
       l10n_co_openpce_sandbox_url = NULL,
       l10n_co_openpce_software_pin_encrypted = NULL,
       l10n_co_openpce_test_set_id = NULL;

UPDATE l10n_co_openpce_certificate
   SET key_encrypted = NULL,
       active = FALSE;

UPDATE l10n_co_openpce_numbering_range
   SET technical_key = NULL;
