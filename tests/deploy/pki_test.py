"""The authority for a small office: what it refuses, and what it leaves."""

import os
import pathlib
import tempfile
import unittest

from tools import ANNALSD, SOURCE, needs, run

CODE = "11410303005450123N"


@needs("openssl")
class PkiTest(unittest.TestCase):

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.root = pathlib.Path(directory.name) / "ca"
        self.ok("init")

    def pki(self, command, *words, **variables):
        return run([SOURCE / "deploy/pki.sh", command, self.root, *words],
                   env={"PATH": os.environ["PATH"], **variables})

    def ok(self, command, *words, **variables):
        result = self.pki(command, *words, **variables)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result

    def certificate(self, name):
        return run(["openssl", "x509", "-in", self.root / name, "-noout",
                    "-subject", "-ext", "subjectAltName", "-pubkey",
                    "-nameopt", "utf8"]).stdout

    def names(self):
        return {path.name for path in self.root.iterdir()
                if path.suffix in (".pem", ".key")} - {"ca.pem", "ca.key"}

    def test_renewing_keeps_whom_it_is_for_and_the_old_pair(self):
        self.ok("server", "localhost", "127.0.0.1")
        self.ok("client", CODE, "submitter", "张三")
        for name in ("server", "张三"):
            with self.subTest(name):
                before = self.certificate(f"{name}.pem").split("-----BEGIN")
                old_key = (self.root / f"{name}.key").read_bytes()
                self.ok("renew", self.root / f"{name}.pem")
                after = self.certificate(f"{name}.pem").split("-----BEGIN")
                self.assertEqual(after[0], before[0])
                self.assertNotEqual(after[1], before[1])
                kept, = self.root.glob(f"{name}.until-*.key")
                self.assertEqual(kept.read_bytes(), old_key)
        # A renewed one can be renewed again, at once.
        self.ok("renew", self.root / "server.pem")
        self.assertEqual(len(list(self.root.glob("server.until-*.pem"))), 2)

    def test_what_is_there_is_not_written_over(self):
        self.ok("client", CODE, "submitter", "张三")
        before = self.certificate("张三.pem")
        again = self.pki("client", CODE, "auditor", "张三")
        self.assertEqual(again.returncode, 1)
        self.assertIn("renew", again.stderr)
        self.assertIn("FILE=", again.stderr)
        self.assertEqual(self.certificate("张三.pem"), before)
        self.ok("client", CODE, "auditor", "张三", FILE="张三-auditor")
        self.assertIn(f"{CODE}/auditor", self.certificate("张三-auditor.pem"))

    def test_revoking_what_is_not_there_or_revoked_is_told_plainly(self):
        self.ok("client", CODE, "submitter", "a")
        crl = self.root / "crl" / "ca.crl"
        empty = crl.read_bytes()
        (self.root / "b.pem").write_text("no certificate")
        for name, why in (("none.pem", "There is no certificate"),
                          ("b.pem", "is no certificate of the authority"),
                          ("ca.pem", "is for no server and no person")):
            with self.subTest(name):
                result = self.pki("revoke", self.root / name)
                self.assertEqual(result.returncode, 2)
                self.assertIn(why, result.stderr)
                self.assertEqual(result.stderr.count("\n"), 1, result.stderr)
        self.assertEqual(crl.read_bytes(), empty)
        revoked = self.ok("revoke", self.root / "a.pem")
        self.assertNotEqual(crl.read_bytes(), empty)
        # What is to be done with it, by a flag that there is.
        self.assertEqual(revoked.stdout, f"{crl}\n")
        self.assertIn("--tls_crl_dir", revoked.stderr)
        self.assertIn("--tls_crl_dir", run([ANNALSD, "--help"]).stdout)
        again = self.pki("revoke", self.root / "a.pem")
        self.assertEqual(again.returncode, 1)
        self.assertIn("a.pem is revoked already", again.stderr)
        self.assertEqual(again.stderr.count("\n"), 1, again.stderr)

    def test_a_long_host_name_is_not_the_first(self):
        host = f"{'a' * 62}.example"
        refused = self.pki("server", host)
        self.assertEqual(refused.returncode, 2)
        self.assertIn("too long to be the first", refused.stderr)
        self.ok("server", "localhost", host)
        self.assertIn(f"DNS:{host}", self.certificate("server.pem"))

    def test_what_is_revoked_is_not_renewed(self):
        self.ok("client", CODE, "submitter", "a")
        self.ok("revoke", self.root / "a.pem")
        before = (self.root / "a.pem").read_bytes()
        result = self.pki("renew", self.root / "a.pem")
        self.assertEqual(result.returncode, 1)
        self.assertIn("a.pem is revoked", result.stderr)
        self.assertEqual((self.root / "a.pem").read_bytes(), before)
        self.assertEqual(self.names(), {"a.pem", "a.key"})

    def test_a_list_made_anew_says_where_it_belongs(self):
        made = self.ok("crl")
        self.assertEqual(made.stdout, f"{self.root}/crl/ca.crl\n")
        self.assertIn("--tls_crl_dir", made.stderr)

    def test_names_of_all_kinds_are_taken(self):
        for name in ("Zhang San", "阿迪力·买买提", "O'Neil-2 (b)", "José", "𠮷田",
                     "张" * 64):
            with self.subTest(name):
                self.ok("client", CODE, "auditor", name)
                self.assertIn(f"subject=CN={name}\n",
                              self.certificate(f"{name}.pem"))

    def test_what_it_refuses_leaves_nothing(self):
        for words, variables, why in (
                ((CODE[:-1] + "M", "auditor", "a"), {}, "last character"),
                (("11410300005448123D", "auditor", "a"), {}, "character 17"),
                ((CODE[:-1], "auditor", "a"), {}, "unified social credit"),
                ((CODE, "mayor", "a"), {}, "no role"),
                ((CODE, "auditor", ""), {}, "can't be a name"),
                ((CODE, "auditor", "a+b"), {}, "can't be a name"),
                ((CODE, "auditor", "a/b"), {}, "can't be a name"),
                ((CODE, "auditor", "a\\b"), {}, "can't be a name"),
                ((CODE, "auditor", "a,b"), {}, "can't be a name"),
                ((CODE, "auditor", "a=b"), {}, "can't be a name"),
                ((CODE, "auditor", "a\nb"), {}, "can't be a name"),
                ((CODE, "auditor", "张三 "), {}, "a space before or after"),
                ((CODE, "auditor", " 张三"), {}, "a space before or after"),
                ((CODE, "auditor", "a  b"), {}, "two in a row"),
                ((CODE, "auditor", "张\u200b三"), {}, "U+200B"),
                ((CODE, "auditor", "张\u3000三"), {}, "U+3000"),
                ((CODE, "auditor", "张\u00a0三"), {}, "U+00A0"),
                ((CODE, "auditor", "张三\u00ad"), {}, "U+00AD"),
                ((CODE, "auditor", "张三\ufe00"), {}, "U+FE00"),
                ((CODE, "auditor", "张三\U000e0100"), {}, "U+E0100"),
                ((CODE, "auditor", "张\u202e三"), {}, "U+202E"),
                ((CODE, "auditor", "张三#李四"), {}, "can't be a name"),
                ((CODE, "auditor", "Rene\u0301"), {}, "U+0301"),
                ((CODE, "auditor", "\uf900"), {}, "U+F900"),
                ((CODE, "auditor", "\uff21li"), {}, "U+FF21"),
                ((CODE, "auditor", b"\xff"), {}, "not UTF-8"),
                ((CODE, "auditor", "a"), {"FROM": "20250101000000Z"},
                 "FROM without UNTIL"),
                ((CODE, "auditor", "a"), {"UNTIL": "20250101000000Z"},
                 "UNTIL without FROM"),
                ((CODE, "auditor", "a"),
                 {"FROM": "20251301000000Z", "UNTIL": "20261301000000Z"},
                 "start date is invalid"),
                ((CODE, "auditor", "a" * 65), {},
                 "too long for a certificate: 65 characters")):
            with self.subTest(words=words, variables=variables):
                result = self.pki("client", *words, **variables)
                self.assertNotEqual(result.returncode, 0)
                self.assertIn(why, result.stderr)
        self.assertEqual(self.names(), set())
        self.assertFalse((self.root / ".new").exists())
        self.assertEqual(list((self.root / "issued").iterdir()), [])


if __name__ == "__main__":
    unittest.main()
