"""Tests that run the real paliadctl against a real PostgreSQL."""

def core_test(name, size = "medium", tags = [], more_deps = [], more_data = [], **attrs):
    native.cc_test(
        name = name,
        size = size,
        srcs = [name + ".cc"],
        data = ["//controller:paliadctl"] + more_data,
        # Servers change their user and listen: not possible in Bazel's sandbox.
        tags = ["local"] + tags,
        deps = [
            ":scenario",
            "//ledger",
            "//base",
            "//tests/support:disk",
            "//tests/support:git_repo",
            "//tests/support:pg_client",
            "//tests/support:pg_proxy",
            "//tests/support:pgbouncer",
            "//tests/support:postgres_server",
            "//tests/support:process",
            "//tests/support:temp_dir",
            "//tests/support:wait_for",
            "//tools/bazel/system:fmt",
            "//tools/bazel/system:gtest_main",
        ] + more_deps,
        **attrs
    )
