"""What holds for all tests."""

import os

# Compiled code is what is tested, also where an instruction is executed once; `interim` modes and
# tests of their own cover what runs before that.
os.environ["RVX_COMPILE_AFTER"] = "0"
