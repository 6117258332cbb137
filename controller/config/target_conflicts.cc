#include "controller/config/target_conflicts.h"

#include <fmt/format.h>

#include <string>

namespace paliad::config {
namespace {

// The value of a key, for its place; the table where the key is not written.
const toml::node& NodeOf(const toml::table& table, std::string_view key) {
  const toml::node* node = table.get(key);
  return node == nullptr ? table : *node;
}

const toml::table& LedgerTable(const ReadTarget& target) {
  const toml::node* ledger = target.table->get("ledger");
  return ledger != nullptr && ledger->is_table() ? *ledger->as_table() : *target.table;
}

const toml::node& PublishNode(const ReadTarget& target, std::size_t index) {
  const toml::node& list = NodeOf(LedgerTable(target), "publish");
  const toml::node* item = list.is_array() ? list.as_array()->get(index) : nullptr;
  return item == nullptr ? list : *item;
}

// A reference is one of its repository.
std::string PlaceOf(const TargetConfig& target, const std::string& place) {
  return place.starts_with("git:") ? place + "\n" + target.repository : place;
}

class Pair {
 public:
  Pair(const ReadTarget& first, const ReadTarget& second, TomlReader& toml)
      : first_(first), second_(second), toml_(toml) {}

  void Report() {
    if (First().target.name == Second().target.name) {
      toml_.Report(NodeOf(*second_.table, "name"),
                   fmt::format("the name '{}' is taken by another target", Second().target.name),
                   "a name is what entries, webhooks and --target go by");
      return;  // the messages below would name one name twice
    }
    const bool one_database = !First().database.empty() && First().database == Second().database;
    if (one_database) {
      ReportTracker();
    }
    ReportOrigin(one_database);
    if (!one_database) {
      ReportPlaces();
    }
  }

 private:
  const TargetConfig& First() const { return first_.config; }
  const TargetConfig& Second() const { return second_.config; }

  void ReportTracker() {
    const std::string tracker = Second().target.tracker.Text();
    if (First().target.tracker.Text() == tracker) {
      toml_.Report(
          NodeOf(*second_.table, "tracker"),
          fmt::format("the target '{}' keeps {} in the same database", First().target.name, tracker),
          "each would take the other's migrations for orphaned; give one of them a tracker of its own");
    }
  }

  void ReportOrigin(bool one_database) {
    const std::string& first = First().target.ledger.origin;
    const std::string& second = Second().target.ledger.origin;
    const toml::node& place = NodeOf(LedgerTable(second_), "origin");
    if (!one_database && !second.empty() && first == second) {
      toml_.Report(place, fmt::format("the target '{}' has the same origin", First().target.name),
                   "an origin names one database's log; a checkpoint of the other would look like a forgery");
    } else if (one_database && !first.empty() && !second.empty() && first != second) {
      toml_.Report(
          place, fmt::format("the target '{}' has the same database and another origin", First().target.name),
          "there is one log per database, and so one origin");
    }
  }

  void ReportPlaces() {
    const std::vector<std::string>& places = Second().target.ledger.publish;
    for (std::size_t i = 0; i < places.size(); ++i) {
      for (const std::string& other : First().target.ledger.publish) {
        if (PlaceOf(First(), other) == PlaceOf(Second(), places[i])) {
          toml_.Report(PublishNode(second_, i),
                       fmt::format("the target '{}' publishes to the same place", First().target.name),
                       "each log needs a place of its own");
        }
      }
    }
  }

  const ReadTarget& first_;
  const ReadTarget& second_;
  TomlReader& toml_;
};

}  // namespace

void ReportConflicts(const std::vector<ReadTarget>& targets, TomlReader& toml) {
  for (std::size_t second = 0; second < targets.size(); ++second) {
    for (std::size_t first = 0; first < second; ++first) {
      Pair(targets[first], targets[second], toml).Report();
    }
  }
}

}  // namespace paliad::config
