#include "controller/serve/api/query.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/clock.h"
#include "base/text.h"
#include "base/utc_time.h"
#include "controller/serve/http/parse.h"

namespace paliad::serve {
namespace {

constexpr std::array<std::string_view, 6> kOutcomes = {"in_sync", "applied",     "rejected",
                                                       "failed",  "interrupted", "refused"};

tl::unexpected<Error> Wrong(std::string_view name, std::string cause, std::string hint) {
  return Fail({.kind = ErrorKind::kInvalidInput,
               .doing = "understand the parameter",
               .subject = EscapeForTerminal(Truncate(name, 40)),
               .cause = std::move(cause),
               .hint = std::move(hint)});
}

Result<std::optional<std::string>> TimeOf(const Query& query, std::string_view name) {
  const auto text = query.Get(name);
  if (!text) {
    return std::nullopt;
  }
  const Result<WallTime> time = ParseUtc(*text);
  if (!time) {
    return Wrong(name, "it is not a time", "write 2026-05-20, or 2026-05-20T10:38:00Z");
  }
  return FormatUtc(*time);
}

Result<std::optional<std::int64_t>> NumberOf(const Query& query, std::string_view name, std::int64_t most) {
  const auto text = query.Get(name);
  if (!text) {
    return std::nullopt;
  }
  ASSIGN_OR_RETURN(const std::int64_t number, ReadNumber(name, *text));
  if (number > most) {
    return Wrong(name, fmt::format("it is above {}", most), "");
  }
  return number;
}

Result<Paging> PagingOf(const Query& query, std::int64_t default_limit) {
  Paging paging;
  ASSIGN_OR_RETURN(paging.cursor, NumberOf(query, "cursor", INT64_MAX));
  ASSIGN_OR_RETURN(const auto limit, NumberOf(query, "limit", kMaxPage));
  paging.limit = limit.value_or(default_limit);
  if (paging.limit < 1) {
    return Wrong("limit", "it is 0", fmt::format("write 1 to {}", kMaxPage));
  }
  return paging;
}

bool IsHex(std::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

Result<std::optional<std::string>> RunIdOf(const Query& query, bool whole) {
  auto run = query.Get("run");
  if (run && (!IsRunIdPrefix(*run) || (whole && run->size() != 36))) {
    return Wrong("run", "it is not a run's id", "`runs` lists them");
  }
  return run;
}

constexpr std::int64_t kMaxVersion = 2'147'483'647;

}  // namespace

Result<Query> Query::Read(const http::Request& request, const std::vector<std::string_view>& known) {
  auto parameters = http::ParseParameters(request.query);
  if (!parameters) {
    return Wrong("query", "an escape in it is broken", "");
  }
  Query query;
  for (auto& [name, value] : *parameters) {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      return Wrong(name, "it is unknown", fmt::format("known are {}", fmt::join(known, ", ")));
    }
    if (query.Get(name)) {
      return Wrong(name, "it comes twice", "");
    }
    if (!value.empty()) {
      query.parameters_.emplace_back(std::move(name), std::move(value));
    }
  }
  return query;
}

std::optional<std::string> Query::Get(std::string_view name) const {
  const auto found = std::find_if(parameters_.begin(), parameters_.end(),
                                  [&](const auto& one) { return one.first == name; });
  return found == parameters_.end() ? std::nullopt : std::optional(found->second);
}

Result<RunQuery> ReadRunQuery(const http::Request& request) {
  ASSIGN_OR_RETURN(const Query query, Query::Read(request, {"outcome", "run", "commit", "since", "until",
                                                            "version", "author", "cursor", "limit"}));
  RunQuery runs{
      .outcome = query.Get("outcome"), .commit = query.Get("commit"), .author = query.Get("author")};
  if (runs.outcome && std::find(kOutcomes.begin(), kOutcomes.end(), *runs.outcome) == kOutcomes.end()) {
    return Wrong("outcome", "no run ends so", fmt::format("one of {}", fmt::join(kOutcomes, ", ")));
  }
  if (runs.commit && (!IsHex(*runs.commit) || runs.commit->size() > 40)) {
    return Wrong("commit", "it is not a commit's id, or the beginning of one", "");
  }
  ASSIGN_OR_RETURN(runs.run_id, RunIdOf(query, false));
  ASSIGN_OR_RETURN(runs.since, TimeOf(query, "since"));
  ASSIGN_OR_RETURN(runs.until, TimeOf(query, "until"));
  ASSIGN_OR_RETURN(runs.version, NumberOf(query, "version", kMaxVersion));
  ASSIGN_OR_RETURN(const Paging paging, PagingOf(query, runs.limit));
  runs.cursor = paging.cursor;
  runs.limit = paging.limit;
  return runs;
}

Result<EntryQuery> ReadEntryQuery(const http::Request& request) {
  ASSIGN_OR_RETURN(const Query query,
                   Query::Read(request, {"run", "version", "kind", "order", "cursor", "limit"}));
  EntryQuery entries{.kind = query.Get("kind")};
  const std::string order = query.Get("order").value_or("desc");
  if (order != "asc" && order != "desc") {
    return Wrong("order", "it is neither asc nor desc", "");
  }
  entries.newest_first = order == "desc";
  ASSIGN_OR_RETURN(entries.run_id, RunIdOf(query, true));
  ASSIGN_OR_RETURN(entries.version, NumberOf(query, "version", kMaxVersion));
  ASSIGN_OR_RETURN(const Paging paging, PagingOf(query, entries.limit));
  entries.cursor = paging.cursor;
  entries.limit = paging.limit;
  return entries;
}

Result<Paging> ReadPaging(const http::Request& request) {
  ASSIGN_OR_RETURN(const Query query, Query::Read(request, {"cursor", "limit"}));
  return PagingOf(query, 100);
}

Result<std::int64_t> ReadNumber(std::string_view name, std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 0) {
    return Wrong(name, "it is not a number", "");
  }
  return number;
}

bool IsRunIdPrefix(std::string_view text) {
  if (text.empty() || text.size() > 36) {
    return false;
  }
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : !IsHex(text.substr(i, 1))) {
      return false;
    }
  }
  return true;
}

}  // namespace paliad::serve
