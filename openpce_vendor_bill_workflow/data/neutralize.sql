-- a copied database draws its own random controls
UPDATE res_company SET openpce_sampling_secret = NULL;

-- a copied database neither empties the mailboxes and folders of the original nor knows how to
UPDATE openpce_bill_connection SET secret_encrypted = NULL, active = FALSE;
