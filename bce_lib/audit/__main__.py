"""``python -m bce_lib.audit`` is ``bce-audit``."""

import sys

from bce_lib.audit.command import main

sys.exit(main())
