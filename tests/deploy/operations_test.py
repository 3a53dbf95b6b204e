"""The handbook of operations against the real daemon: each refusal that can be
brought about is in it with the daemon's own words, in both languages."""

import pathlib
import re
import shutil
import socket
import subprocess
import tempfile
import unittest

from tools import ANNALS, ANNALSD, SOURCE, run

ENGLISH = SOURCE / "deploy/OPERATIONS.md"
CHINESE = SOURCE / "deploy/OPERATIONS.zh-CN.md"
ALERTS = ("AnnalsDown", "AnnalsWritesStopped", "AnnalsDamage",
          "AnnalsCheckpointOld", "AnnalsWitnessLag", "AnnalsDiskLow",
          "AnnalsQueueFull", "AnnalsErrorRate", "AnnalsLatencyHigh",
          "AnnalsCertificateExpiring", "AnnalsCertificateReloadFailed",
          "AnnalsLimitsHit")
MARK_SLOT_BYTES = 4096


def english_anchors():
    heads = re.findall(r"^##+ (.*)$", ENGLISH.read_text("utf-8"), re.M)
    return [re.sub(r"[^a-z0-9 -]", "", head.lower()).replace(" ", "-")
            for head in heads]


def chinese_anchors():
    return re.findall(r'^<a id="([a-z0-9-]+)"></a>$',
                      CHINESE.read_text("utf-8"), re.M)


def flip(path, offset):
    data = bytearray(path.read_bytes())
    data[offset] ^= 1
    path.write_bytes(data)


class LinksTest(unittest.TestCase):

    def test_both_languages_have_the_same_sections(self):
        self.assertEqual(chinese_anchors(), english_anchors())
        self.assertLessEqual({alert.lower() for alert in ALERTS},
                             set(english_anchors()))

    def test_every_link_leads_somewhere(self):
        for page in (ENGLISH, CHINESE):
            text = page.read_text("utf-8")
            for link in re.findall(r"\]\(([^)]+)\)", text):
                if link.startswith("#"):
                    self.assertIn(link[1:], english_anchors(), page.name)
                else:
                    self.assertTrue((page.parent / link).exists(), link)

    def test_the_alert_rules_lead_here(self):
        rules = SOURCE / "deploy/prometheus/alerts.yaml"
        text = rules.read_text("utf-8") if rules.exists() else ""
        for anchor in re.findall(r"OPERATIONS\.md#([a-z0-9-]+)", text):
            self.assertIn(anchor, english_anchors())

    def test_the_commands_exist(self):
        flags = run([ANNALSD, "--help"]).stdout
        for page in (ENGLISH, CHINESE):
            text = page.read_text("utf-8")
            for words in set(re.findall(r"annals ([a-z-]+)", text)):
                self.assertEqual(run([ANNALS, words, "--help"]).returncode, 0,
                                 words)
            for flag in re.findall(r"`--(\w+_\w+)", text):
                self.assertIn(f"--{flag}", flags)


class RefusalTest(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.directory = pathlib.Path(tempfile.mkdtemp(prefix="annals-refusal-"))
        cls.addClassCleanup(shutil.rmtree, cls.directory)
        cls.whole = cls.directory / "whole"
        cls.other = cls.directory / "other"
        cls.make(cls.whole, entries=True)
        cls.make(cls.other, entries=False)

    @classmethod
    def make(cls, data, entries):
        daemon = subprocess.Popen(
            [ANNALSD, f"--data_dir={data}", "--origin=a.example/annals",
             "--listen=127.0.0.1:0"], stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, encoding="utf-8")
        daemon.stdout.readline()
        server = daemon.stdout.readline().removeprefix("serving on ").strip()
        try:
            if entries:
                run([ANNALS, "agency", "register", "11410303005450123N",
                     "--name", "洛阳市西工区人民政府办公室", "--division",
                     "410303", "--server", server, "--config-dir",
                     str(cls.directory)], check=True)
        finally:
            daemon.terminate()
            daemon.communicate()

    def refuse(self, reason, spoil=lambda data: None, flags=()):
        """The daemon refuses a copy that `spoil` spoiled, for `reason`, and
        both pages have the reason and the beginning of what it says."""
        with self.subTest(reason):
            data = self.directory / "data"
            shutil.rmtree(data, ignore_errors=True)
            shutil.copytree(self.whole, data)
            spoil(data)
            result = run([ANNALSD, f"--data_dir={data}",
                          "--listen=127.0.0.1:0", *flags], timeout=60)
            self.assertEqual(result.returncode, 2, result.stderr)
            self.assertIn(f"(reason {reason})", result.stderr)
            said = re.findall(r"^annalsd: (.*)$", result.stderr, re.M)
            for page, text in ((ENGLISH, said[0]), (CHINESE, said[1])):
                self.quoted(page, reason, text)

    def quoted(self, page, reason, text):
        rows = [row for row in page.read_text("utf-8").splitlines()
                if f"`{reason}`" in row.split(" | ")[0]
                and row.startswith("| ")]
        self.assertEqual(len(rows), 1, reason)
        quotes = re.findall(r"`([^`]+)`", rows[0].split(" | ")[1])
        if "、" in rows[0].split(" | ")[0] or "," in rows[0].split(" | ")[0]:
            return  # One row for several that say different things.
        # An ellipsis, and a number, stand for what differs.
        patterns = [re.sub(r"\d+", r"\\d+", re.escape(quote))
                    .replace("…", ".*") for quote in quotes]
        self.assertTrue(any(re.search(p, text) for p in patterns),
                        f"{page.name}: {text}")

    def test_flags(self):
        self.refuse("INVALID_FLAG", flags=["--data_dir="])
        self.refuse("ORIGIN_MISMATCH", flags=["--origin=b.example/annals"])
        self.refuse("ORIGIN_REQUIRED", lambda data: shutil.rmtree(data))
        self.refuse("LISTEN_NOT_LOOPBACK", flags=["--listen=0.0.0.0:0"])
        self.refuse("INVALID_LISTEN_ADDRESS", flags=["--listen=foo"])
        self.refuse("WITNESS_POLICY_MALFORMED",
                    lambda data: (data / "policy").write_text("garbage\n"),
                    [f"--witness_policy={self.directory}/data/policy"])
        with socket.create_server(("127.0.0.1", 0)) as taken:
            self.refuse("LISTEN_FAILED", flags=[
                f"--listen=127.0.0.1:{taken.getsockname()[1]}"])

    def test_directory(self):
        self.refuse("DATA_DIR_UNUSABLE", flags=["--data_dir=/proc/annals"])
        self.refuse("LEDGER_FILES_MISSING",
                    lambda data: shutil.rmtree(data / "db"))
        holder = self.directory / "data/lock"

        def hold(data):
            # flock takes the lock as annalsd does, until it is told to end.
            self.lock = subprocess.Popen(
                ["flock", "--no-fork", str(holder), "sh", "-c",
                 "echo held; exec cat"],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            self.lock.stdout.readline()
        self.refuse("DATA_DIR_IN_USE", hold)
        self.lock.communicate()

    def test_keys(self):
        self.refuse("SIGNING_KEY_MISSING",
                    lambda data: (data / "signing_key.pem").unlink())
        self.refuse("KEY_FILE_EXPOSED",
                    lambda data: (data / "signing_key.pem").chmod(0o644))
        self.refuse("KEY_FILE_DAMAGED",
                    lambda data: (data / "signing_key.pem").write_text("x"))
        self.refuse("VERIFIER_KEY_MISMATCH", lambda data: shutil.copy(
            self.other / "signing_key.pem", data))
        self.refuse("KEY_CHANGE_INVALID",
                    flags=[f"--next_key={self.whole}/signing_key.pem"])
        vkey = (self.other / "verifier_key").read_text().strip()
        self.refuse("PREVIOUS_KEY_UNKNOWN", flags=[f"--previous_vkey={vkey}"])

        def exchange(data):
            for name in ("signing_key.pem", "verifier_key"):
                shutil.copy(self.other / name, data)
        self.refuse("MARK_FOREIGN", exchange)

    def test_mark(self):
        self.refuse("MARK_MISSING", lambda data: [
            (data / name).unlink()
            for name in ("published_checkpoint", "verifier_key")],
            ["--origin=a.example/annals"])

        def spoil_both(data):
            for slot in range(2):
                flip(data / "published_checkpoint", slot * MARK_SLOT_BYTES + 99)
        self.refuse("MARK_DAMAGED", spoil_both)

        def replace(data):
            shutil.rmtree(data / "db")
            shutil.copytree(self.other / "db", data / "db")
        self.refuse("LEDGER_BEHIND_MARK", replace)

    def test_damage(self):
        self.refuse("STORE_DAMAGED", lambda data: flip(
            next((data / "db").glob("MANIFEST-*")), 200))

    def test_an_unknown_flag(self):
        result = run([ANNALSD, "--no_such_flag=1"])
        self.assertEqual(result.returncode, 1)
        for page in (ENGLISH, CHINESE):
            self.assertIn(f"`{result.stderr.strip()}`",
                          page.read_text("utf-8"))


if __name__ == "__main__":
    unittest.main()
