"""XAdES-EPES signatures as DIAN wants them: made by ``signer``, judged by ``verifier``.

Layout of one signature (annex 1.9 sections 6.5.10 and 10), always enveloped in the document::

    ext:UBLExtensions/ext:UBLExtension/ext:ExtensionContent
      ds:Signature
        ds:SignedInfo                 canonicalised in place and signed
          ds:CanonicalizationMethod   inclusive C14N 1.0
          ds:SignatureMethod          rsa-sha256, rsa-sha384 or rsa-sha512
          ds:Reference  URI=""                the whole document, enveloped-signature transform
          ds:Reference  URI="#…-keyinfo"      the certificates
          ds:Reference  URI="#…-signedprops"  what the signer states
        ds:SignatureValue
        ds:KeyInfo/ds:X509Data        the chain, signer first
        ds:Object/xades:QualifyingProperties/xades:SignedProperties/xades:SignedSignatureProperties
          xades:SigningTime
          xades:SigningCertificate    digest, issuer and serial of signer, subordinate and root
          xades:SignaturePolicyIdentifier   what makes it EPES: the policy and its digest
          xades:SignerRole            supplier or third party

Every digest but the first is taken on an element inside the final document, because inclusive
C14N writes all namespaces in scope there; a detached copy has other digests (rule ZE02).
"""
