#include "migrations/sql_tree.h"

#include <charconv>
#include <set>
#include <utility>

#include "base/json.h"

namespace paliad {
namespace {

// Moves the locations in `tree`; false if it is too deep. libpg_query leaves zero out and writes -1 for
// "unknown"; CREATE TABLESPACE has a text of that name.
bool ShiftLocations(Json& tree, std::size_t shift) {
  std::vector<std::pair<Json*, int>> open = {{&tree, 1}};
  while (!open.empty()) {
    const auto [value, depth] = open.back();
    open.pop_back();
    if (depth > kMaxTreeDepth) {
      return false;
    }
    for (auto item = value->begin(); item != value->end(); ++item) {
      if (item->is_structured()) {
        open.emplace_back(&*item, depth + 1);
      } else if (item->is_number_unsigned() && value->is_object() && item.key() == "location") {
        *item = item->get<std::size_t>() + shift;
      }
    }
  }
  return true;
}

// Copies the JSON of each statement as text, leaving out what ReadCompactly leaves out. The document is
// {"version":…,"stmts":[{"stmt":{…},"stmt_location":…,"stmt_len":…},…]}, as libpg_query prints it: without
// white space. Not by a general JSON parser: large files make 200 MB of JSON, and this is five times as fast.
class CompactWriter {
 public:
  // Called with each statement and its text; false stops.
  using Sink = std::function<bool(TreeStatement statement, const std::string& text)>;
  explicit CompactWriter(Sink sink) : sink_(std::move(sink)) {}

  // False if it stopped: the sink said so, too_deep(), or `json` is cut off.
  bool Write(std::string_view json) {
    json_ = json;
    for (at_ = 0; at_ < json_.size();) {
      if (!WriteNext()) {
        return false;
      }
    }
    return depth_ == 0 && !json_.empty();
  }

  bool too_deep() const { return depth_ > kMaxTreeDepth + kItemDepth; }

 private:
  static constexpr int kItemDepth = 3;  // inside of an element of "stmts"

  struct Rows {
    int depth = 0;              // of the array's elements
    std::size_t row_begin = 0;  // in text_
    std::set<std::string, std::less<>> seen;
  };

  bool WriteNext() {
    switch (json_[at_]) {
      case '{':
        return ++at_, StartObject();
      case '}':
        return ++at_, EndObject();
      case '[':
        return ++at_, StartArray();
      case ']':
        return ++at_, EndArray();
      case ',':
        return ++at_, true;
      case '"':
        return String();
      default:
        return Literal();
    }
  }

  bool StartObject() {
    if (depth_ == kItemDepth && key_ == "stmt") {
      text_.clear();
      key_ = {};
    } else if (depth_ + 1 == kItemDepth) {
      statement_ = {};
    }
    if (IsRow()) {
      rows_.back().row_begin = text_.size();
    }
    const bool constant = writing() && key_ == "A_Const";
    Open('{');
    if (constant) {
      skip_depth_ = depth_;
    }
    return !too_deep();
  }

  bool EndObject() {
    if (depth_ == skip_depth_) {
      skip_depth_ = 0;
    }
    Close('}');
    if (IsRow()) {
      const std::size_t begin = rows_.back().row_begin;
      const std::string_view row = std::string_view(text_).substr(begin + (text_[begin] == ',' ? 1 : 0));
      if (rows_.back().seen.contains(row)) {
        text_.resize(begin);
      } else {
        rows_.back().seen.emplace(row);
      }
    }
    return depth_ != kItemDepth - 1 || sink_(statement_, text_);
  }

  bool StartArray() {
    const bool rows = writing() && key_ == "valuesLists";
    Open('[');
    if (rows) {
      rows_.push_back({.depth = depth_, .row_begin = 0, .seen = {}});
    }
    return !too_deep();
  }

  bool EndArray() {
    if (!rows_.empty() && rows_.back().depth == depth_ && skip_depth_ == 0) {
      rows_.pop_back();
    }
    Close(']');
    return true;
  }

  bool String() {
    std::size_t end = at_ + 1;
    while (end < json_.size() && json_[end] != '"') {
      end += json_[end] == '\\' ? 2 : 1;
    }
    if (end >= json_.size()) {
      return false;
    }
    const std::string_view quoted = json_.substr(at_, end + 1 - at_);
    at_ = end + 1;
    if (at_ < json_.size() && json_[at_] == ':') {
      key_ = quoted.substr(1, quoted.size() - 2);
      ++at_;
    } else {
      Scalar(quoted);
    }
    return true;
  }

  // A number, true, false or null.
  bool Literal() {
    std::size_t end = at_;
    while (end < json_.size() && json_[end] != ',' && json_[end] != '}' && json_[end] != ']') {
      ++end;
    }
    const std::string_view literal = json_.substr(at_, end - at_);
    at_ = end;
    if (depth_ == kItemDepth && key_ == "stmt_location") {
      std::from_chars(literal.begin(), literal.end(), statement_.location);
    } else if (depth_ == kItemDepth && key_ == "stmt_len") {
      std::from_chars(literal.begin(), literal.end(), statement_.length);
    }
    if (key_ == "location") {
      key_ = {};
    } else {
      Scalar(literal);
    }
    return true;
  }

  bool writing() const { return depth_ > kItemDepth && skip_depth_ == 0; }
  bool IsRow() const { return writing() && !rows_.empty() && depth_ == rows_.back().depth; }

  void Open(char bracket) {
    ++depth_;
    Scalar(std::string_view(&bracket, 1));
  }

  void Close(char bracket) {
    if (writing()) {
      text_ += bracket;
    }
    --depth_;
    key_ = {};
  }

  void Scalar(std::string_view text) {
    if (writing()) {
      if (!text_.empty() && text_.back() != '{' && text_.back() != '[') {
        text_ += ',';
      }
      if (!key_.empty()) {
        text_ += '"';
        text_ += key_;
        text_ += "\":";
      }
      text_ += text;
    }
    key_ = {};
  }

  Sink sink_;
  std::string_view json_;
  std::size_t at_ = 0;
  TreeStatement statement_;
  std::string text_;
  std::string_view key_;  // of the value that comes next; empty in arrays
  std::vector<Rows> rows_;
  int depth_ = 0;
  int skip_depth_ = 0;  // of the constant that is being skipped; 0: none
};

}  // namespace

void VisitObjects(const Json& tree, const ObjectVisitor& visit) {
  std::vector<std::pair<std::string_view, const Json*>> open = {{"", &tree}};
  while (!open.empty()) {
    const auto [key, value] = open.back();
    open.pop_back();
    if (value->is_object()) {
      visit(key, *value);
      for (auto item = value->begin(); item != value->end(); ++item) {
        if (item->is_structured()) {
          open.emplace_back(item.key(), &*item);
        }
      }
    } else {
      for (const Json& item : *value) {
        if (item.is_structured()) {
          open.emplace_back("", &item);
        }
      }
    }
  }
}

TreeReader::Answer TreeReader::Read(std::string_view json, std::size_t shift) {
  Json document = Json::parse(json, nullptr, /*allow_exceptions=*/false);
  if (document.is_discarded()) {
    return {.statements = {}, .problem = Problem::kNotJson};
  }
  Answer answer;
  for (Json& raw : document["stmts"]) {
    Json tree = std::move(raw["stmt"]);
    if (!ShiftLocations(tree, shift)) {
      answer.problem = Problem::kTooDeep;
      return answer;
    }
    answer.statements.push_back({.location = raw.value("stmt_location", std::size_t{0}),
                                 .length = raw.value("stmt_len", std::size_t{0}),
                                 .tree = std::make_shared<const Json>(std::move(tree))});
  }
  return answer;
}

TreeReader::Answer TreeReader::ReadCompactly(std::string_view json) {
  Answer answer;
  Problem problem = Problem::kNotJson;
  CompactWriter writer([&](TreeStatement statement, const std::string& text) {
    const tl::expected<std::shared_ptr<const Json>, Problem> tree = Share(text);
    if (!tree) {
      problem = tree.error();
      return false;
    }
    statement.tree = *tree;
    answer.statements.push_back(std::move(statement));
    return true;
  });
  if (!writer.Write(json)) {
    answer.problem = writer.too_deep() ? Problem::kTooDeep : problem;
  }
  return answer;
}

tl::expected<std::shared_ptr<const Json>, TreeReader::Problem> TreeReader::Share(const std::string& text) {
  // A digest, not the text: the map would cost as much as the trees.
  std::shared_ptr<const Json>& tree = shared_[Sha256(text)];
  if (tree == nullptr) {
    compact_bytes_ += text.size();
    if (compact_bytes_ > kMaxCompactBytes) {
      return tl::unexpected(Problem::kTooLarge);
    }
    Json parsed = Json::parse(text, nullptr, /*allow_exceptions=*/false);
    if (parsed.is_discarded()) {
      return tl::unexpected(Problem::kNotJson);
    }
    tree = std::make_shared<const Json>(std::move(parsed));
  }
  return tree;
}

}  // namespace paliad
