// The version of this program: `--version`, and what ledger entries say wrote them.
#ifndef PALIAD_CONTROLLER_VERSION_H_
#define PALIAD_CONTROLLER_VERSION_H_

namespace paliad {

inline constexpr char kVersion[] = "0.1.0";

}  // namespace paliad

#endif  // PALIAD_CONTROLLER_VERSION_H_
