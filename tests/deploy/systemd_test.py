"""The unit of annalsd: correct, confined, and in step with the daemon."""

import pathlib
import re
import tempfile
import unittest

from tools import ANNALSD, SOURCE, needs, run

UNIT = SOURCE / "deploy/systemd/annalsd.service"
FLAGS = SOURCE / "deploy/systemd/annalsd.flags"
EXPOSURE_MAX = 30  # Tenths of systemd's points.


def settings():
    """The unit's (name, value) pairs, in their order."""
    lines = UNIT.read_text(encoding="utf-8").splitlines()
    return [tuple(line.split("=", 1)) for line in lines
            if "=" in line and not line.startswith("#")]


def seconds(text):
    units = {"s": 1, "m": 60, "min": 60, "h": 3600}
    number, unit = re.fullmatch(r"(\d+)(\w+)", text).groups()
    return int(number) * units[unit]


class UnitTest(unittest.TestCase):

    @needs("systemd-analyze")
    def test_systemd_takes_it(self):
        with tempfile.TemporaryDirectory() as directory:
            copy = pathlib.Path(directory) / UNIT.name
            text = UNIT.read_text(encoding="utf-8")
            # The program where it is built: systemd looks if it is there.
            copy.write_text(text.replace("/usr/sbin/annalsd", ANNALSD),
                            encoding="utf-8")
            result = run(["systemd-analyze", "verify", "--man=no", str(copy)])
            said = [line for line in result.stderr.splitlines()
                    if UNIT.name in line or "annalsd" in line]
            self.assertEqual((result.returncode, said), (0, []), result.stderr)

    @needs("systemd-analyze")
    def test_it_is_confined(self):
        result = run(["systemd-analyze", "security", "--offline=true",
                      f"--threshold={EXPOSURE_MAX}", str(UNIT)])
        self.assertEqual(result.returncode, 0, result.stdout[-400:])
        exposure = re.search(r"exposure level for \S+: ([\d.]+)",
                             result.stdout)
        self.assertLess(float(exposure.group(1)) * 10, EXPOSURE_MAX)

    @needs("systemd-sysusers", "systemd-tmpfiles")
    def test_user_and_directories_can_be_made(self):
        with tempfile.TemporaryDirectory() as root:
            etc = pathlib.Path(root) / "etc"
            etc.mkdir()
            (etc / "passwd").write_text("root:x:0:0::/root:/bin/sh\n")
            (etc / "group").write_text("root:x:0:\n")
            users = run(["systemd-sysusers", f"--root={root}",
                         str(SOURCE / "deploy/systemd/annals.sysusers")])
            self.assertEqual(users.returncode, 0, users.stderr)
            self.assertIn("annals:", (etc / "passwd").read_text())

    def test_a_refusal_is_not_tried_again(self):
        unit = dict(settings())
        self.assertEqual(unit["Restart"], "on-failure")
        self.assertEqual(unit["RestartPreventExitStatus"], "1 2")
        unknown = run([ANNALSD, "--no_such_flag=1"])
        refused = run([ANNALSD, "--data_dir=/proc/annals",
                       "--origin=test.local/annals"])
        self.assertEqual((unknown.returncode, refused.returncode), (1, 2))

    def test_a_stop_waits_for_the_drain(self):
        help_text = run([ANNALSD, "--help"]).stdout
        drain = re.search(r"--drain_timeout=VALUE\n(?:      .*\n)*?"
                          r"      .*Default:\s+(\w+)\.", help_text)
        self.assertGreaterEqual(seconds(dict(settings())["TimeoutStopSec"]),
                                seconds(drain.group(1)) + 30)

    def test_the_daemon_knows_the_flags_of_the_file(self):
        known = set(re.findall(r"--(\w+)", run([ANNALSD, "--help"]).stdout))
        named = re.findall(r"^#?--(\w+)=", FLAGS.read_text(encoding="utf-8"),
                           re.MULTILINE)
        self.assertIn("origin", named)
        self.assertLessEqual(set(named), known)


if __name__ == "__main__":
    unittest.main()
