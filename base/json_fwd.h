// The names of base/json.h without its weight.
#ifndef PALIAD_BASE_JSON_FWD_H_
#define PALIAD_BASE_JSON_FWD_H_

#include <nlohmann/json_fwd.hpp>

namespace paliad {

using Json = nlohmann::json;                 // keys sorted: canonical forms
using OrderedJson = nlohmann::ordered_json;  // keys as added: answers

}  // namespace paliad

#endif  // PALIAD_BASE_JSON_FWD_H_
