from . import decide
from . import picture
