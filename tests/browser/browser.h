// A real browser without a window, so that a test can ask what a person sees.
// It reaches no network.

#ifndef ANNALS_TESTS_BROWSER_BROWSER_H_
#define ANNALS_TESTS_BROWSER_BROWSER_H_

#include <unistd.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace annals {

class Browser {
 public:
  static constexpr char kPath[] = "/usr/bin/chromium";

  // Says what to do if there is none: without it nothing here is tested.
  static void RequireInstalled() {
    ASSERT_EQ(access(kPath, X_OK), 0)
        << kPath << " is missing. This test looks at pages in Chromium: "
        << "install Debian's package chromium (it is in deploy/packages.txt)";
  }

  // The document as it stands after the page was laid out and its scripts, if
  // any may run, have run. `width`: of the window, in CSS pixels.
  std::string DumpDom(const std::string& html, int width = 1600) {
    Run(html, {"--dump-dom", absl::StrCat("--window-size=", width, ",1200")});
    return ReadFile(dir_.Path("out"));
  }

  // The page as it is printed.
  std::string PrintToPdf(const std::string& html) {
    const std::string pdf = dir_.Path("page.pdf");
    Run(html, {absl::StrCat("--print-to-pdf=", pdf), "--no-pdf-header-footer"});
    return ReadFile(pdf);
  }

 private:
  void Run(const std::string& html, const Words& more) {
    const std::string page = dir_.Path("page.html");
    WriteFile(page, html);
    // The tests run as root in a container, where the sandbox can't start; the
    // pages are our own. A browser that hangs is ended.
    Words command = {"/usr/bin/timeout",
                     "-k",
                     "5",
                     "60",
                     kPath,
                     "--headless",
                     "--no-sandbox",
                     "--disable-gpu",
                     "--disable-dev-shm-usage",
                     "--disable-background-networking",
                     "--disable-component-update",
                     "--disable-extensions",
                     "--disable-sync",
                     "--no-first-run",
                     "--no-default-browser-check",
                     "--host-resolver-rules=MAP * ~NOTFOUND",
                     "--user-data-dir=" + dir_.Path("profile")};
    command.insert(command.end(), more.begin(), more.end());
    command.push_back("file://" + page);
    Process process(
        {command,
         {"PATH=/usr/bin:/bin", "HOME=" + dir_.Path("home"), "LANG=C.UTF-8"},
         dir_.Path("out"),
         dir_.Path("err")});
    EXPECT_EQ(process.Wait(), 0) << ReadFile(dir_.Path("err"));
  }

  TempDir dir_;
};

}  // namespace annals

#endif  // ANNALS_TESTS_BROWSER_BROWSER_H_
