// New data directories for postgres_server.cc: initdb takes most of a second, copying a cluster that
// was never started takes 40 ms.
#ifndef PALIAD_TESTS_SUPPORT_POSTGRES_CLUSTER_H_
#define PALIAD_TESTS_SUPPORT_POSTGRES_CLUSTER_H_

#include <string>

namespace paliad::testing {

// The newest version's folder of programs under /usr/lib/postgresql. Throws where there is none.
const std::string& PostgresBinDir();

// "postgres" for root, whom the server's programs refuse to serve; else who runs the test.
const std::string& PostgresSystemUser();

// Gives `path` and all below it to PostgresSystemUser().
void GiveToPostgres(const std::string& path);

// A cluster with a superuser `postgres` and trust authentication in the new folder `data_dir`. Copied from
// ~/.cache/paliad-gitops/postgres, where the first one of each kind is kept. Other processes may do the
// same at the same time.
void CreateCluster(const std::string& data_dir, const std::string& encoding, const std::string& locale);

}  // namespace paliad::testing

#endif  // PALIAD_TESTS_SUPPORT_POSTGRES_CLUSTER_H_
