// The grammar of file names: any bytes end in one kind, and what is a migration's name is written back as it
// was.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/text.h"
#include "migrations/file_name.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view name(reinterpret_cast<const char*>(data), size);
  const paliad::FileName parsed = paliad::ParseFileName(name);
  if (parsed.kind != paliad::FileNameKind::kUp) {
    return 0;
  }
  const auto width = static_cast<int>(name.find('_'));
  const bool sound = parsed.version >= 1 && !parsed.description.empty() &&
                     paliad::IsValidUtf8(parsed.description) &&
                     paliad::FormatUpFileName(parsed.version, width, parsed.description) == name;
  if (!sound) {
    std::abort();
  }
  return 0;
}
