#include "controller/store/tree_head.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <optional>
#include <utility>

#include "base/text.h"
#include "controller/store/cache_file.h"

namespace paliad::store {
namespace {

// Bounds the memory of one query: about 10 MB of rows.
constexpr int kBatch = 100'000;

// The file: this line, the size in decimal, the last leaf's hash and the range's roots in hex, and the
// SHA-256 of the lines before in hex, one a line.
constexpr std::string_view kMagic = "paliad compact range 1";

std::optional<Sha256Digest> ParseHex(std::string_view hex) {
  Sha256Digest digest;
  if (hex.size() != digest.size() * 2) {
    return std::nullopt;
  }
  const auto value = [](char c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
  };
  for (std::size_t i = 0; i < digest.size(); ++i) {
    const int high = value(hex[2 * i]);
    const int low = value(hex[2 * i + 1]);
    if (high < 0 || low < 0) {
      return std::nullopt;
    }
    digest[i] = static_cast<unsigned char>(high * 16 + low);
  }
  return digest;
}

std::string Body(const RangeCache::Saved& saved) {
  std::string text =
      fmt::format("{}\n{}\n{}\n", kMagic, saved.range.size(), HexEncode(AsBytes(saved.last_leaf_hash)));
  for (const Sha256Digest& root : saved.range.roots()) {
    text += HexEncode(AsBytes(root)) + "\n";
  }
  return text;
}

// pg's bytea_output = hex: "\x…".
std::optional<Sha256Digest> HashAt(const pg::Rows& rows, int row) {
  const std::string_view text = rows.Text(row, 1);
  return text.substr(0, 2) == "\\x" ? ParseHex(text.substr(2)) : std::nullopt;
}

Error BadLog(std::string cause) {
  return {.kind = ErrorKind::kCorruption,
          .doing = "read the ledger",
          .subject = "",
          .cause = std::move(cause),
          .hint = "somebody changed paliad_ledger.entry; keep the database as it is and look"};
}

}  // namespace

RangeCache::RangeCache(const std::string& folder, const std::string& genesis_hash, const std::string& kind)
    : file_(CachePath(folder, genesis_hash, kind)) {}

RangeCache::Saved RangeCache::Load() const {
  if (file_.empty()) {
    return {};
  }
  std::ifstream in(file_);
  std::vector<std::string> lines;
  for (std::string line; lines.size() < 80 && std::getline(in, line);) {
    lines.push_back(std::move(line));
  }
  std::uint64_t size = 0;
  if (lines.size() < 5 || lines[0] != kMagic || std::sscanf(lines[1].c_str(), "%lu", &size) != 1 ||
      lines.size() != 4 + static_cast<std::size_t>(std::popcount(size))) {
    return {};
  }
  std::vector<Sha256Digest> hashes;
  for (std::size_t i = 2; i + 1 < lines.size(); ++i) {
    const std::optional<Sha256Digest> hash = ParseHex(lines[i]);
    if (!hash) {
      return {};
    }
    hashes.push_back(*hash);
  }
  Saved saved{.range = ledger::CompactRange(size, {hashes.begin() + 1, hashes.end()}),
              .last_leaf_hash = hashes[0]};
  return Sha256Hex(Body(saved)) == lines.back() ? saved : Saved{};
}

void RangeCache::Save(const Saved& saved) const {
  if (saved.range.size() > 0) {
    const std::string body = Body(saved);
    KeepCacheFile(file_, body + Sha256Hex(body) + "\n");
  }
}

std::string LeafHashesSql(const RangeCache::Saved& saved) {
  const std::uint64_t from = saved.range.size() == 0 ? 0 : saved.range.size() - 1;
  return fmt::format("SELECT seq, leaf_hash FROM paliad_ledger.entry WHERE seq >= {} ORDER BY seq LIMIT {};",
                     from, kBatch);
}

Result<TreeHead> ReadTreeHead(pg::Session& session, const RangeCache& cache, RangeCache::Saved saved,
                              const pg::Rows& first_rows, const OnSize& on_size) {
  pg::Rows rows = first_rows;
  const std::uint64_t known = saved.range.size();
  // Row 0 is the last entry that the saved range covers: if it is not that, the range is of another history.
  if (known > 0 && (rows.empty() || HashAt(rows, 0) != saved.last_leaf_hash)) {
    saved = {};
    ASSIGN_OR_RETURN(const std::vector<pg::Rows> answer,
                     session.Run(LeafHashesSql(saved), "read the ledger"));
    rows = answer.front();
  }
  if (on_size) {
    on_size(saved);
  }
  int row = saved.range.size() > 0 ? 1 : 0;
  while (true) {
    for (; row < rows.size(); ++row) {
      const std::optional<Sha256Digest> hash = HashAt(rows, row);
      if (!hash || static_cast<std::uint64_t>(rows.Int(row, 0)) != saved.range.size()) {
        return Fail(BadLog(fmt::format("entry {} is missing or not as it was appended", saved.range.size())));
      }
      saved.range.Append(*hash);
      saved.last_leaf_hash = *hash;
      if (on_size) {
        on_size(saved);
      }
    }
    if (rows.size() < kBatch) {
      break;
    }
    ASSIGN_OR_RETURN(const std::vector<pg::Rows> answer,
                     session.Run(LeafHashesSql(saved), "read the ledger"));
    rows = answer.front();
    row = 1;
  }
  if (saved.range.size() != known) {
    cache.Save(saved);
  }
  return TreeHead{.size = saved.range.size(), .root = Base64Encode(AsBytes(saved.range.Root()))};
}

Result<TreeHead> ReadTreeHead(pg::Session& session, const RangeCache& cache) {
  RangeCache::Saved saved = cache.Load();
  ASSIGN_OR_RETURN(const std::vector<pg::Rows> answer, session.Run(LeafHashesSql(saved), "read the ledger"));
  return ReadTreeHead(session, cache, std::move(saved), answer.front());
}

}  // namespace paliad::store
