from . import notes
from . import secret_box
