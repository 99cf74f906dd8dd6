"""Compiles the adder with Verilator and runs the testbench: `python run.py [--bug] [FOLDER]`."""

import argparse
import os
import sys
from pathlib import Path

from cocotb.runner import get_results, get_runner

HERE = Path(__file__).resolve().parent


def main() -> int:
    """How many tests have failed."""
    parser = argparse.ArgumentParser(description="The adder of posits beside a machine.")
    parser.add_argument("--bug", action="store_true", help="switch the seeded bug on")
    parser.add_argument("folder", nargs="?", default="build", help="for what is compiled")
    chosen = parser.parse_args()
    folder = Path(chosen.folder).resolve()
    # To compile takes longer than the simulation, which needs no fast code.
    os.environ["MAKEFLAGS"] = "OPT_FAST=-O0 OPT_SLOW=-O0 OPT_GLOBAL=-O0"
    runner = get_runner("verilator")
    runner.build(
        verilog_sources=[HERE / "posit_add.sv"], hdl_toplevel="posit_add", build_dir=folder
    )
    results = runner.test(
        hdl_toplevel="posit_add",
        test_module="bench_posit_add",
        build_dir=folder,
        test_dir=HERE,
        results_xml=str(folder / "results.xml"),
        extra_env={"BUG": str(int(chosen.bug))},
    )
    return get_results(results)[1]


if __name__ == "__main__":
    sys.exit(main())
