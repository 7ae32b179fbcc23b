"""``python -m bce_lib.audit`` is ``bce-audit``."""

import sys

from bce_lib.command import main

sys.exit(main())
