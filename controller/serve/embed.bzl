"""Files as strings of the program."""

def embed_files(name, srcs, function, header, namespace = "paliad::serve"):
    """A library with `std::string_view function(std::string_view file_name)`; "" for a file that is not there.

    Args:
      name: of the library.
      srcs: the files; they are known by their names without folders.
      function: its name.
      header: where the function is declared.
      namespace: the function's.
    """
    native.genrule(
        name = name + "_source",
        srcs = srcs,
        outs = [name + "_embedded.cc"],
        # In pieces: a string literal has a largest length (65,536 bytes is what every compiler takes).
        cmd = """
{
  echo '#include "%s"'
  echo 'namespace %s {'
  echo 'std::string_view %s(std::string_view file_name) {'
  for file in $(SRCS); do
    name=$$(basename $$file)
    printf '  static constexpr char k%%s[] = {' "$$(echo $$name | tr -c 'A-Za-z0-9' '_')"
    od -An -v -tx1 "$$file" | sed -E "s/ ([0-9a-f]{2})/'\\\\\\\\x\\\\1',/g"
    echo '};'
    printf '  if (file_name == "%%s") { return {k%%s, sizeof k%%s}; }\\n' "$$name" \
      "$$(echo $$name | tr -c 'A-Za-z0-9' '_')" "$$(echo $$name | tr -c 'A-Za-z0-9' '_')"
  done
  echo '  return {};'
  echo '}'
  echo '}  // namespace %s'
} > $@
""" % (header, namespace, function, namespace),
    )
    native.cc_library(
        name = name,
        srcs = [name + "_embedded.cc"],
        hdrs = [header.split("/")[-1]],
    )
