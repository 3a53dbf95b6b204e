#include "tests/support/power_cut_disk.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "ledger/file_descriptor.h"
#include "tests/support/temp_dir.h"

namespace annals {
namespace {

using ledger::DirectoryOf;

// What a disk writes whole or not at all, and what a file system maps so.
constexpr size_t kSectorBytes = 512;
constexpr size_t kBlockBytes = 4096;

std::string RandomBytes(size_t size, std::mt19937_64* random) {
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>((*random)());
  return bytes;
}

bool IsSync(FileAction action) {
  return action == FileAction::kSync || action == FileAction::kSyncDirectory;
}

}  // namespace

int PowerCutDisk::Run(const FileEvent& event, absl::FunctionRef<int()> act) {
  MutexLock lock(&mutex_);
  if (IsCut(event, false)) return EIO;
  ++steps_[StepName(event)];
  const bool is_lie = StepName(event) == lie_;
  const int error = IsSync(event.action) || is_lie ? 0 : act();
  if (error == 0 && !is_lie) Record(event);
  // Whoever acts may not learn any more that it went well.
  return IsCut(event, true) ? EIO : error;
}

bool PowerCutDisk::IsCut(const FileEvent& event, bool is_after) {
  if (is_off_) return true;
  if (!cut_.has_value() || cut_->is_after != is_after) return false;
  const std::string step = StepName(event);
  if (!cut_->step.empty() && cut_->step != step) return false;
  if (++passes_ < cut_->pass) return false;
  is_off_ = true;
  cut_at_ = absl::StrCat(is_after ? "after " : "before ", step);
  return true;
}

void PowerCutDisk::CutAt(const PowerCut& cut) {
  MutexLock lock(&mutex_);
  cut_ = cut;
  passes_ = 0;
}

void PowerCutDisk::CutNow() {
  MutexLock lock(&mutex_);
  is_off_ = true;
}

void PowerCutDisk::LieAbout(const std::string& step) {
  MutexLock lock(&mutex_);
  lie_ = step;
}

bool PowerCutDisk::is_off() {
  MutexLock lock(&mutex_);
  return is_off_;
}

std::string PowerCutDisk::cut_at() {
  MutexLock lock(&mutex_);
  return cut_at_;
}

std::map<std::string, uint64_t> PowerCutDisk::steps() {
  MutexLock lock(&mutex_);
  return steps_;
}

std::shared_ptr<PowerCutDisk::File> PowerCutDisk::Find(
    const std::string& path) {
  const auto found = files_.find(path);
  return found == files_.end() ? nullptr : found->second;
}

void PowerCutDisk::Record(const FileEvent& event) {
  const std::shared_ptr<File> file = Find(event.path);
  const std::string directory = DirectoryOf(event.path);
  switch (event.action) {
    case FileAction::kCreate:
      if (file != nullptr) {
        file->unsynced.push_back({true, 0, ""});
        return;
      }
      return ChangeNames({directory, {{event.path, std::make_shared<File>()}}});
    case FileAction::kMakeDirectory: {
      const auto made = std::make_shared<File>();
      made->is_directory = true;
      return ChangeNames({directory, {{event.path, made}}});
    }
    case FileAction::kWrite:
      if (file == nullptr) return;
      file->unsynced.push_back({false, event.offset, std::string(event.bytes)});
      return;
    case FileAction::kTruncate:
      if (file == nullptr) return;
      file->unsynced.push_back({true, event.offset, ""});
      return;
    case FileAction::kSync:
      if (file == nullptr) return;
      for (const Write& write : file->unsynced) Apply(write, &file->safe);
      file->unsynced.clear();
      return;
    case FileAction::kRename:
      EXPECT_EQ(directory, DirectoryOf(event.target));
      return ChangeNames(
          {directory, {{event.target, file}, {event.path, nullptr}}});
    case FileAction::kLink:
      EXPECT_EQ(directory, DirectoryOf(event.target));
      return ChangeNames({directory, {{event.target, file}}});
    case FileAction::kRemove:
      return ChangeNames({directory, {{event.path, nullptr}}});
    case FileAction::kSyncDirectory:
      return SyncDirectory(event.path);
  }
}

void PowerCutDisk::ChangeNames(NameChange change) {
  Apply(change, &files_);
  unsynced_names_.push_back(std::move(change));
}

void PowerCutDisk::SyncDirectory(const std::string& path) {
  std::vector<NameChange> others;
  for (NameChange& change : unsynced_names_) {
    if (change.directory == path) {
      Apply(change, &safe_);
    } else {
      others.push_back(std::move(change));
    }
  }
  unsynced_names_ = std::move(others);
}

void PowerCutDisk::Apply(const Write& write, std::string* bytes) {
  if (write.is_truncation) {
    bytes->resize(write.offset, '\0');
    return;
  }
  const size_t end = write.offset + write.bytes.size();
  if (bytes->size() < end) bytes->resize(end, '\0');
  bytes->replace(write.offset, write.bytes.size(), write.bytes);
}

void PowerCutDisk::Apply(const NameChange& change, Files* files) {
  for (const auto& [path, file] : change.names) {
    if (file == nullptr) {
      files->erase(path);
    } else {
      (*files)[path] = file;
    }
  }
}

std::string PowerCutDisk::Remains(const File& file, UnsyncedBytes unsynced,
                                  std::mt19937_64* random) {
  std::string all = file.safe;
  for (const Write& write : file.unsynced) Apply(write, &all);
  if (file.unsynced.empty() || unsynced == UnsyncedBytes::kLost) {
    return file.safe;
  }
  if (unsynced == UnsyncedBytes::kKept) return all;
  if (unsynced == UnsyncedBytes::kTorn) {
    // The writes up to one of them, and of that one a part.
    std::string torn = file.safe;
    const size_t whole = (*random)() % file.unsynced.size();
    for (size_t i = 0; i < whole; ++i) Apply(file.unsynced[i], &torn);
    Write last = file.unsynced[whole];
    last.bytes.resize((*random)() % (last.bytes.size() + 1));
    if (!last.is_truncation) Apply(last, &torn);
    return torn;
  }
  const bool has_garbage = unsynced == UnsyncedBytes::kGarbage;
  const size_t unit = has_garbage ? kSectorBytes : kBlockBytes;
  for (size_t at = 0; at < all.size(); at += unit) {
    const size_t size = std::min(unit, all.size() - at);
    std::string old(size, '\0');
    size_t kept = 0;
    if (at < file.safe.size()) {
      kept = std::min(size, file.safe.size() - at);
      old.replace(0, kept, file.safe, at, kept);
    }
    if (all.compare(at, size, old) == 0) continue;
    const uint64_t choice = (*random)() % 3;
    if (choice == 0) all.replace(at, size, old);
    if (choice != 1 || !has_garbage) continue;
    // What was synced stays if more was only added to it.
    if (all.compare(at, kept, old, 0, kept) != 0) kept = 0;
    all.replace(at + kept, size - kept, RandomBytes(size - kept, random));
  }
  return all;
}

void PowerCutDisk::Restore(const PowerLoss& loss, uint64_t seed) {
  MutexLock lock(&mutex_);
  std::mt19937_64 random(seed);
  size_t kept = 0;
  if (loss.names == UnsyncedNames::kKept) kept = unsynced_names_.size();
  if (loss.names == UnsyncedNames::kSome) {
    kept = random() % (unsynced_names_.size() + 1);
  }
  for (size_t i = 0; i < kept; ++i) Apply(unsynced_names_[i], &safe_);
  unsynced_names_.clear();
  for (const auto& [path, file] : safe_) {
    file->safe = Remains(*file, loss.bytes, &random);
    file->unsynced.clear();
  }
  // A name in a directory that is not there is not there.
  std::erase_if(safe_, [this](const auto& named) {
    const std::string above = DirectoryOf(named.first);
    return above != root_ && !safe_.contains(above);
  });
  files_ = safe_;
  WriteOut();
  cut_.reset();
  cut_at_.clear();
  is_off_ = false;
}

void PowerCutDisk::WriteOut() {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(root_, error)) {
    std::filesystem::remove_all(entry.path(), error);
  }
  EXPECT_FALSE(error) << root_ << ": " << error.message();
  for (const auto& [path, file] : safe_) {
    if (file->is_directory) {
      std::filesystem::create_directory(path, error);
    } else {
      WriteFile(path, file->safe);
    }
    // A key that others may read is refused.
    std::filesystem::permissions(
        path,
        std::filesystem::perms::group_all | std::filesystem::perms::others_all,
        std::filesystem::perm_options::remove, error);
  }
  EXPECT_FALSE(error) << root_ << ": " << error.message();
}

}  // namespace annals
