#include "service/access_policy.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace annals {
namespace {

constexpr Reach kNone = Reach::kNone;
constexpr Reach kOwn = Reach::kOwn;
constexpr Reach kSubtree = Reach::kSubtree;
constexpr Reach kAny = Reach::kAny;
constexpr Reach kPublished = Reach::kPublished;

// submitter, reviewer, archivist, auditor, operator, public.
using Reaches = std::array<Reach, kRoleCount>;
constexpr Reaches kEverybody = {kAny, kAny, kAny, kAny, kAny, kAny};
// An archivist adds to any report, and must know what it adds to; an operator
// keeps the register and the machine, and no drafts concern it.
constexpr Reaches kReaders = {kOwn, kSubtree,   kAny,
                              kAny, kPublished, kPublished};
constexpr Reaches kReadersOfDocuments = {kPublished, kPublished, kAny,
                                         kAny,       kPublished, kPublished};
constexpr Reaches kCheckers = {kOwn, kSubtree, kAny, kAny, kNone, kNone};
constexpr Reaches kOverseers = {kNone, kSubtree, kAny, kAny, kNone, kNone};
constexpr Reaches kSubmitters = {kOwn, kNone, kNone, kNone, kNone, kNone};
constexpr Reaches kArchivists = {kNone, kNone, kAny, kNone, kNone, kNone};
constexpr Reaches kOperators = {kNone, kNone, kNone, kNone, kAny, kNone};
constexpr Reaches kReviewers = {kNone, kSubtree, kNone, kNone, kNone, kNone};
constexpr Reaches kStepTakers = {kOwn, kSubtree, kNone, kNone, kNone, kNone};
constexpr Reaches kErasers = {kNone, kSubtree, kNone, kNone, kAny, kNone};

std::vector<AccessRule> MakeRules() {
  using Subject = AccessSubject;
  return {
      {"ReportService.CheckReport", Subject::kNameIfAny, kCheckers},
      {"ReportService.SubmitRevision", Subject::kName, kSubmitters},
      {"ReportService.SubmitRevisions", Subject::kName, kSubmitters},
      {"ReportService.ArchiveReport", Subject::kName, kArchivists},
      {"ReportService.AssessReport", Subject::kName, kCheckers},
      {"ReportService.GetReport", Subject::kName, kReaders},
      {"ReportService.ListReports", Subject::kParent, kReaders},
      {"ReportService.ListRevisions", Subject::kParent, kReaders},
      {"ReportService.DiffRevisions", Subject::kName, kReaders},
      {"ReportService.BlameReport", Subject::kName, kReaders},
      {"ReportService.ListCellValues", Subject::kName, kReaders},
      {"ReportService.ListRules", Subject::kNobody, kEverybody},
      {"AgencyService.CreateAgency", Subject::kNobody, kOperators},
      {"AgencyService.UpdateAgency", Subject::kNobody, kOperators},
      {"AgencyService.GetAgency", Subject::kName, kEverybody},
      {"AgencyService.ListAgencies", Subject::kNobody, kEverybody},
      {"AgencyService.ListAgencyChanges", Subject::kParent, kEverybody},
      {"DocumentService.RecordDocument", Subject::kNobody, kArchivists},
      {"DocumentService.GetDocument", Subject::kNobody, kReadersOfDocuments},
      {"ErasureService.EraseContent", Subject::kName, kErasers},
      {"LifecycleService.TakeStep", Subject::kName, kStepTakers},
      {"LifecycleService.GetLifecycle", Subject::kName, kReaders},
      {"LifecycleService.SetPolicy", Subject::kAgency, kReviewers},
      {"LifecycleService.GetPolicy", Subject::kAgency, kEverybody},
      {"SupervisionService.ListFilings", Subject::kParent, kOverseers},
      {"SupervisionService.RollUp", Subject::kAgency, kOverseers},
      {"SupervisionService.ListFigures", Subject::kParent, kOverseers},
      {"BackupService.CreateBackup", Subject::kNobody, kOperators},
      {"BackupService.ListBackups", Subject::kNobody, kOperators},
      {"BackupService.VerifyBackup", Subject::kNobody, kOperators},
      {"BackupService.PruneBackups", Subject::kNobody, kOperators},
      {"LedgerService.GetCheckpoint", Subject::kNobody, kEverybody},
      {"LedgerService.GetEntry", Subject::kEntry, kReaders},
      {"LedgerService.GetInclusionProof", Subject::kNobody, kEverybody},
      {"LedgerService.GetConsistencyProof", Subject::kNobody, kEverybody},
      {"LedgerService.GetReceipt", Subject::kReceipt, kReaders},
      {"LedgerService.WatchEntries", Subject::kWatch, kReaders},
  };
}

}  // namespace

const std::vector<AccessRule>& AccessRules() {
  static const auto* const rules = new std::vector<AccessRule>(MakeRules());
  return *rules;
}

const AccessRule* FindAccessRule(absl::string_view method) {
  const std::vector<AccessRule>& rules = AccessRules();
  const auto found = std::find_if(
      rules.begin(), rules.end(),
      [method](const AccessRule& rule) { return rule.method == method; });
  return found == rules.end() ? nullptr : &*found;
}

bool RecordsEntries(absl::string_view method) {
  for (const absl::string_view recording :
       {"ReportService.SubmitRevision", "ReportService.SubmitRevisions",
        "ReportService.ArchiveReport", "AgencyService.CreateAgency",
        "AgencyService.UpdateAgency", "DocumentService.RecordDocument",
        "ErasureService.EraseContent", "LifecycleService.TakeStep",
        "LifecycleService.SetPolicy"}) {
    if (method == recording) return true;
  }
  return false;
}

absl::string_view ReachName(Reach reach) {
  switch (reach) {
    case Reach::kNone:
      return "-";
    case Reach::kOwn:
      return "own";
    case Reach::kSubtree:
      return "subtree";
    case Reach::kAny:
      return "any";
    case Reach::kPublished:
      return "published";
  }
  return "-";
}

std::string AccessPolicyText() {
  std::string text = "| method |";
  std::string line = "|---|";
  for (int role = 0; role < kRoleCount; ++role) {
    absl::StrAppend(&text, " ", RoleName(static_cast<Role>(role)), " |");
    absl::StrAppend(&line, "---|");
  }
  absl::StrAppend(&text, "\n", line, "\n");
  for (const AccessRule& rule : AccessRules()) {
    absl::StrAppend(&text, "| ", rule.method, " |");
    for (const Reach reach : rule.reach) {
      absl::StrAppend(&text, " ", ReachName(reach), " |");
    }
    absl::StrAppend(&text, "\n");
  }
  return text;
}

}  // namespace annals
