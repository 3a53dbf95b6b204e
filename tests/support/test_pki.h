// Certificates as an office makes them: by deploy/pki.sh.

#ifndef ANNALS_TESTS_SUPPORT_TEST_PKI_H_
#define ANNALS_TESTS_SUPPORT_TEST_PKI_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace annals {

// The files of a certificate.
struct TestCertificate {
  std::string certificate;
  std::string key;
};

class TestPki {
 public:
  explicit TestPki(std::string directory) : directory_(std::move(directory)) {
    Run({"init", directory_});
  }

  std::string authority() const { return directory_ + "/ca.pem"; }
  std::string crl_directory() const { return directory_ + "/crl"; }

  TestCertificate Server() {
    Run({"server", directory_, "localhost", "127.0.0.1"});
    return {directory_ + "/server.pem", directory_ + "/server.key"};
  }

  // `from` and `until`: UTC, such as 20250131235959Z; empty, and it is valid
  // now.
  TestCertificate Client(const std::string& code, const std::string& role,
                         const std::string& name, const std::string& from = "",
                         const std::string& until = "") {
    Words environment;
    if (!from.empty()) environment = {"FROM=" + from, "UNTIL=" + until};
    Run({"client", directory_, code, role, name}, environment);
    return {absl::StrCat(directory_, "/", name, ".pem"),
            absl::StrCat(directory_, "/", name, ".key")};
  }

  // One that no office issues: of the authority, for the subject and with the
  // extensions as openssl takes them, such as "/CN=zhang" and
  // "subjectAltName=DNS:localhost".
  TestCertificate Odd(const std::string& file, const std::string& subject,
                      const std::string& extensions) {
    const std::string path = absl::StrCat(directory_, "/", file);
    WriteFile(path + ".ext", absl::StrCat(extensions, "\n"));
    OpenSsl({"ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out",
             path + ".key"});
    OpenSsl({"req", "-new", "-utf8", "-key", path + ".key", "-subj", subject,
             "-out", path + ".csr"});
    OpenSsl({"x509", "-req", "-in", path + ".csr", "-CA", authority(), "-CAkey",
             directory_ + "/ca.key", "-set_serial",
             absl::StrCat(1000 + odd_count_++), "-days", "30", "-extfile",
             path + ".ext", "-out", path + ".pem"});
    return {path + ".pem", path + ".key"};
  }

  // A new list of revocations; both times as of Client.
  void IssueList(const std::string& from, const std::string& until) {
    Execute({"/usr/bin/openssl", "ca", "-config", directory_ + "/ca.cnf",
             "-batch", "-gencrl", "-crl_lastupdate", from, "-crl_nextupdate",
             until, "-out", crl_directory() + "/ca.crl"},
            {"ANNALS_CA=" + directory_, "ANNALS_SAN="});
  }

  // A new pair in the old one's files.
  void Renew(const TestCertificate& certificate) {
    Run({"renew", directory_, certificate.certificate});
  }

  // As nobody should: the list then revokes its own authority.
  void RevokeAuthority() {
    Execute({"/usr/bin/openssl", "ca", "-config", directory_ + "/ca.cnf",
             "-batch", "-revoke", authority()},
            {"ANNALS_CA=" + directory_, "ANNALS_SAN="});
    Run({"crl", directory_});
  }

  void Revoke(const TestCertificate& certificate) {
    Run({"revoke", directory_, certificate.certificate});
  }

 private:
  void Run(const Words& arguments, const Words& environment = {}) {
    Words command = {"/bin/bash", PKI_SCRIPT};
    command.insert(command.end(), arguments.begin(), arguments.end());
    Execute(command, environment);
  }

  void OpenSsl(const Words& arguments) {
    Words command = {"/usr/bin/openssl"};
    command.insert(command.end(), arguments.begin(), arguments.end());
    Execute(command, {});
  }

  void Execute(const Words& command, const Words& environment) {
    Words variables = {"PATH=/usr/bin:/bin"};
    variables.insert(variables.end(), environment.begin(), environment.end());
    Process process({command, variables, "/dev/null", log_.Path("err")});
    EXPECT_EQ(process.Wait(), 0) << ReadFile(log_.Path("err"));
  }

  int odd_count_ = 0;

  TempDir log_;
  const std::string directory_;
};

}  // namespace annals

#endif  // ANNALS_TESTS_SUPPORT_TEST_PKI_H_
