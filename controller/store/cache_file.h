// Files that are kept to save time and may be lost at any moment.
#ifndef PALIAD_CONTROLLER_STORE_CACHE_FILE_H_
#define PALIAD_CONTROLLER_STORE_CACHE_FILE_H_

#include <string>
#include <string_view>

namespace paliad::store {

// `folder`/ledger/`log`'s first 32 characters.`kind`; "" where there is no folder or no log. `log`: the hash
// of the genesis, in hex.
std::string CachePath(const std::string& folder, const std::string& log, std::string_view kind);

// Puts a file of these bytes in the place of the one at `path`: a reader sees one or the other, whole.
// Nothing is said where that fails.
void KeepCacheFile(const std::string& path, std::string_view bytes);

}  // namespace paliad::store

#endif  // PALIAD_CONTROLLER_STORE_CACHE_FILE_H_
