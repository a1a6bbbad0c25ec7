from . import test_certificate
from . import test_document_numbers
from . import test_document_send
from . import test_document_states
