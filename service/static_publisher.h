// Keeps a directory of static files (ledger/static_tree_writer.h) up to date
// with a ledger, on a thread of its own. The ledger never waits for it, and
// goes on if the directory can't be written.
//
// Where witnesses are asked it follows the witnessed checkpoints, so that who
// demands cosignatures finds them there: it is then as old as the last one, and
// there is none before the first. Only an erasure does not wait for witnesses.

#ifndef ANNALS_SERVICE_STATIC_PUBLISHER_H_
#define ANNALS_SERVICE_STATIC_PUBLISHER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "ledger/ledger.h"
#include "ledger/mutex.h"
#include "ledger/note.h"
#include "ledger/static_tree_writer.h"

namespace annals {

struct PublishOptions {
  std::string directory;
  bool with_contents = true;
  // Witnesses are asked: nothing is put there before the first checkpoint that
  // enough of them cosigned, but for an erasure.
  bool awaits_witnesses = false;
  // Between two checkpoints that are put there, at least: every one of them
  // adds partial tiles.
  absl::Duration interval = absl::Seconds(1);
  // Before the first repetition after an error; each further one waits twice as
  // long, up to the maximum.
  absl::Duration retry = absl::Seconds(1);
  absl::Duration retry_max = absl::Minutes(1);
};

// Thread-safe.
class StaticPublisher {
 public:
  // Not owned: the ledger, which must outlive this. `verifiers` are the
  // ledger's own, the present one first.
  StaticPublisher(ledger::Ledger* ledger,
                  std::vector<ledger::NoteVerifier> verifiers,
                  PublishOptions options);

  // Ends at the next entry, what is written so far being left for the next
  // start.
  ~StaticPublisher();

  // Begins to publish what the ledger holds.
  void Start();

  // A checkpoint of the ledger that was witnessed. From the first one on only
  // witnessed ones are published, until an erasure is waited for.
  void TakeWitnessed(std::shared_ptr<const ledger::SignedCheckpoint> witnessed);

  // Has the first `size` entries published, witnessed or not, and waits until
  // the directory has a checkpoint of so many; false if none was put there for
  // `timeout`, or the last try failed.
  bool WaitUntilPublished(uint64_t size, absl::Duration timeout);

  // Waits until there is nothing to publish of the first `size` entries, or
  // the last try failed, or nothing was put there for `timeout`.
  void Finish(uint64_t size, absl::Duration timeout);

 private:
  void Run();
  // Waits until there is something to do; false if this is to stop.
  bool WaitForGrowth();
  // Waits so long; false if this is to stop.
  bool Pause(absl::Duration duration);
  // Whether nothing may be put there yet.
  bool AwaitsWitnesses() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Whether there is a checkpoint to put there.
  bool IsDue() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // The same before it is known what is there.
  bool HasWork() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // The checkpoint to put there.
  std::shared_ptr<const ledger::SignedCheckpoint> Target();
  absl::Status PublishLatest();
  absl::Status WriteEntries(
      std::shared_ptr<const ledger::SignedCheckpoint>* target);
  void NotePublished(std::string note);
  void TellFailed(const absl::Status& status, absl::Duration retry);
  void TellIfAwaiting();
  bool stopped();

  ledger::Ledger* const ledger_;
  const std::vector<ledger::NoteVerifier> verifiers_;
  const PublishOptions options_;
  // Of the thread: null before the first pass and after an error.
  std::unique_ptr<ledger::StaticTreeWriter> writer_;

  Mutex mutex_;
  CondVar grown_or_stopped_;
  CondVar stopping_;
  CondVar put_there_;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  // The size of the ledger's latest checkpoint; of the directory's.
  uint64_t wanted_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t published_ ABSL_GUARDED_BY(mutex_) = 0;
  std::string published_note_ ABSL_GUARDED_BY(mutex_);
  // Null before the first.
  std::shared_ptr<const ledger::SignedCheckpoint> witnessed_
      ABSL_GUARDED_BY(mutex_);
  // What is to be published without waiting for witnesses.
  uint64_t unwitnessed_ ABSL_GUARDED_BY(mutex_) = 0;
  // Whether a checkpoint was put there: the first one may be of size 0.
  bool has_published_ ABSL_GUARDED_BY(mutex_) = false;
  bool last_try_failed_ ABSL_GUARDED_BY(mutex_) = false;
  ledger::Ledger::ListenerId listener_ = 0;
  std::thread thread_;  // Last: it uses the others.
};

}  // namespace annals

#endif  // ANNALS_SERVICE_STATIC_PUBLISHER_H_
