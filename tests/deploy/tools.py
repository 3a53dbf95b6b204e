"""What the tests of deploy/ share."""

import os
import pathlib
import shutil
import subprocess
import unittest

SOURCE = pathlib.Path(os.environ["ANNALS_SOURCE"])
BUILD = pathlib.Path(os.environ["ANNALS_BUILD"])
ANNALSD = os.environ["ANNALSD"]
ANNALS = os.environ["ANNALS"]


def needs(*tools):
    """Skips a test, or a class of tests, where a program is missing."""
    missing = [tool for tool in tools if shutil.which(tool) is None]
    return unittest.skipIf(
        missing, f"not installed: {', '.join(missing)} (deploy/packages.txt)")


def run(command, **options):
    """Runs to the end: exit code and both outputs, none of them checked."""
    return subprocess.run(command, capture_output=True, encoding="utf-8",
                          **options)
