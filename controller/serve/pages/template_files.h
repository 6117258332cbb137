// The templates, the style sheet and the icon, built in.
#ifndef PALIAD_CONTROLLER_SERVE_PAGES_TEMPLATE_FILES_H_
#define PALIAD_CONTROLLER_SERVE_PAGES_TEMPLATE_FILES_H_

#include <string_view>

namespace paliad::serve {

// "" for a file that is not there.
std::string_view PageFile(std::string_view file_name);

}  // namespace paliad::serve

#endif  // PALIAD_CONTROLLER_SERVE_PAGES_TEMPLATE_FILES_H_
