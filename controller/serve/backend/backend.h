// What the API and the pages answer from: the loop, the configured targets, their databases and clones.
#ifndef PALIAD_CONTROLLER_SERVE_BACKEND_BACKEND_H_
#define PALIAD_CONTROLLER_SERVE_BACKEND_BACKEND_H_

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "controller/reconcile/inspect.h"
#include "controller/reconcile/target.h"
#include "controller/serve/control.h"
#include "controller/serve/records/records.h"
#include "controller/serve/webhook/signature.h"

namespace paliad::serve {

struct SiteForge {
  ForgeKind kind = ForgeKind::kGitea;
  std::vector<std::string> webhook_secrets;  // any of them is good, while one is rotated; none: no webhooks
};

struct SiteTarget {
  Target target;
  std::optional<SiteForge> forge;
};

// Thread-safe.
class Backend {
 public:
  // `control` must outlive it.
  explicit Backend(Control& control) : control_(control) {}

  Control& control() { return control_; }
  void SetTargets(std::vector<SiteTarget> targets);

  // In the order of the configuration.
  std::vector<TargetSnapshot> Snapshots() const { return control_.Snapshots(); }
  // None: no such target.
  std::optional<TargetSnapshot> Snapshot(std::string_view name) const;
  std::optional<SiteTarget> FindTarget(std::string_view name) const;

  // Errors as RecordRooms::Open.
  [[nodiscard]] Result<Records> OpenRecords(const SiteTarget& target) { return rooms_.Open(target.target); }

  // The branch's head beside the database. kUnavailable while there is no clone; else as paliad::Inspect.
  // Messages name no folder of this machine.
  [[nodiscard]] Result<Inspection> Compare(const SiteTarget& target);

  // The bytes of a migration: of the blob with that id, else (an entry may not name it) of the file at `path`
  // in the commit. None where the target's clone does not have it. Each of the three may be empty.
  std::optional<std::string> ReadMigration(std::string_view target, const std::string& blob_id,
                                           const std::string& commit_id, const std::string& path) const;

 private:
  Control& control_;
  RecordRooms rooms_;
  mutable std::mutex mutex_;
  std::shared_ptr<const std::vector<SiteTarget>> targets_ =
      std::make_shared<std::vector<SiteTarget>>();  // guarded by mutex_
};

}  // namespace paliad::serve

#endif  // PALIAD_CONTROLLER_SERVE_BACKEND_BACKEND_H_
