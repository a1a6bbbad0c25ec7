"""DIAN's electronic documents without Odoo: identifiers, signature, UBL, web service, rules.

Depends on lxml, cryptography, requests and python-stdnum alone. Sources: Anexo Técnico de
Factura Electrónica de Venta 1.9 (Resolución 000165 of 2023), cited as "annex".
"""
