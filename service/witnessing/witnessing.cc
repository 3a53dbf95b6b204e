#include "service/witnessing/witnessing.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"
#include "service/witnessing/witness_connection.h"
#include "spdlog/spdlog.h"

namespace annals {
namespace {

constexpr absl::Duration kCancelPoll = absl::Milliseconds(50);
constexpr absl::Duration kWaitMin = absl::Milliseconds(1);
// A witness may need a second request, after it has told its size.
constexpr int kRequestsPerRound = 2;

absl::Status PolicyOfOtherLog(const ledger::NoteVerifier& key) {
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "WITNESS_POLICY_OF_OTHER_LOG",
      {absl::StrCat("The witness policy names logs, but not this ledger's key ",
                    key.ToString(), ". Add a line \"log\" with it."),
       absl::StrCat("见证策略列出了日志，但没有本账本的公钥 ", key.ToString(),
                    "。请加入含该公钥的“log”行。")});
}

absl::Status UrlsMissing() {
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "WITNESS_URLS_MISSING",
      {"The witnesses that have a URL in the witness policy are no quorum, so "
       "that no checkpoint could ever be witnessed. Add the URLs.",
       "见证策略中带网址的见证方不足以满足门限，检查点将永远得不到足够的见证。"
       "请补上网址。"});
}

bool NamesKey(const ledger::WitnessPolicy& policy,
              const ledger::NoteVerifier& key) {
  const auto is_key = [&key](const ledger::PolicyLog& log) {
    return log.verifier.ToString() == key.ToString();
  };
  return policy.logs().empty() ||
         std::any_of(policy.logs().begin(), policy.logs().end(), is_key);
}

}  // namespace

Witnessing::Witnessing(const WitnessingOptions& options,
                       ledger::WitnessPolicy policy, ledger::Ledger* ledger)
    : options_(options),
      policy_(std::move(policy)),
      ledger_(ledger),
      checkpoint_(options.path, &policy_) {}

absl::StatusOr<std::unique_ptr<Witnessing>> Witnessing::Start(
    const WitnessingOptions& options,
    const std::vector<ledger::NoteVerifier>& keys, ledger::Ledger* ledger) {
  RETURN_IF_ERROR(CheckPolicy(options, keys.front()));
  ASSIGN_OR_RETURN(ledger::WitnessPolicy policy,
                   ledger::WitnessPolicy::Parse(options.policy));
  std::unique_ptr<Witnessing> witnessing(
      new Witnessing(options, std::move(policy), ledger));
  RETURN_IF_ERROR(witnessing->AddWitnesses());
  const absl::Status loaded = witnessing->checkpoint_.Load(keys, ledger);
  if (!loaded.ok()) {
    spdlog::warn("the witnessed checkpoint in {} is not taken up: {}",
                 options.path, std::string(loaded.message()));
  }
  const auto latest = witnessing->checkpoint_.latest();
  if (options.on_witnessed != nullptr && latest != nullptr) {
    options.on_witnessed(latest);
  }
  Witnessing* const self = witnessing.get();
  {
    MutexLock lock(&self->mutex_);
    self->running_ = self->witnesses_.size();
  }
  for (const auto& witness : self->witnesses_) {
    self->threads_.emplace_back(&Witnessing::Ask, self, witness.get());
  }
  self->listener_ = ledger->AddListener([self](uint64_t) {
    MutexLock lock(&self->mutex_);
    self->changed_.SignalAll();
  });
  self->threads_.emplace_back(&Witnessing::Run, self);
  return witnessing;
}

absl::Status Witnessing::CheckPolicy(const WitnessingOptions& options,
                                     const ledger::NoteVerifier& present_key) {
  ASSIGN_OR_RETURN(const ledger::WitnessPolicy policy,
                   ledger::WitnessPolicy::Parse(options.policy));
  if (!NamesKey(policy, present_key)) return PolicyOfOtherLog(present_key);
  std::vector<bool> reachable;
  for (const ledger::PolicyWitness& witness : policy.witnesses()) {
    reachable.push_back(!witness.url.empty());
    if (witness.url.empty()) continue;
    RETURN_IF_ERROR(ParseWitnessUrl(witness.url).status());
  }
  return policy.IsQuorum(reachable) ? absl::OkStatus() : UrlsMissing();
}

absl::Status Witnessing::AddWitnesses() {
  for (const ledger::PolicyWitness& witness : policy_.witnesses()) {
    if (witness.url.empty()) continue;
    ASSIGN_OR_RETURN(const WitnessUrl url, ParseWitnessUrl(witness.url));
    auto asked = std::make_unique<Asked>();
    asked->client = std::make_unique<WitnessClient>(
        witness.verifier, ConnectToWitness(url, options_.timeout), ledger_,
        clock_);
    witnesses_.push_back(std::move(asked));
  }
  return absl::OkStatus();
}

Witnessing::~Witnessing() { Stop(); }

void Witnessing::Stop() {
  if (threads_.empty()) return;
  ledger_->RemoveListener(*listener_);
  {
    MutexLock lock(&mutex_);
    stopped_ = true;
    changed_.SignalAll();
    // A request that has not begun to talk can't be cancelled yet.
    while (running_ > 0) {
      for (const auto& witness : witnesses_) witness->client->Cancel();
      changed_.WaitFor(&mutex_, kCancelPoll);
    }
  }
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void Witnessing::Run() {
  for (;;) {
    {
      MutexLock lock(&mutex_);
      while (!stopped_ && !RoundIsOver()) {
        const absl::Duration rest =
            round_began_ + options_.interval - clock_->Now();
        changed_.WaitFor(
            &mutex_,
            std::clamp(rest, kWaitMin, std::max(kWaitMin, options_.interval)));
      }
      if (stopped_) return;
      BeginRound();
    }
    // A policy may demand no cosignature at all.
    Publish();
  }
}

bool Witnessing::RoundIsOver() const {
  if (target_ == nullptr) return true;
  if (ledger_->checkpoint()->note == target_->note) return false;
  const absl::Duration age = clock_->Now() - round_began_;
  if (age < options_.interval) return false;
  const auto was_tried = [this](const std::unique_ptr<Asked>& witness) {
    return witness->tried_round == round_;
  };
  return round_has_quorum_ || age > kRequestsPerRound * options_.timeout ||
         std::all_of(witnesses_.begin(), witnesses_.end(), was_tried);
}

void Witnessing::BeginRound() {
  target_ = ledger_->checkpoint();
  ++round_;
  round_has_quorum_ = false;
  round_began_ = clock_->Now();
  for (const auto& witness : witnesses_) witness->cosignature.reset();
  changed_.SignalAll();
}

bool Witnessing::WaitForWork(const Asked& witness) {
  while (!stopped_ &&
         (target_ == nullptr || witness.answered_round == round_)) {
    changed_.Wait(&mutex_);
  }
  return !stopped_;
}

void Witnessing::Ask(Asked* witness) {
  absl::Duration backoff = options_.backoff_min;
  for (;;) {
    std::shared_ptr<const ledger::SignedCheckpoint> target;
    uint64_t round = 0;
    {
      MutexLock lock(&mutex_);
      if (!WaitForWork(*witness)) break;
      target = target_;
      round = round_;
    }
    auto result = witness->client->Cosign(*target);
    const bool cosigned = result.ok();
    Record(std::move(result), round, witness);
    if (cosigned) {
      backoff = options_.backoff_min;
      Publish();
    } else {
      WaitUnlessStopped(backoff);
      backoff = std::min(2 * backoff, options_.backoff_max);
    }
  }
  MutexLock lock(&mutex_);
  --running_;
  changed_.SignalAll();
}

void Witnessing::WaitUnlessStopped(absl::Duration duration) {
  const absl::Time end = clock_->Now() + duration;
  MutexLock lock(&mutex_);
  while (!stopped_ && clock_->Now() < end) {
    changed_.WaitFor(&mutex_, std::max(end - clock_->Now(), kWaitMin));
  }
}

void Witnessing::Record(absl::StatusOr<ledger::NoteSignature> result,
                        uint64_t round, Asked* witness) {
  MutexLock lock(&mutex_);
  // What fails because it was cancelled says nothing.
  if (!stopped_) LogChange(result.status(), witness);
  witness->tried_round = round;
  if (result.ok()) {
    witness->answered_round = round;
    if (round == round_) witness->cosignature = *std::move(result);
  }
  changed_.SignalAll();
}

void Witnessing::LogChange(const absl::Status& status, Asked* witness) {
  const std::string reason = status.ok() ? "" : ErrorReason(status);
  if (reason == witness->failure) return;
  witness->failure = reason;
  const std::string& name = witness->client->name();
  if (status.ok()) {
    spdlog::info("witness {} answers again", name);
  } else if (absl::IsDataLoss(status)) {
    spdlog::error("{} (said once)", std::string(status.message()));
  } else {
    spdlog::warn("no cosignature by {}: {} (said once; asked again)", name,
                 std::string(status.message()));
  }
}

void Witnessing::CollectMetrics(uint64_t tree_size,
                                MetricWriter* metrics) const {
  const auto latest = checkpoint_.latest();
  const uint64_t witnessed = latest == nullptr ? 0 : latest->checkpoint.size;
  metrics->Add(Metric::kWitnessedTreeSize, static_cast<double>(witnessed));
  metrics->Add(Metric::kWitnessLag,
               static_cast<double>(tree_size - std::min(tree_size, witnessed)));
  MutexLock lock(&mutex_);
  for (const auto& witness : witnesses_) {
    const bool is_up = witness->answered_round > 0 && witness->failure.empty();
    metrics->Add(Metric::kWitnessUp, is_up ? 1 : 0,
                 {{"witness", witness->client->name()}});
  }
}

void Witnessing::Publish() {
  ledger::SignedCheckpoint cosigned;
  uint64_t round = 0;
  {
    MutexLock lock(&mutex_);
    cosigned = *target_;
    round = round_;
    for (const auto& witness : witnesses_) {
      if (!witness->cosignature.has_value()) continue;
      cosigned.note += ledger::FormatSignatureLine(*witness->cosignature);
    }
  }
  const absl::StatusOr<bool> is_quorum = checkpoint_.Offer(cosigned);
  if (!is_quorum.ok()) {
    spdlog::error("the witnessed checkpoint of size {} is not published: {}",
                  cosigned.checkpoint.size,
                  std::string(is_quorum.status().message()));
    return;
  }
  if (!*is_quorum) return;
  if (options_.on_witnessed != nullptr) {
    options_.on_witnessed(checkpoint_.latest());
  }
  spdlog::debug("size {} is witnessed", cosigned.checkpoint.size);
  MutexLock lock(&mutex_);
  if (round == round_) round_has_quorum_ = true;
  changed_.SignalAll();
}

}  // namespace annals
