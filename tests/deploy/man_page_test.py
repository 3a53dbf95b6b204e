"""The manual pages: well formed, and with all that the help lists."""

import re
import unittest

from tools import ANNALS, ANNALSD, BUILD, needs, run

PAGES = BUILD / "deploy/man"
ENGLISH = PAGES / "annals.1"
CHINESE = PAGES / "zh_CN/annals.1"
DAEMON = PAGES / "annalsd.8"


def shown(page):
    """The page as a reader sees it, with its line breaks taken out."""
    result = run(["man", "-l", str(page)],
                 env={"MANWIDTH": "20000", "LANG": "C.UTF-8",
                      "PATH": "/usr/bin:/bin"})
    return re.sub(r"\s+", " ", result.stdout)


class ManPageTest(unittest.TestCase):

    @needs("man")
    def test_groff_has_no_warnings(self):
        for page in (ENGLISH, CHINESE, DAEMON):
            result = run(["man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8",
                          "-Z", str(page)],
                         env={"LC_ALL": "C.UTF-8", "MANWIDTH": "160",
                              "PATH": "/usr/bin:/bin"})
            self.assertEqual((result.returncode, result.stderr), (0, ""))

    @needs("mandoc")
    def test_mandoc_has_no_warnings(self):
        for page in (ENGLISH, CHINESE, DAEMON):
            result = run(["mandoc", "-T", "lint", "-W", "warning", str(page)])
            self.assertEqual((result.returncode, result.stdout), (0, ""))

    @needs("man")
    def test_every_flag_of_the_daemon_is_there(self):
        flags = re.findall(r"^  (--\w+)", run([ANNALSD, "--help"]).stdout,
                           re.MULTILINE)
        self.assertGreater(len(flags), 40)
        text = shown(DAEMON)
        self.assertEqual([flag for flag in flags if flag not in text], [])
        self.assertIn("Default: 127.0.0.1:7432.", text)

    @needs("man")
    def test_every_command_is_there_in_both_languages(self):
        for page, language, head in ((ENGLISH, "en", "Commands:"),
                                     (CHINESE, "zh", "命令：")):
            help_text = run([ANNALS, "--lang", language, "--help"]).stdout
            block = help_text.split(f"\n{head}\n")[1].split("\n\n")[0]
            commands = re.findall(r"^  ([a-z-]+)", block, re.MULTILINE)
            self.assertGreater(len(commands), 30)
            text = shown(page)
            for command in [*commands, "agency register", "trust add"]:
                self.assertIn(f"annals {command} ", text)


if __name__ == "__main__":
    unittest.main()
