// Templates and what is shown in them. The only user of Mustache.
#ifndef PALIAD_CONTROLLER_SERVE_PAGES_RENDER_H_
#define PALIAD_CONTROLLER_SERVE_PAGES_RENDER_H_

#include <string>
#include <string_view>

#include "base/json_fwd.h"

namespace paliad::serve {

// Fills templates/<name>.mustache. Every value is escaped for HTML, except in {{{…}}}, which is for markup
// that the program made itself. null, false, "" and [] are "not there" to a section. Control and
// bidirectional characters of the values become visible escapes. REQUIRES: there is such a template.
std::string RenderTemplate(std::string_view name, const OrderedJson& data);

}  // namespace paliad::serve

#endif  // PALIAD_CONTROLLER_SERVE_PAGES_RENDER_H_
