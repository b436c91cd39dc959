"""The judge: Great Expectations suites generated from the policy give every verdict."""

import os

os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")  # before the library is imported anywhere

from expectations.judge.judge import BREACH, CANNOT_TELL, PASS, Judge

__all__ = ["BREACH", "CANNOT_TELL", "PASS", "Judge"]
