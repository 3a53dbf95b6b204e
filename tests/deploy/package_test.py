"""The Debian packages in a clean Debian: installed, used, upgraded, removed,
purged, and what each of these keeps.

Needs root, debootstrap and the mirror that this machine installs from; it is
not among the tests that run by default. No init system runs in there, so that
what the packages ask of systemd is recorded by a stand-in for systemctl.
"""

import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from tools import BUILD, SOURCE, needs, run

AGENCY = "11410303005450123N"
REPORT = f"agencies/{AGENCY}/reports/2024"
HIGHER = "99.0.0"
SYSTEMCTL = """#!/bin/sh
echo "$@" >>/systemctl.log
"""


def checked(command, **options):
    result = run(command, **options)
    if result.returncode != 0:
        raise AssertionError(f"{command}: {result.returncode}\n"
                             f"{result.stdout[-3000:]}{result.stderr[-3000:]}")
    return result.stdout + result.stderr


def mirrors():
    """(address, suite) of each source of Debian that this machine has."""
    lines = checked(["apt-get", "indextargets", "--format",
                     "$(ORIGIN) $(SITE) $(RELEASE) $(COMPONENT)",
                     "Created-By: Packages"]).splitlines()
    fields = [line.split() for line in lines]
    return list(dict.fromkeys((site, suite)
                              for origin, site, suite, component in fields
                              if origin == "Debian" and component == "main"))


def codename():
    lines = pathlib.Path("/etc/os-release").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines)["VERSION_CODENAME"]


@needs("debootstrap", "cpack", "dpkg-shlibdeps", "unshare", "setpriv")
@unittest.skipUnless(os.geteuid() == 0, "needs root, for debootstrap")
class PackageTest(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.directory = pathlib.Path(tempfile.mkdtemp(prefix="annals-package-"))
        cls.addClassCleanup(shutil.rmtree, cls.directory)
        cls.root = cls.directory / "root"
        cls.pack("first")
        cls.pack("second", "-R", HIGHER)
        sources = mirrors()
        site = next(site for site, suite in sources if suite == codename())
        checked(["debootstrap", "--variant=minbase", codename(),
                 str(cls.root), site])
        (cls.root / "etc/apt/sources.list").write_text(
            "".join(f"deb {site} {suite} main\n" for site, suite in sources))
        shutil.copy(SOURCE / "tests/data/xigong-2024.txt", cls.root)

    @classmethod
    def pack(cls, name, *more):
        """Makes both packages, and puts them where the root will be."""
        to = cls.directory / name
        to.mkdir()
        checked(["cpack", "--config", str(BUILD / "CPackConfig.cmake"),
                 "-G", "DEB", "-B", str(to), *more])

    def inside(self, *command):
        # A mount that nobody else sees, and that ends with the process.
        return ["unshare", "--mount", "sh", "-ec",
                'mount -t proc proc "$0/proc"; root=$0; exec chroot "$root" "$@"',
                str(self.root), *command]

    def do(self, *command):
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive",
                       "LC_ALL": "C.UTF-8", "PATH": "/usr/sbin:/usr/bin:/sbin:"
                       "/bin", "HOME": "/root"}
        return checked(self.inside(*command), env=environment)

    def install(self, name):
        (self.root / name).mkdir(exist_ok=True)
        packages = []
        for package in sorted((self.directory / name).glob("*.deb")):
            shutil.copy(package, self.root / name)
            packages.append(f"/{name}/{package.name}")
        self.assertEqual(len(packages), 2)
        return self.do("apt-get", "install", "-y", "-q",
                       "--no-install-recommends", *packages)

    def stand_in_for_systemctl(self):
        """Records what is asked from now on."""
        program = self.root / "usr/bin/systemctl"
        if program.exists():
            self.do("dpkg-divert", "--local", "--rename", "/usr/bin/systemctl")
        program.write_text(SYSTEMCTL)
        program.chmod(0o755)
        (self.root / "run/systemd/system").mkdir(parents=True, exist_ok=True)

    def asked_of_systemd(self):
        log = self.root / "systemctl.log"
        text = log.read_text() if log.exists() else ""
        log.unlink(missing_ok=True)
        return text

    def serve(self, use):
        """Runs the installed daemon as its user, and `use(client)`."""
        daemon = subprocess.Popen(
            self.inside("setpriv", "--reuid=annals", "--regid=annals",
                        "--clear-groups", "annalsd",
                        "--flagfile=/etc/annals/annalsd.flags",
                        "--listen=127.0.0.1:0"),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8")
        try:
            key = daemon.stdout.readline().removeprefix("verifier key: ")
            serving = daemon.stdout.readline().removeprefix("serving on ")
            self.assertTrue(serving, "the daemon does not serve")
            use(lambda *words: self.do(
                "annals", *words, "--server", serving.strip(),
                "--key", key.strip(), "--actor", "test"))
        finally:
            daemon.terminate()
            _, log = daemon.communicate()
        self.assertEqual(daemon.returncode, 0, log)

    def file(self, path):
        return self.root / path.lstrip("/")

    def owner(self, path):
        return self.do("stat", "-c", "%U:%G %a", path).strip()

    def test_the_life_of_a_package(self):
        said = self.install("first")
        self.check_installed(said)
        self.check_used()
        self.check_upgraded()
        self.check_removed()
        self.check_purged()
        self.check_installed_again()

    def check_installed(self, said):
        self.assertIn("Annals is installed and not started", said)
        self.assertIn("史册已安装", said)
        self.assertEqual(self.owner("/var/lib/annals"), "annals:annals 700")
        self.assertEqual(self.owner("/var/lib/annals-published"),
                         "annals:annals 755")
        self.assertEqual(self.owner("/etc/annals/tls"), "root:annals 750")
        self.assertEqual(self.owner("/etc/annals/annalsd.flags"),
                         "root:root 644")
        for path in ("/lib/systemd/system/annalsd.service",
                     "/usr/share/man/man8/annalsd.8.gz",
                     "/usr/share/man/zh_CN/man1/annals.1.gz",
                     "/usr/share/bash-completion/completions/annals",
                     "/usr/share/doc/annals-server/copyright",
                     "/usr/share/doc/annals-server/OPERATIONS.md"):
            self.assertTrue(self.file(path).exists(), path)
        enabled = self.file("/etc/systemd/system/multi-user.target.wants/"
                            "annalsd.service")
        self.assertFalse(enabled.is_symlink())

    def check_used(self):
        flags = self.file("/etc/annals/annalsd.flags")
        flags.write_text(flags.read_text() + "--origin=test.local/annals\n")

        def submit(annals):
            annals("agency", "register", AGENCY, "--name",
                   "洛阳市西工区人民政府办公室", "--division", "410303")
            annals("submit", "/xigong-2024.txt", "--agency", AGENCY, "--year",
                   "2024", "--reason", "年度报告", "--ack",
                   "N-REQUESTS=口径不同")
        self.serve(submit)

    def expect_the_report(self):
        self.serve(lambda annals: self.assertIn(
            "年度报告", annals("history", REPORT)))

    def check_upgraded(self):
        self.stand_in_for_systemctl()
        self.install("second")
        self.assertIn("restart annalsd.service", self.asked_of_systemd())
        version = self.do("dpkg-query", "-W", "-f", "${Version}",
                          "annals-server")
        self.assertEqual(version, HIGHER)
        self.assertIn("--origin=test.local/annals",
                      self.file("/etc/annals/annalsd.flags").read_text())
        self.expect_the_report()

    def check_removed(self):
        self.do("apt-get", "remove", "-y", "-q", "annals-server",
                "annals-client")
        self.assertIn("stop annalsd.service", self.asked_of_systemd())
        self.assertFalse(self.file("/usr/sbin/annalsd").exists())
        self.assertTrue(self.file("/etc/annals/annalsd.flags").exists())
        self.expect_the_ledger_is_kept()

    def expect_the_ledger_is_kept(self):
        self.assertEqual(self.owner("/var/lib/annals/signing_key.pem"),
                         "annals:annals 600")
        for name in ("db", "published_checkpoint", "verifier_key"):
            self.assertTrue(self.file(f"/var/lib/annals/{name}").exists())

    def check_purged(self):
        said = self.do("apt-get", "purge", "-y", "-q", "annals-server",
                       "annals-client")
        self.assertIn("/var/lib/annals is not empty and is kept", said)
        self.assertIn("/var/lib/annals 非空，予以保留", said)
        self.assertFalse(self.file("/etc/annals").exists())
        self.assertFalse(self.file("/var/lib/annals-published").exists())
        self.expect_the_ledger_is_kept()

    def check_installed_again(self):
        said = self.install("second")
        # There is a ledger, and it has its name.
        self.assertNotIn("Name the ledger", said)
        self.expect_the_report()
        shutil.rmtree(self.file("/var/lib/annals"))
        self.file("/var/lib/annals").mkdir()
        self.do("apt-get", "purge", "-y", "-q", "annals-server")
        self.assertFalse(self.file("/var/lib/annals").exists())


if __name__ == "__main__":
    unittest.main()
