#include "controller/serve/pages/render.h"

#include <array>
#include <cassert>
#include <kainjow/mustache.hpp>

#include "base/json.h"
#include "base/text.h"
#include "controller/serve/pages/template_files.h"

namespace paliad::serve {
namespace {

using kainjow::mustache::data;

// A section of an empty string would be rendered; false is what the templates mean.
data ToData(const OrderedJson& json) {
  if (json.is_object()) {
    data object(data::type::object);
    for (const auto& [key, value] : json.items()) {
      object.set(key, ToData(value));
    }
    return object;
  }
  if (json.is_array()) {
    data list(data::type::list);
    for (const OrderedJson& item : json) {
      list.push_back(ToData(item));
    }
    return list;
  }
  if (json.is_boolean()) {
    return json.get<bool>() ? data(data::type::bool_true) : data(data::type::bool_false);
  }
  if (json.is_string() && !json.get_ref<const std::string&>().empty()) {
    return data(EscapeForTerminal(json.get_ref<const std::string&>(), /*multiline=*/true));
  }
  return json.is_number() ? data(json.dump()) : data(data::type::bool_false);
}

}  // namespace

std::string RenderTemplate(std::string_view name, const OrderedJson& values) {
  constexpr std::array<const char*, 3> kPartials = {"page_head", "page_foot", "run_table"};
  data root = ToData(values);
  // Their names are keys like any other: a value of one of these names would not be shown.
  for (const char* partial : kPartials) {
    root.set(partial, data(kainjow::mustache::partial(
                          [partial] { return std::string(PageFile(std::string(partial) + ".mustache")); })));
  }
  kainjow::mustache::mustache page(std::string(PageFile(std::string(name) + ".mustache")));
  assert(page.is_valid());
  return page.render(root);
}

}  // namespace paliad::serve
