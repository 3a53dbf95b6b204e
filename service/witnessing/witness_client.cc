#include "service/witnessing/witness_client.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "ledger/add_checkpoint.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"

namespace annals {
namespace {

constexpr int kHttpOk = 200;
constexpr int kHttpConflict = 409;
constexpr int kHttpForbidden = 403;
constexpr int kHttpNotFound = 404;
constexpr int kHttpUnprocessable = 422;
// The first try may only tell the size; the second may lose a race with
// another submitter of the same log.
constexpr int kTriesMax = 3;
// How far a witness's clock may be ahead of ours.
constexpr absl::Duration kClockSkewMax = absl::Minutes(5);

absl::Status Refused(absl::string_view name, absl::string_view en,
                     absl::string_view zh) {
  return MakeError(absl::StatusCode::kFailedPrecondition, "WITNESS_REFUSED",
                   {absl::StrCat("witness ", name, " ", en),
                    absl::StrCat("见证方 ", name, zh)});
}

absl::Status Ahead(absl::string_view name, uint64_t cosigned, uint64_t size) {
  return MakeError(
      absl::StatusCode::kDataLoss, "WITNESS_AHEAD",
      {absl::StrCat("witness ", name, " says it has cosigned this ledger at ",
                    cosigned, " entries, but there are ", size,
                    ": the ledger was rolled back, or the witness is wrong; "
                    "stop and find out which"),
       absl::StrCat("见证方 ", name, " 称已为本账本的 ", cosigned,
                    " 个条目作过见证，而现有 ", size,
                    " 个：账本被回退，或见证方有误；请停用并查明")});
}

absl::Status SawFork(absl::string_view name, uint64_t size) {
  return MakeError(
      absl::StatusCode::kDataLoss, "WITNESS_SAW_FORK",
      {absl::StrCat("witness ", name,
                    " has cosigned another tree of this ledger than that of ",
                    size,
                    " entries here: the ledger has forked, or the witness is "
                    "wrong; stop and find out which"),
       absl::StrCat("见证方 ", name, " 见证过的本账本与此处 ", size,
                    " 个条目的账本不一致：账本已分叉，或见证方有误；"
                    "请停用并查明")});
}

absl::Status UnexpectedStatus(absl::string_view name, int status) {
  absl::string_view meaning = "";
  if (status == kHttpNotFound) meaning = " (it does not know this ledger)";
  if (status == kHttpForbidden) meaning = " (it has another key of it)";
  return Refused(name, absl::StrCat("answers with status ", status, meaning),
                 absl::StrCat(" 应答状态为 ", status));
}

}  // namespace

absl::StatusOr<ledger::NoteSignature> WitnessClient::Cosign(
    const ledger::SignedCheckpoint& checkpoint) {
  for (int i = 0; i < kTriesMax; ++i) {
    ASSIGN_OR_RETURN(const std::string body, RequestBody(checkpoint));
    ASSIGN_OR_RETURN(const WitnessReply reply, connection_->Post(body));
    if (reply.status == kHttpOk) return ReadCosignature(checkpoint, reply.body);
    if (reply.status == kHttpUnprocessable) {
      return SawFork(name(), checkpoint.checkpoint.size);
    }
    if (reply.status != kHttpConflict) {
      return UnexpectedStatus(name(), reply.status);
    }
    RETURN_IF_ERROR(LearnSize(checkpoint.checkpoint, reply.body));
  }
  return Refused(name(), "names another size each time", " 每次所报大小不同");
}

absl::StatusOr<std::string> WitnessClient::RequestBody(
    const ledger::SignedCheckpoint& checkpoint) {
  const uint64_t size = checkpoint.checkpoint.size;
  if (accepted_size_ > size) return Ahead(name(), accepted_size_, size);
  ledger::AddCheckpointRequest request;
  request.old_size = accepted_size_;
  request.checkpoint = checkpoint.note;
  if (accepted_size_ > 0 && accepted_size_ < size) {
    ASSIGN_OR_RETURN(request.proof,
                     ledger_->ConsistencyProof({accepted_size_, size}));
  }
  return ledger::FormatAddCheckpoint(request);
}

absl::Status WitnessClient::LearnSize(const ledger::Checkpoint& checkpoint,
                                      const std::string& body) {
  const absl::StatusOr<uint64_t> size = ledger::ParseTreeSize(body);
  if (!size.ok()) {
    return Refused(name(), size.status().message(),
                   absl::StrCat(" ", ErrorTextZh(size.status())));
  }
  if (*size > checkpoint.size) return Ahead(name(), *size, checkpoint.size);
  // It knows a tree of this size, but the roots differ.
  if (*size == accepted_size_) return SawFork(name(), checkpoint.size);
  accepted_size_ = *size;
  return absl::OkStatus();
}

absl::StatusOr<ledger::NoteSignature> WitnessClient::ReadCosignature(
    const ledger::SignedCheckpoint& checkpoint, const std::string& body) {
  auto signatures = ledger::ParseSignatureLines(body);
  if (!signatures.ok()) {
    return Refused(name(), "answers without signature lines",
                   " 的应答中没有签名行");
  }
  const ledger::ParsedNote cosigned{
      ledger::CheckpointText(checkpoint.checkpoint), *signatures};
  const auto seconds = ledger::FindCosignature(cosigned, verifier_);
  if (!seconds.ok()) {
    return Refused(
        name(),
        absl::StrCat("gives no true cosignature: ", seconds.status().message()),
        absl::StrCat(" 未给出有效的见证签名：", ErrorTextZh(seconds.status())));
  }
  const int64_t latest = absl::ToUnixSeconds(clock_->Now() + kClockSkewMax);
  if (*seconds > static_cast<uint64_t>(latest)) {
    return Refused(name(), "cosigns with a time in the future; check clocks",
                   " 的见证时间在未来；请检查时钟");
  }
  accepted_size_ = checkpoint.checkpoint.size;
  for (ledger::NoteSignature& signature : *signatures) {
    if (signature.name == name() && signature.key_id == verifier_.key_id()) {
      return std::move(signature);
    }
  }
  return Refused(name(), "gives no cosignature", " 未给出见证签名");
}

}  // namespace annals
