from . import openpce_bill_rule_finding
