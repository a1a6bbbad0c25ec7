from . import secret_box, steps
