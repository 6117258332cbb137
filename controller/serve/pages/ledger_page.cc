// The ledger's state, its newest checkpoint, and its entries from the newest one on.
#include <fmt/format.h>

#include "base/json.h"
#include "controller/serve/api/query.h"
#include "controller/serve/http/parse.h"
#include "controller/serve/pages/page.h"
#include "controller/serve/pages/words.h"

namespace paliad::serve {
namespace {

struct LedgerState {
  std::int64_t size = 0;
  std::optional<CheckpointRecord> checkpoint;
  Page<store::EntryRow> entries;
};

Result<LedgerState> ReadLedger(const PageContext& context) {
  ASSIGN_OR_RETURN(const Paging paging, ReadPaging(context.request));
  ASSIGN_OR_RETURN(Records records, context.backend.OpenRecords(*context.backend.FindTarget(context.target)));
  LedgerState state;
  ASSIGN_OR_RETURN(state.size, records.LedgerSize());
  ASSIGN_OR_RETURN(state.checkpoint, records.Checkpoint());
  ASSIGN_OR_RETURN(state.entries,
                   records.Entries({.newest_first = true, .cursor = paging.cursor, .limit = 50}));
  return state;
}

}  // namespace

http::Response LedgerPage(const PageContext& context) {
  OrderedJson data = PageData(context, "Ledger of " + context.target, "ledger");
  const Result<LedgerState> state = ReadLedger(context);
  if (!state) {
    data["problem"] = Problem(state.error());
    return HtmlAnswer(state.error().kind == ErrorKind::kInvalidInput ? 400 : 503, "ledger", data);
  }
  data["size"] = state->size;
  data["name_encoded"] = http::PercentEncode(context.target);
  data["checkpoint"] = state->checkpoint.has_value();
  std::int64_t anchored = 0;
  if (state->checkpoint) {
    data["checkpoint_size"] = state->checkpoint->size;
    data["signed"] = state->checkpoint->is_signed;
    data["note"] = state->checkpoint->note;
    anchored = state->checkpoint->is_signed ? state->checkpoint->size : 0;
  }
  data["unanchored"] = state->size - anchored;
  data["unanchored_bad"] = state->size > anchored;
  data["entries"] = OrderedJson::array();
  for (const store::EntryRow& entry : state->entries.items) {
    const Json leaf = LeafOf(entry);
    data["entries"].push_back(EntryData(context.target, entry, leaf));
    data["entries"].back()["leaf"] = leaf.dump(2);
  }
  data["older"] = state->entries.next
                      ? fmt::format("{}/ledger?cursor={}", TargetPath(context.target), *state->entries.next)
                      : "";
  return HtmlAnswer(200, "ledger", data);
}

}  // namespace paliad::serve
