"""``python -m benchmarks``: print every figure of the bench."""

import sys

from benchmarks.bench import main

sys.exit(main())
