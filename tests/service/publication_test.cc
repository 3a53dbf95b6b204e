// What is published of reports that live by policies, and that nobody who sees
// no more can tell what is hidden from what is not there.

#include "service/publication.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ledger/error.h"
#include "service/answer_cache.h"
#include "service/as_of.h"
#include "service/documents.h"
#include "service/field_history.h"
#include "service/ledger_view.h"
#include "service/life_view.h"
#include "service/retrieval.h"
#include "service/visible_history.h"
#include "service/watch_cursor.h"
#include "tests/service/life_ledger.h"
#include "tests/support/mock_ledger.h"

namespace annals {
namespace {

using ::absl::StatusCode;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Optional;
using ::testing::Return;

class PublicationTest : public LifeLedgerTest {
 protected:
  // Office 0 demands that revisions are signed off.
  void Demand() { SetPolicy(0, v1::STEP_SIGNED_OFF, 1); }

  std::vector<int64_t> Published(uint64_t size = UINT64_MAX, int n = 2) {
    const auto publication = publications_.Read(Report(n), size);
    EXPECT_OK(publication);
    std::vector<int64_t> numbers;
    for (const PublishedRevision& one : publication->revisions) {
      numbers.push_back(one.number);
    }
    return numbers;
  }

  std::optional<uint64_t> WithdrawnBy(int number, uint64_t size = UINT64_MAX) {
    const auto publication = publications_.Read(Report(), size);
    EXPECT_OK(publication);
    const PublishedRevision* const found = publication->Find(number);
    EXPECT_NE(found, nullptr);
    return found == nullptr ? std::nullopt : found->withdrawn_by;
  }

  absl::StatusOr<v1::Entry> Entry(uint64_t index, bool with_content = true) {
    v1::GetEntryRequest request;
    request.set_index(index);
    request.set_include_content(with_content);
    return view_.GetEntry(request, View::kPublished);
  }

  absl::StatusOr<SharedBytes> Get(const std::string& name,
                                  bool in_effect = false) {
    v1::GetReportRequest request;
    request.set_name(name);
    request.set_in_effect(in_effect);
    return retrieval_.GetReport(request, View::kPublished);
  }

  std::vector<v1::WatchEntriesResponse> Watch(bool with_content = true) {
    WatchCursor cursor(&entries_.ledger(), {0, entries_.size(), with_content},
                       std::nullopt, &publications_);
    cursor.SetView(View::kPublished);
    auto page = cursor.NextPage();
    EXPECT_OK(page);
    return page.value_or(std::vector<v1::WatchEntriesResponse>());
  }

  std::vector<uint64_t> Watched() {
    std::vector<uint64_t> indexes;
    for (const auto& one : Watch()) indexes.push_back(one.index());
    return indexes;
  }

  uint64_t RecordDocument(const std::string& name) {
    v1::LedgerEntry entry;
    entry.mutable_document_recorded()->set_document(name);
    return entries_.Append(std::move(entry), "<html>");
  }

  absl::StatusOr<v1::Document> GetDocument(const std::string& name) {
    v1::GetDocumentRequest request;
    request.set_name(name);
    request.set_include_data(true);
    return documents_.Get(request, View::kPublished);
  }

  LifeReader lives_{&entries_.ledger(), &entries_.clock()};
  Publications publications_{&entries_.ledger(), &lives_};
  VisibleHistory visible_{&entries_.ledger(), &publications_};
  LifeView life_view_{&lives_, &publications_};
  AsOf as_of_{&entries_.ledger(), &entries_.clock()};
  AnswerCache answers_{kDefaultAnswerCacheBytes};
  Retrieval retrieval_{
      {&entries_.ledger(), &answers_, &as_of_, &lives_, &visible_}};
  FieldHistory fields_{&entries_.ledger(), &as_of_, &visible_};
  LedgerView view_{{&entries_.ledger(), nullptr, &publications_, &visible_}};
  Documents documents_{&entries_.ledger(), &publications_,
                       kDefaultDocumentBytesMax};
};

// Whoever asks for the entry that comes next, in the tree that it makes, may
// ask while it is recorded: before it the ledger was too small, and after it is
// whole.
TEST_F(PublicationTest, AnEntryIsNotReadInATreeThatWasNotThereWhenItWasAsked) {
  Demand();
  ::testing::NiceMock<ledger::MockLedger> ledger;
  EXPECT_CALL(ledger, checkpoint)
      .WillRepeatedly(Return(entries_.ledger().checkpoint()));
  const uint64_t index = Revise(1);
  ON_CALL(ledger, ReadProvenEntry)
      .WillByDefault(
          [this](const ledger::LeafPosition& position, bool content) {
            return entries_.ledger().ReadProvenEntry(position, content);
          });
  const LedgerView view({&ledger, nullptr, &publications_, &visible_});
  v1::GetEntryRequest request;
  request.set_index(index);
  request.set_tree_size(index + 1);
  request.set_include_content(true);
  EXPECT_THAT(
      view.GetEntry(request, View::kPublished),
      StatusHasReason(StatusCode::kOutOfRange, "TREE_SIZE_NOT_REACHED"));
}

TEST_F(PublicationTest, WithoutAPolicyNothingIsHidden) {
  Revise(1);
  Revise(2);
  Take(2, v1::STEP_COMPILED);
  EXPECT_THAT(Published(), ElementsAre(1, 2));
}

TEST_F(PublicationTest, ARevisionIsPublishedByTheStepThatPutsItInEffect) {
  Demand();
  const uint64_t revision = Revise(1);
  const uint64_t compiled = Take(1, v1::STEP_COMPILED);
  EXPECT_THAT(Published(), IsEmpty());
  EXPECT_THAT(Entry(revision),
              StatusHasReason(StatusCode::kNotFound, "ENTRY_NOT_PUBLISHED"));
  EXPECT_THAT(Watched(), ElementsAre(0, 1, 2, 3));
  const uint64_t before = entries_.size();
  const uint64_t signed_off = Take(1, v1::STEP_SIGNED_OFF);
  EXPECT_THAT(Published(), ElementsAre(1));
  EXPECT_THAT(Published(before), IsEmpty());
  EXPECT_OK(Entry(revision));
  EXPECT_THAT(Entry(compiled),
              StatusHasReason(StatusCode::kNotFound, "ENTRY_NOT_PUBLISHED"));
  EXPECT_OK(Entry(signed_off));
  EXPECT_THAT(Watched(), ElementsAre(0, 1, 2, 3, revision, signed_off));
}

TEST_F(PublicationTest, WhenAndWhereItWasPublishedIsPublished) {
  Demand();
  const uint64_t revision = Revise(1);
  Take(1, v1::STEP_COMPILED);
  const uint64_t signed_off = Take(1, v1::STEP_SIGNED_OFF);
  const uint64_t published = Take(1, v1::STEP_PUBLISHED);
  EXPECT_OK(Entry(published));
  EXPECT_THAT(Watched(),
              ElementsAre(0, 1, 2, 3, revision, signed_off, published));
  // Of a draft nothing is.
  Revise(2);
  const uint64_t hidden = Take(2, v1::STEP_PUBLISHED);
  EXPECT_THAT(Entry(hidden),
              StatusHasReason(StatusCode::kNotFound, "ENTRY_NOT_PUBLISHED"));
  v1::GetLifecycleRequest request;
  request.set_name(Report().ToString());
  ASSERT_OK_AND_ASSIGN(const v1::Lifecycle life,
                       life_view_.Get(request, View::kPublished));
  EXPECT_EQ(life.state(), v1::STEP_PUBLISHED);
  ASSERT_EQ(life.steps_size(), 2);
  EXPECT_EQ(life.steps(1).entry_index(), published);
}

TEST_F(PublicationTest, WhatIsReturnedAndCorrectedLeavesAGap) {
  Demand();
  Revise(1);
  Take(1, v1::STEP_SIGNED_OFF);
  Revise(2);
  const uint64_t returned = Take(2, v1::STEP_RETURNED);
  EXPECT_THAT(Published(), ElementsAre(1));
  EXPECT_FALSE(Entry(returned).ok());
  Revise(3);
  EXPECT_THAT(Published(), ElementsAre(1));
  Take(3, v1::STEP_SIGNED_OFF);
  EXPECT_THAT(Published(), ElementsAre(1, 3));
  v1::GetLifecycleRequest request;
  request.set_name(Report().ToString());
  const auto life = life_view_.Get(request, View::kPublished);
  ASSERT_OK(life);
  EXPECT_TRUE(life->published_only());
  EXPECT_EQ(life->latest_revision(), 3);
  EXPECT_EQ(life->steps_size(), 2);
  EXPECT_EQ(life->next_size(), 0);
  EXPECT_EQ(life->periods_size(), 1);
  // A later return of what is in effect is nobody else's business.
  Take(3, v1::STEP_RETURNED);
  EXPECT_EQ(life_view_.Get(request, View::kPublished)->SerializeAsString(),
            life->SerializeAsString());
}

// The public has seen it: no policy makes a draft of it.
TEST_F(PublicationTest, WhatWasRecordedAsPublishedIsPublished) {
  Demand();
  Revise(1);
  v1::LedgerEntry entry;
  v1::RevisionRecorded* const event = entry.mutable_revision_recorded();
  event->set_report(Report().ToString());
  event->set_number(2);
  event->set_as_published(true);
  entries_.Append(std::move(entry), "content");
  EXPECT_THAT(Published(), ElementsAre(2));
  EXPECT_EQ(publications_.FindInEffect(Report())->number, 2);
}

TEST_F(PublicationTest, OfAWithdrawnRevisionTheTraceIsPublished) {
  Revise(1);
  const uint64_t revision = Revise(2);
  const uint64_t before = entries_.size();
  const uint64_t withdrawn = Take(2, v1::STEP_WITHDRAWN);
  const std::string name = Report().ToString();
  EXPECT_THAT(WithdrawnBy(2), Optional(withdrawn));
  EXPECT_EQ(WithdrawnBy(1), std::nullopt);
  // Also as it stood before.
  EXPECT_THAT(WithdrawnBy(2, before), Optional(withdrawn));
  for (const std::string& asked : {name, name + "/revisions/2"}) {
    EXPECT_THAT(Get(asked), StatusHasReason(StatusCode::kFailedPrecondition,
                                            "CONTENT_WITHDRAWN"));
  }
  EXPECT_THAT(Get(name, true),
              StatusHasReason(StatusCode::kNotFound, "NOT_IN_EFFECT"));
  EXPECT_OK(Get(name + "/revisions/1"));
  const auto entry = Entry(revision);
  ASSERT_OK(entry);
  EXPECT_EQ(entry->withdrawn_by(), withdrawn);
  EXPECT_EQ(entry->content() + entry->salt(), "");
  for (const auto& one : Watch()) {
    if (one.index() != revision) continue;
    EXPECT_EQ(one.withdrawn_by(), withdrawn);
    EXPECT_EQ(one.content() + one.salt(), "");
  }
  v1::GetReceiptRequest receipt;
  receipt.set_name(name);
  receipt.set_include_content(true);
  EXPECT_EQ(view_.GetReceipt(receipt, View::kPublished)->content(), "");
  EXPECT_NE(view_.GetReceipt(receipt, View::kAll)->content(), "");
  Take(2, v1::STEP_RESTORED);
  EXPECT_EQ(WithdrawnBy(2), std::nullopt);
  EXPECT_OK(Get(name));
  const uint64_t again = Take(2, v1::STEP_WITHDRAWN);
  Revise(3);
  EXPECT_THAT(Published(), ElementsAre(1, 2, 3));
  EXPECT_THAT(WithdrawnBy(2), Optional(again));
  EXPECT_OK(Get(name));
}

TEST_F(PublicationTest, ADocumentIsAsPublicAsAReportThatNamesIt) {
  const std::string name = "documents/" + std::string(64, 'a');
  const uint64_t document = RecordDocument(name);
  EXPECT_THAT(GetDocument(name),
              StatusHasReason(StatusCode::kNotFound, "DOCUMENT_NOT_FOUND"));
  EXPECT_FALSE(Entry(document).ok());
  Demand();
  Revise(1, 2, name);
  EXPECT_FALSE(GetDocument(name).ok());
  Take(1, v1::STEP_SIGNED_OFF);
  EXPECT_EQ(GetDocument(name)->data(), "<html>");
  EXPECT_OK(Entry(document));
  Take(1, v1::STEP_WITHDRAWN);
  EXPECT_THAT(
      GetDocument(name),
      StatusHasReason(StatusCode::kFailedPrecondition, "CONTENT_WITHDRAWN"));
  EXPECT_EQ(Entry(document)->content(), "");
  // Another report that names it is published.
  Revise(1, 1, name);
  EXPECT_FALSE(GetDocument(name).ok());
  Take(1, v1::STEP_SIGNED_OFF, 1);
  EXPECT_OK(GetDocument(name));
}

// Asks everything there is to ask, page by page.
class HiddenTest : public PublicationTest {
 protected:
  // All that a caller is told.
  static std::string TextOf(const absl::Status& status) {
    std::string text = absl::StrCat(absl::StatusCodeToString(status.code()),
                                    " ", ErrorReason(status), " ",
                                    status.message(), " ", ErrorTextZh(status));
    for (const auto& [key, value] : ErrorMetadata(status)) {
      absl::StrAppend(&text, " ", key, "=", value);
    }
    return text;
  }

  template <typename Answer>
  void Note(const absl::StatusOr<Answer>& answer) {
    if (!answer.ok()) {
      notes_.push_back(TextOf(answer.status()));
    } else if constexpr (std::is_same_v<Answer, SharedBytes>) {
      notes_.push_back(**answer);
    } else {
      notes_.push_back(answer->SerializeAsString());
    }
  }

  void AskPages(const std::string& report) {
    v1::ListReportsRequest reports;
    reports.set_parent("agencies/-");
    reports.set_page_size(1);
    do {
      const auto page = retrieval_.ListReports(reports, View::kPublished);
      Note(page);
      reports.set_page_token(page->next_page_token());
    } while (!reports.page_token().empty());
    v1::ListRevisionsRequest revisions;
    revisions.set_parent(report);
    revisions.set_page_size(1);
    for (int i = 0; i < 5; ++i) {
      const auto page = retrieval_.ListRevisions(revisions, View::kPublished);
      Note(page);
      if (page.ok()) revisions.set_page_token(page->next_page_token());
    }
  }

  void AskOf(const std::string& report) {
    AskPages(report);
    for (const char* suffix :
         {"", "/revisions/1", "/revisions/2", "/revisions/3", "/revisions/9"}) {
      Note(Get(report + suffix));
      v1::GetReceiptRequest receipt;
      receipt.set_name(report + suffix);
      const auto answer = view_.GetReceipt(receipt, View::kPublished);
      notes_.push_back(answer.ok() ? answer->leaf() : TextOf(answer.status()));
    }
    Note(Get(report, true));
    v1::DiffRevisionsRequest diff;
    diff.set_name(report);
    for (const int to : {0, 1, 2, 3}) {
      diff.set_to(to);
      Note(retrieval_.DiffRevisions(diff, View::kPublished));
    }
    v1::BlameReportRequest blame;
    blame.set_name(report);
    blame.set_as_of_size(asked_size_);
    Note(fields_.Blame(blame, View::kPublished));
    v1::ListCellValuesRequest values;
    values.set_name(report);
    values.set_cell("t3.new_received.total");
    Note(fields_.ListCellValues(values, View::kPublished));
    v1::GetLifecycleRequest life;
    life.set_name(report);
    Note(life_view_.Get(life, View::kPublished));
  }

  std::vector<std::string> Answers(const std::vector<std::string>& reports) {
    notes_.clear();
    for (const std::string& report : reports) AskOf(report);
    // Growth alone shows, as it does in checkpoints.
    for (auto& entry : Watch()) {
      entry.clear_tree_size();
      notes_.push_back(entry.SerializeAsString());
    }
    return notes_;
  }

  uint64_t asked_size_ = 0;
  std::vector<std::string> notes_;
};

TEST_F(HiddenTest, NoAnswerTellsThatADraftIsThere) {
  Revise(1);
  Revise(1, 0);
  Demand();
  Revise(2);
  Take(2, v1::STEP_SIGNED_OFF);
  asked_size_ = entries_.size();
  std::vector<std::string> reports;
  for (int n = 0; n < 3; ++n) reports.push_back(Report(n).ToString());
  const std::vector<std::string> before = Answers(reports);
  // A correction, a first report between two others, and all that is done to
  // them.
  const uint64_t draft = Revise(3);
  Take(3, v1::STEP_COMPILED);
  Take(3, v1::STEP_RETURNED);
  Revise(1, 1);
  Take(1, v1::STEP_COMPILED, 1);
  v1::LedgerEntry erasure;
  erasure.mutable_content_erased()->set_erased_index(draft);
  erasure.mutable_content_erased()->set_name(Report().ToString() +
                                             "/revisions/3");
  entries_.Append(std::move(erasure));
  EXPECT_EQ(Answers(reports), before);
  // Who sees all sees it.
  EXPECT_OK(retrieval_.GetReport(
      [&] {
        v1::GetReportRequest request;
        request.set_name(reports[1]);
        return request;
      }(),
      View::kAll));
}

TEST_F(HiddenTest, AHiddenReportIsRefusedAsOneThatIsNotThere) {
  Demand();
  Revise(1);
  asked_size_ = entries_.size();
  const std::string hidden = Report().ToString();
  const std::string none = Report(7).ToString();
  AskOf(hidden);
  const std::vector<std::string> of_hidden = std::move(notes_);
  notes_.clear();
  AskOf(none);
  ASSERT_EQ(of_hidden.size(), notes_.size());
  for (size_t i = 0; i < notes_.size(); ++i) {
    EXPECT_EQ(absl::StrReplaceAll(of_hidden[i], {{hidden, none}}), notes_[i]);
  }
}

TEST_F(HiddenTest, APageTokenIsOfItsView) {
  Revise(1);
  Revise(1, 0);
  v1::ListReportsRequest request;
  request.set_parent("agencies/-");
  request.set_page_size(1);
  const auto page = retrieval_.ListReports(request, View::kAll);
  ASSERT_OK(page);
  request.set_page_token(page->next_page_token());
  EXPECT_THAT(
      retrieval_.ListReports(request, View::kPublished),
      StatusHasReason(StatusCode::kInvalidArgument, "INVALID_PAGE_TOKEN"));
}

}  // namespace
}  // namespace annals
