// The Link header (RFC 8288), by which GitHub names the next page.
#ifndef PALIAD_CONTROLLER_FORGE_LINK_HEADER_H_
#define PALIAD_CONTROLLER_FORGE_LINK_HEADER_H_

#include <string>
#include <string_view>

namespace paliad::forge {

// The target of the first link whose relation is `relation`; empty if there is none. As it was sent: whether
// it is to be believed is the caller's to say.
std::string LinkTarget(std::string_view header, std::string_view relation);

}  // namespace paliad::forge

#endif  // PALIAD_CONTROLLER_FORGE_LINK_HEADER_H_
