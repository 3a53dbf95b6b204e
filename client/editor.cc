#include "client/editor.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "client/language.h"
#include "client/text.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"
#include "ledger/system_error.h"

namespace annals::client {
namespace {

absl::StatusOr<std::string> EditorCommand() {
  for (const char* name : {"VISUAL", "EDITOR"}) {
    std::string editor = ProcessEnvironment(name);
    if (!editor.empty()) return editor;
  }
  if (IsInteractive()) return "vi";
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "EDITOR_NOT_SET",
      {"there is no terminal and no editor: set EDITOR to a program that edits "
       "the file it is given",
       "没有终端，也没有指定编辑器：请把环境变量 EDITOR 设为编辑器程序"});
}

absl::Status EditorFailed(const std::string& editor, const Text& cause) {
  return MakeError(absl::StatusCode::kFailedPrecondition, "EDITOR_FAILED",
                   {absl::StrCat("the editor (", editor, ") ", cause.en,
                                 ". Set VISUAL or EDITOR to another one"),
                    absl::StrCat("编辑器（", editor, "）", cause.zh,
                                 "。可用环境变量 VISUAL 或 EDITOR 另行指定")});
}

// While it lives, an interrupt from the terminal is for the editor alone.
class InterruptIgnored {
 public:
  InterruptIgnored() : before_(signal(SIGINT, SIG_IGN)) {}
  ~InterruptIgnored() { signal(SIGINT, before_); }
  InterruptIgnored(const InterruptIgnored&) = delete;
  InterruptIgnored& operator=(const InterruptIgnored&) = delete;

 private:
  void (*const before_)(int);
};

// Runs it as a shell does, since it may have arguments of its own. Returns an
// error number.
int Spawn(const std::string& editor, const std::string& path, pid_t* child) {
  std::string script = absl::StrCat(editor, " \"$@\"");
  std::string name = "annals-editor";
  std::string file = path;
  std::string shell = "sh";
  std::string option = "-c";
  char* const arguments[] = {shell.data(), option.data(), script.data(),
                             name.data(),  file.data(),   nullptr};
  sigset_t interrupt;
  sigemptyset(&interrupt);
  sigaddset(&interrupt, SIGINT);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setsigdefault(&attributes, &interrupt);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
  const int error =
      posix_spawn(child, "/bin/sh", nullptr, &attributes, arguments, environ);
  posix_spawnattr_destroy(&attributes);
  return error;
}

}  // namespace

bool IsInteractive() {
  return isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1;
}

absl::Status RunEditor(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string editor, EditorCommand());
  const InterruptIgnored ignored;
  pid_t child = 0;
  if (const int error = Spawn(editor, path, &child); error != 0) {
    const ErrorText cause = SystemErrorText(error);
    return EditorFailed(editor, {absl::StrCat("无法启动：", cause.zh),
                                 absl::StrCat("can't be started: ", cause.en)});
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno == EINTR) continue;
    return EditorFailed(editor, {"情况不明", "ended in an unknown way"});
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return absl::OkStatus();
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
  return EditorFailed(
      editor, code == 0 ? Text{"被信号终止", "was ended by a signal"}
                        : Text{absl::StrCat("以退出码 ", code, " 结束"),
                               absl::StrCat("ended with exit code ", code)});
}

}  // namespace annals::client
