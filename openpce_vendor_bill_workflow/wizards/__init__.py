from . import openpce_bill_backtest
from . import openpce_bill_rule_finding
