from . import test_certificate
from . import test_document_numbers
from . import test_document_send
from . import test_document_states
from . import test_ubl_dian_golden
from . import test_ubl_dian_parties
