-- a copied database draws its own random controls
UPDATE res_company SET openpce_sampling_secret = NULL;
