"""``python -m bce_lib.audit`` is ``bce-audit``."""

import sys

from bce_lib.audit.cli import main

sys.exit(main())
