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
          "AnnalsCheckpointOld", "AnnalsWitnessLag", "AnnalsFollowerRefused",
          "AnnalsFollowerBehind", "AnnalsDiskLow",
          "AnnalsQueueFull", "AnnalsErrorRate", "AnnalsLatencyHigh",
          "AnnalsCertificateExpiring", "AnnalsCertificateReloadFailed",
          "AnnalsLimitsHit")
MARK_SLOT_BYTES = 4096
# Reasons that a caller, a client or an auditor is told, and no operator: what
# is wrong with a request, a proof, a note, or a file of theirs. A new reason
# stands here or in both pages.
OF_CALLS = frozenset("""
ADD_CHECKPOINT_MALFORMED AGENCY_EXISTS AGENCY_NOT_ALLOWED AGENCY_NOT_FOUND
AGENCY_NOT_REGISTERED ALREADY_EXISTS AS_OF_IN_FUTURE AS_OF_TWICE
AS_OF_WITH_REVISION BACKUPS_OFF BACKUP_CANCELLED BUNDLE_LEAF_TOO_LONG
CERTIFICATE_EXPIRED CERTIFICATE_MISSING
CERTIFICATE_NOT_VERIFIED CERTIFICATE_NOT_YET_VALID CERTIFICATE_REVOKED
CERTIFICATE_UNFIT CHECKPOINT_DIVERGED CHECKPOINT_NOT_COSIGNED
CHECKPOINT_NOT_OF_POLICY CHECKPOINT_ORIGIN_MISMATCH CONSISTENCY_NOT_PROVED
CONTENT_ERASED CONTENT_UNREADABLE CONTENT_WITHDRAWN COSIGNATURE_FALSE
COSIGNATURE_TIME_INVALID DATA_LOSS DEADLINE_EXCEEDED DIRECTORY_NOT_PRIVATE
DOCUMENT_MISMATCH DOCUMENT_NOT_FOUND DOCUMENT_NOT_RECORDED DOCUMENT_TOO_LARGE
ENTRY_BUNDLE_MALFORMED ENTRY_NOT_FOUND ENTRY_NOT_PUBLISHED
ENTRY_NOT_WITNESSED ETAG_MISMATCH FAILED_PRECONDITION FRONTIER_LENGTH_WRONG
INCLUSION_NOT_PROVED INTERNAL_ERROR INVALID_ACTOR INVALID_ENTRY_RANGE
INVALID_NAME INVALID_PAGE_SIZE INVALID_PAGE_TOKEN INVALID_REQUEST
INVALID_REQUEST_ID INVALID_REVISION_RANGE INVALID_TIMESTAMP
INVALID_TREE_RANGE INVALID_UPDATE_MASK INVALID_VALUE IN_EFFECT_WITH_REVISION
KEY_FILE_EXISTS LEAF_INDEX_OUT_OF_RANGE LEAF_MISMATCH LEAF_TOO_LARGE
LEDGER_OPTION_INVALID MALFORMED_REQUEST MISSING_ETAG MISSING_REASON_CODE
FOLLOWER_BEHIND FOLLOWER_READ_ONLY NAME_MISMATCH NODES_READ_INCOMPLETE NOTE_NOT_SIGNED NOTE_SIGNATURE_FALSE
NOTE_TEXT_INVALID NOTHING_CHANGED NOT_FOUND NOT_IN_EFFECT
NO_EARLIER_REVISION NO_REVISION_AS_OF NO_WITNESSED_CHECKPOINT OUT_OF_RANGE
PERMISSION_DENIED POLICY_OF_SUPERVISED POLICY_MOVED POLICY_NOT_FOUND PROOF_LENGTH_WRONG
REGISTER_MOVED REPORT_EXISTS REPORT_NOT_FOUND REQUEST_ID_REUSED
RESOURCE_EXHAUSTED REVISION_NOT_FOUND ROLE_NOT_ALLOWED ROLL_UP_TOO_LARGE
SEED_LENGTH_WRONG SIGNATURE_REQUIRED SIGNING_KEY_NOT_IN_FORCE STREAM_MOVED
SUCCESSOR_IS_SELF SUCCESSOR_NOT_REGISTERED
SUCCESSOR_WITHOUT_DISSOLUTION SUPERVISION_CYCLE SUPERVISION_TOO_DEEP
SUPERVISOR_DISSOLVED SUPERVISOR_IS_SELF SUPERVISOR_NOT_REGISTERED
TILE_MALFORMED
TILE_PATH_MALFORMED TLOG_PROOF_EXTRA_TOO_LONG TLOG_PROOF_MALFORMED
TLOG_PROOF_TOO_LARGE TLOG_PROOF_TOO_LONG
TOO_MANY_CONFLICTS TREE_RANGE_INVALID
TREE_SIZE_MALFORMED TREE_SIZE_NOT_REACHED UNEXPECTED_REASON_CODE
UNKNOWN_ERROR UNKNOWN_FIELD VALID_FROM_TOO_EARLY WITNESS_POLICY_WITHOUT_LOG
WITNESS_QUORUM_NOT_MET WRONG_PARTY
""".split())
NO_REASONS = frozenset(["GRPC_CLIENT_CHANNEL_BACKUP_POLL_INTERVAL_MS",
                        "GRPC_SSL_CIPHER_SUITES", "ANNALS_VERSION"])


def reasons_in_the_code():
    files = [*(SOURCE / "ledger").glob("*"), *(SOURCE / "service").glob("*"),
             *(path for folder in ("telemetry", "tls", "witnessing")
               for path in (SOURCE / "service" / folder).glob("*"))]
    reasons = set()
    for file in files:
        if file.suffix in (".h", ".cc"):
            reasons |= set(re.findall(r'"([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)"',
                                      file.read_text("utf-8")))
    return reasons - NO_REASONS


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


class ReasonTest(unittest.TestCase):

    def test_every_reason_is_a_callers_or_in_the_handbook(self):
        in_code = reasons_in_the_code()
        self.assertGreater(len(in_code), 150)
        self.assertEqual(OF_CALLS - in_code, set(), "reasons that are gone")
        for page in (ENGLISH, CHINESE):
            text = page.read_text("utf-8")
            told = {reason for reason in in_code if f"`{reason}`" in text}
            self.assertEqual(in_code - told - OF_CALLS, set(), page.name)


    def test_every_limit_is_in_its_section(self):
        limits = {"QUEUE_FULL", "TOO_MANY_STREAMS", "TOO_MANY_WATCHERS"}
        for file in ("limit_counters.cc", "telemetry/library_log.cc"):
            limits |= set(re.findall(
                r'"([A-Z]+(?:_[A-Z]+)+)"',
                (SOURCE / "service" / file).read_text("utf-8")))
        self.assertGreater(len(limits), 12)
        for page in (ENGLISH, CHINESE):
            section = page.read_text("utf-8").split("\n## AnnalsLimitsHit")[1]
            section = section.split("\n## ")[0]
            self.assertEqual(
                {limit for limit in limits if f"`{limit}`" not in section},
                set(), page.name)


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
        self.refuse("KEY_NAME_INVALID", lambda data: shutil.rmtree(data),
                    ["--origin=has space"])
        self.refuse("PATHS_OVERLAP", flags=[
            f"--backup_dir={self.directory}/data/backups"])
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

        def leave_the_key(data):
            shutil.rmtree(data / "db")
            for name in ("published_checkpoint", "verifier_key"):
                (data / name).unlink()
        self.refuse("LEDGER_MISSING", leave_the_key,
                    ["--origin=a.example/annals"])
        self.refuse("RESTORE_INCOMPLETE",
                    lambda data: (data / "restoring").mkdir())
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

    def test_follower(self):
        vkey = (self.whole / "verifier_key").read_text().strip()
        follow = ["--follow=127.0.0.1:1", f"--follow_key={vkey}"]
        self.refuse("NOT_A_FOLLOWER", flags=follow)

        def make_copy(origin):
            def make(data):
                shutil.rmtree(data)
                data.mkdir()
                (data / "following").write_text(f"{origin}\n")
            return make
        self.refuse("IS_A_FOLLOWER", make_copy("a.example/annals"))
        self.refuse("FOLLOWS_OTHER_LEDGER", make_copy("b.example/annals"),
                    follow)

    def test_keys(self):
        self.refuse("SIGNING_KEY_MISSING",
                    lambda data: (data / "signing_key.pem").unlink())
        self.refuse("KEY_FILE_EXPOSED",
                    lambda data: (data / "signing_key.pem").chmod(0o644))
        self.refuse("KEY_FILE_DAMAGED",
                    lambda data: (data / "signing_key.pem").write_text("x"))
        self.refuse("VERIFIER_KEY_MISMATCH", lambda data: shutil.copy(
            self.other / "signing_key.pem", data))
        self.refuse("VERIFIER_KEY_DAMAGED",
                    lambda data: flip(data / "verifier_key", 5))
        self.refuse("KEY_FILE_MISSING", flags=["--signing_key=/nowhere"])
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

    def test_limits_of_the_system(self):
        with self.subTest("SYSTEM_LIMIT_TOO_LOW"):
            result = run(["sh", "-c", 'ulimit -n 64; exec "$0" "$@"', ANNALSD,
                          f"--data_dir={self.directory}/data"])
            self.assertEqual(result.returncode, 2, result.stderr)
            said = re.findall(r"^annalsd: (.*)$", result.stderr, re.M)
            self.quoted(ENGLISH, "SYSTEM_LIMIT_TOO_LOW", said[0])
            self.quoted(CHINESE, "SYSTEM_LIMIT_TOO_LOW", said[1])

    def test_an_unknown_flag(self):
        result = run([ANNALSD, "--no_such_flag=1"])
        self.assertEqual(result.returncode, 1)
        for page in (ENGLISH, CHINESE):
            self.assertIn(f"`{result.stderr.strip()}`",
                          page.read_text("utf-8"))


if __name__ == "__main__":
    unittest.main()
