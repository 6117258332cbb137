"""A fuzz target in two forms."""

def fuzz_target(name, deps):
    """`<name>_fuzzer` under clang's libFuzzer (tools/fuzz), and `<name>_short_test`, a short run as a test.

    Args:
      name: of the file <name>_fuzzer.cc and of the folder corpus/<name>
      deps: what the file uses
    """
    native.cc_binary(
        name = name + "_fuzzer",
        testonly = True,
        srcs = [name + "_fuzzer.cc"],
        linkopts = ["-fsanitize=fuzzer"],
        tags = ["manual"],
        deps = deps,
    )
    native.cc_test(
        name = name + "_short_test",
        size = "medium",
        srcs = [
            name + "_fuzzer.cc",
            "short_run.cc",
        ],
        args = ["tests/fuzz/corpus/" + name],
        data = native.glob(["corpus/" + name + "/*"]),
        deps = deps + ["//tools/bazel/system:gtest"],
    )
