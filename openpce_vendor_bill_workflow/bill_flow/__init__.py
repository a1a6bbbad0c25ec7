"""The supplier-bill workflow without Odoo: states, matching, approval, supervision, arithmetic.

Standard library alone. Shapes shared by every module: money is :class:`~decimal.Decimal` in one
currency, records are their integer ids, an enumeration's value is what the database stores. R and
A numbers in docstrings are those of the workflow's requirements.
"""
