from . import test_cost_forecast
from . import test_masters
from . import test_masters_access
from . import test_masters_import
from . import test_translations
from . import test_workflow_settings
from . import test_workflow_users
from . import test_criteria_match
