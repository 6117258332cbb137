// openapi.json, built in.
#ifndef PALIAD_CONTROLLER_SERVE_API_OPENAPI_FILE_H_
#define PALIAD_CONTROLLER_SERVE_API_OPENAPI_FILE_H_

#include <string_view>

namespace paliad::serve {

std::string_view ApiFile(std::string_view file_name);

}  // namespace paliad::serve

#endif  // PALIAD_CONTROLLER_SERVE_API_OPENAPI_FILE_H_
