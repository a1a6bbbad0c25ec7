from .common import OpenPCECommon, SOFTWARE_PIN


class TestCertificate(OpenPCECommon):
    def test_metadata_and_signer(self):
        self.assertEqual(self.certificate.holder_nit, "900508908")
        self.assertEqual(self.certificate.chain_length, 3)
        self.assertEqual(self.company.l10n_co_openpce_certificate_id, self.certificate)
        self.assertEqual(self.company._l10n_co_openpce_software_pin(), SOFTWARE_PIN)
        move = self.create_invoice(post=True)
        self.assertEqual(move.state, "posted")
