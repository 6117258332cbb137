// The least that judging SQL can do: reads every file of a folder and parses it with libpg_query, once. What
// `paliadctl check` is measured against. A program of its own, so that the other floor need not load that
// library.
//
//   parse_floor FOLDER
#include <pg_query.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace {

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

bool Parses(const std::filesystem::path& path) {
  const PgQueryParseResult result = pg_query_parse(ReadFile(path).c_str());
  const bool parsed = result.error == nullptr;
  pg_query_free_parse_result(result);
  return parsed;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: parse_floor FOLDER\n", stderr);
    return 2;
  }
  for (const auto& entry : std::filesystem::directory_iterator(argv[1])) {
    if (!Parses(entry.path())) {
      std::fprintf(stderr, "parse_floor: %s does not parse\n", entry.path().c_str());
      return 1;
    }
  }
}
