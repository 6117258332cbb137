// The parameters of a list, read from a request's query: what the API and the pages filter and page by.
#ifndef PALIAD_CONTROLLER_SERVE_API_QUERY_H_
#define PALIAD_CONTROLLER_SERVE_API_QUERY_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "controller/serve/http/message.h"
#include "controller/serve/records/records.h"

namespace paliad::serve {

class Query {
 public:
  // kInvalidInput for an unknown parameter, one that comes twice, or a broken escape. A parameter without a
  // value counts as absent: a form sends all of its fields.
  [[nodiscard]] static Result<Query> Read(const http::Request& request,
                                          const std::vector<std::string_view>& known);

  std::optional<std::string> Get(std::string_view name) const;

 private:
  http::Parameters parameters_;
};

// Parameters `outcome`, `run`, `commit`, `since`, `until`, `version`, `author`, `cursor`, `limit`. Times are
// a date, or as FormatUtc. kInvalidInput names the parameter that is wrong.
[[nodiscard]] Result<RunQuery> ReadRunQuery(const http::Request& request);

// Parameters `run`, `version`, `kind`, `order` (asc or desc), `cursor`, `limit`.
[[nodiscard]] Result<EntryQuery> ReadEntryQuery(const http::Request& request);

// Parameters `cursor` and `limit`.
struct Paging {
  std::optional<std::int64_t> cursor;
  std::int64_t limit = 100;
};
[[nodiscard]] Result<Paging> ReadPaging(const http::Request& request);

// A number of a path or a parameter, from 0 on.
[[nodiscard]] Result<std::int64_t> ReadNumber(std::string_view name, std::string_view text);

// 8-4-4-4-12 hex digits, lower case, or the beginning of it.
bool IsRunIdPrefix(std::string_view text);

}  // namespace paliad::serve

#endif  // PALIAD_CONTROLLER_SERVE_API_QUERY_H_
