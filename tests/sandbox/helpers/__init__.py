"""An independent client of the stand-in: builds, signs (xmlsec) and sends without the product."""
