"""clang-tidy over each source of a target, as actions: what did not change is not checked again. See tools/lint."""

def _clang_tidy_impl(target, ctx):
    if CcInfo not in target or not hasattr(ctx.rule.attr, "srcs"):
        return []
    compilation = target[CcInfo].compilation_context
    flags = ["-xc++", "-std=c++20", "-Wno-unknown-warning-option"]
    flags += ["-D" + define for define in compilation.defines.to_list() + compilation.local_defines.to_list()]
    flags += ["-I" + path for path in compilation.includes.to_list()]
    for path in compilation.quote_includes.to_list():
        flags += ["-iquote", path]
    for path in compilation.system_includes.to_list():
        flags += ["-isystem", path]
    reports = []
    for source in ctx.rule.files.srcs:
        # What is generated is its generator's to check.
        if source.extension != "cc" or not source.is_source:
            continue
        report = ctx.actions.declare_file("{}.{}.clang_tidy".format(ctx.rule.attr.name, source.basename))
        ctx.actions.run_shell(
            inputs = depset(
                [source, ctx.file._configuration] + ctx.rule.files.srcs,
                transitive = [compilation.headers],
            ),
            outputs = [report],
            arguments = [source.path, report.path] + flags,
            command = 'source=$1 report=$2; shift 2; ' +
                      'clang-tidy-14 --quiet "$source" -- "$@" >"$report" 2>/dev/null || { cat "$report"; exit 1; }',
            mnemonic = "ClangTidy",
            progress_message = "Checking {} with clang-tidy".format(source.short_path),
        )
        reports.append(report)
    return [OutputGroupInfo(clang_tidy = depset(reports))]

clang_tidy = aspect(
    implementation = _clang_tidy_impl,
    attrs = {
        "_configuration": attr.label(
            default = "//:.clang-tidy",
            allow_single_file = True,
        ),
    },
)
