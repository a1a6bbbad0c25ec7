"""``python -m dian_sandbox``; a package that is missing or does not fit is one clear message."""

from __future__ import annotations

import sys

try:
    from .cli import main
except ImportError as error:
    sys.exit(f"dian_sandbox: {error}")

if __name__ == "__main__":
    sys.exit(main())
