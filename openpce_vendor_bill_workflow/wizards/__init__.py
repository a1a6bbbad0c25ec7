from . import openpce_bill_backtest
from . import openpce_bill_decision
from . import openpce_bill_return
from . import openpce_bill_query
from . import openpce_bill_rule_finding
